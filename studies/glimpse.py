"""A look at an object that is not filed: what it says of itself, and a picture if it has one."""

from common.files import absolute
from studies import limited
from studies.facts import InstanceFacts, NotUsable, Picture
from studies.models import IncomingFile

SIZE = 512


def facts_of(incoming: IncomingFile) -> InstanceFacts | None:
    """What the object says, read in the limited child; None when it says nothing readable."""
    if not incoming.path:
        return None
    try:
        return limited.read_facts(absolute(incoming.path))
    except NotUsable:
        return None


def picture_of(incoming: IncomingFile) -> Picture | None:
    """A picture of what is there, drawn in the limited child; None when nothing can be drawn."""
    if not incoming.path:
        return None
    try:
        return limited.draw(absolute(incoming.path), size=SIZE, telling=True)
    except NotUsable:
        return None
