"""What machines proposed and were not given, as people read it."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.functional import Promise
from pydicom.uid import UID

from audit.models import Entry, EntryQuerySet
from equipment.models import Device, Node
from equipment.services import caller_of
from gateway.dimse.admission import judge
from gateway.wording import WHY_NOT_TAKEN

MOST_ENTRIES = 200
Peer = Device | Node


@dataclass(frozen=True, slots=True)
class InVain:
    """One service that a machine proposed and was not given. It is judged as it stands now."""

    at: dt.datetime
    service: str
    syntaxes: tuple[str, ...]
    why: Promise


def in_vain_by_peer(peers: Iterable[Peer]) -> list[tuple[Peer, list[InVain]]]:
    """What each machine proposed since yesterday; without those that were given everything."""
    by_peer: dict[tuple[str, str], list[Entry]] = {}
    for entry in _lately(Entry.objects.services_refused()):
        by_peer.setdefault((entry.subject_type, entry.subject_id), []).append(entry)
    pairs = [(peer, by_peer.get((peer._meta.label_lower, str(peer.pk)))) for peer in peers]
    return [(peer, _lines(peer, entries)) for peer, entries in pairs if entries]


def in_vain_of(peer: Peer) -> list[InVain]:
    """What one machine proposed since yesterday, newest first."""
    return _lines(peer, _lately(Entry.objects.services_refused().about(peer)))


def _lately(entries: EntryQuerySet) -> EntryQuerySet:
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    return entries.since(yesterday).newest_first()[:MOST_ENTRIES]


def _lines(peer: Peer, entries: Iterable[Entry]) -> list[InVain]:
    caller = caller_of(peer)
    lines: dict[str, InVain] = {}
    for entry in entries:
        for sop_class in entry.details["results"]:
            if sop_class not in lines:
                syntaxes = entry.details["syntaxes"][sop_class].split()
                result = judge(sop_class, syntaxes or [""], caller).result
                names = tuple(UID(one).name for one in syntaxes)
                why = WHY_NOT_TAKEN[result]
                lines[sop_class] = InVain(entry.at, UID(sop_class).name, names, why)
    return sorted(lines.values(), key=lambda line: (-line.at.timestamp(), line.service))
