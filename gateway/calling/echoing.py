"""C-ECHO: does that machine answer?"""

from django.utils.translation import gettext as _

from equipment.models import Peer
from gateway.calling.line import Line, NoAnswer, calling, context

VERIFICATION = "1.2.840.10008.1.1"
PATIENCE = Line(answer_seconds=10, connect_seconds=5)  # somebody waits in front of the page


def echo(peer: Peer) -> None:
    """Returns when it answers. Raises NoAnswer with the reason why not."""
    with calling(peer, [context(VERIFICATION)], PATIENCE) as association:
        status = association.send_c_echo().get("Status")
    if status != 0:
        said = f"{status:04X}H" if status is not None else _("nothing")
        raise NoAnswer(
            _("%(name)s took the call and then answered %(status)s.")
            % {"name": peer, "status": said}
        )
