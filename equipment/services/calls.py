"""Whom we call: where images may be sent to, and what became of a call."""

from django.utils import timezone

from equipment.models import Device, Node, Peer

LONGEST_TROUBLE = 300


def destination(ae_title: str) -> Peer | None:
    """The machine that images for `ae_title` are sent to; None when there is none we know.

    A node must be allowed to be sent images; a device that is in use only has to be reachable:
    priors on its own console are asked for by itself.
    """
    node = Node.objects.destinations().filter(ae_title=ae_title).first()
    if node is not None:
        return node
    device = Device.objects.not_retired().filter(ae_title=ae_title).first()
    return device if device is not None and device.can_be_called else None


def note_call(peer: Peer, trouble: str = "") -> None:
    """Remember how a call ended; `trouble` says why it was not answered."""
    now = timezone.now()
    peer.called_at, peer.trouble = now, trouble[:LONGEST_TROUBLE]
    fields = ["called_at", "trouble"]
    if not trouble:
        peer.answered_at = now
        fields.append("answered_at")
    peer.save(update_fields=fields)
