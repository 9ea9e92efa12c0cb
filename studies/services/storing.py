"""Objects that a program sends in one request: what will become of them, and taking them in."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction

from audit.services import record
from common.bell import ring_once
from common.files import KeptFile
from studies import tasks
from studies.arrivals import plain
from studies.facts import InstanceFacts
from studies.ingest.owners import check_owner
from studies.ingest.settling import Disagrees
from studies.likeness import is_intact, is_same_object
from studies.models import IncomingFile, Instance, Study
from studies.services.receiving import Announced

if TYPE_CHECKING:
    from staff.models import User

MOST_NAMED = 20  # studies in one entry of the trail


def foresee(arrivals: Sequence[tuple[KeptFile, InstanceFacts]]) -> list[str]:
    """Why each of these will be set aside: a code, blank when nothing here speaks against it.

    What can be known while the sender still waits; the worker decides, with everything locked.
    """
    known = Instance.objects.by_uid(facts.sop_uid for _kept, facts in arrivals)
    studies = Study.objects.by_uid(facts.study.uid for _kept, facts in arrivals)
    return [
        _foreseen(kept, facts, known.get(facts.sop_uid), studies.get(facts.study.uid))
        for kept, facts in arrivals
    ]


def _foreseen(
    kept: KeptFile, facts: InstanceFacts, twin: Instance | None, study: Study | None
) -> str:
    if twin is not None:
        arrived = IncomingFile(path=kept.path, sha256=kept.sha256)
        is_other = is_intact(twin) and not is_same_object(twin, arrived, facts)
        return "same_uid_other_content" if is_other else ""
    try:
        if study is not None:
            check_owner(study, facts)
    except Disagrees as why:
        return why.reason.code
    return ""


@transaction.atomic
def store_objects(
    arrivals: Sequence[tuple[KeptFile, Announced]],
    *,
    by: "User",
    studies: Sequence[str] = (),
    refused: int = 0,
) -> None:
    """Take in objects whose bytes are kept already, all in one step; a worker files them.

    Their sender may be told "success" when this has been committed. `refused` were sent with them
    and are not taken. Raises DatabaseError; then none of them is here.
    """
    IncomingFile.objects.bulk_create(
        IncomingFile(
            path=kept.path,
            size=kept.size,
            sha256=kept.sha256,
            source=IncomingFile.Source.STOW,
            sender=plain(by.username, 80),
            sop_class_uid=plain(announced.sop_class_uid, 64),
            sop_instance_uid=plain(announced.sop_instance_uid, 64),
            transfer_syntax=plain(announced.transfer_syntax, 64),
        )
        for kept, announced in arrivals
    )
    record(
        "objects.stored",
        None,
        by=by,
        objects=len(arrivals),
        refused=refused,
        studies=list(studies[:MOST_NAMED]),
    )
    transaction.on_commit(partial(ring_once, tasks.file_waiting))
