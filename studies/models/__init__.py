"""What arrived, and what it is."""

from studies.models.archive import Archive
from studies.models.commitment import Commitment, CommitmentItem
from studies.models.incoming import IncomingFile, Upload
from studies.models.match import Match
from studies.models.queries import HasAll, HasAny, ModalityList
from studies.models.review import ImageReview, KeyImage
from studies.models.study import Instance, InstanceHeader, Series, Study
from studies.models.thumbnail import Thumbnail
from studies.models.transfer import SentObject, Transfer

__all__ = [
    "Archive",
    "Commitment",
    "CommitmentItem",
    "HasAll",
    "HasAny",
    "ImageReview",
    "IncomingFile",
    "Instance",
    "InstanceHeader",
    "KeyImage",
    "Match",
    "ModalityList",
    "SentObject",
    "Series",
    "Study",
    "Thumbnail",
    "Transfer",
    "Upload",
]
