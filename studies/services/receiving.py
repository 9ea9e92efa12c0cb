"""Taking in one object: when this returns, it is on disk and in the table."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from django.db import transaction

from common.bell import ring_once
from common.files import KeptFile, remove
from studies import tasks
from studies.arrivals import note_arrival, plain
from studies.models import IncomingFile, Upload


@dataclass(frozen=True, slots=True)
class Announced:
    """What the sender said the object is, before anybody looked. May be blank, may be wrong."""

    sop_class_uid: str = ""
    sop_instance_uid: str = ""
    transfer_syntax: str = ""


def receive(
    kept: KeptFile,
    *,
    source: str,
    sender: str,
    announced: Announced = Announced(),
    upload: Upload | None = None,
    original_name: str = "",
) -> IncomingFile:
    """Take in an object whose bytes are kept already; a worker files it.

    The sender may be told "success" when this has returned and its transaction is committed.
    The same bytes under the same name of one upload are the same arrival: a broken connection
    may send them again. Raises DatabaseError; the caller then answers "try again".
    """
    sop_class_uid, sop_instance_uid, transfer_syntax = _plainly(announced)
    arrival = IncomingFile(
        path=kept.path,
        size=kept.size,
        sha256=kept.sha256,
        source=source,
        sender=plain(sender, 80),
        sop_class_uid=sop_class_uid,
        sop_instance_uid=sop_instance_uid,
        transfer_syntax=transfer_syntax,
        upload=upload,
        original_name=original_name,
    )
    arrival, is_new = note_arrival(arrival)
    if not is_new:
        transaction.on_commit(partial(remove, kept.path))
    transaction.on_commit(tell_worker)
    return arrival


@dataclass(frozen=True, slots=True)
class MachineArrival:
    """An object that a machine or a program has sent, its bytes kept."""

    kept: KeptFile
    sender: str
    announced: Announced


def receive_all(
    arrivals: Sequence[MachineArrival], source: str = IncomingFile.Source.DIMSE
) -> None:
    """Take in many objects with one statement; all of their rows are committed, or none.

    Whoever calls this tells the worker afterwards (`tell_worker`), once the senders know.
    """
    IncomingFile.objects.enter_waiting(
        (
            (
                *(one.kept.path, one.kept.size, one.kept.sha256, plain(one.sender, 80)),
                *_plainly(one.announced),
            )
            for one in arrivals
        ),
        source,
    )


def tell_worker() -> None:
    """There is something to file."""
    ring_once(tasks.file_waiting)


def _plainly(announced: Announced) -> tuple[str, str, str]:
    return (
        plain(announced.sop_class_uid, 64),
        plain(announced.sop_instance_uid, 64),
        plain(announced.transfer_syntax, 64),
    )
