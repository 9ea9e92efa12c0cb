"""Query/Retrieve as SCP (PS3.4 annex C): what is stored is found, and sent to who may have it."""

from gateway.dimse.archive.finding import handle_archive_find
from gateway.dimse.archive.models import FIND, GET, MODELS, MOVE, Model
from gateway.dimse.archive.moving import handle_move
from gateway.dimse.archive.retrieving import handle_get

__all__ = [
    "FIND",
    "GET",
    "MODELS",
    "MOVE",
    "Model",
    "handle_archive_find",
    "handle_get",
    "handle_move",
]
