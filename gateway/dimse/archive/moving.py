"""C-MOVE: the destination is looked up first; the rest is a retrieval like any other."""

from pynetdicom.events import Event

from equipment.models import Peer
from equipment.services import destination
from gateway.calling import calling
from gateway.dimse.archive.retrieving import STATUSES as COMMON
from gateway.dimse.archive.retrieving import answer_retrieval
from gateway.dimse.archive.tally import Request, refusal_of

UNKNOWN_DESTINATION = 0xA801
STATUSES = COMMON | {
    UNKNOWN_DESTINATION: "the move destination is not registered as one that is sent images, or "
    "nobody knows where it listens",
}


def handle_move(event: Event) -> None:
    """Send what is asked for to a destination that we know."""
    found: list[Peer] = []

    def look_up(request: Request) -> Request | None:
        title = str(getattr(request, "MoveDestination", "") or "").strip()
        peer = destination(title)
        if peer is None:
            comment = f"{title or 'No destination'}: not known as one to send to."
            return refusal_of(request, UNKNOWN_DESTINATION, comment)
        found.append(peer)
        return None

    answer_retrieval(event, look_up, lambda contexts: calling(found[0], contexts))
