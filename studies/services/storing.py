"""Objects that a program sends in one request: what will become of them, and taking them in."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import transaction

from audit.services import record
from common.files import KeptFile
from studies.facts import InstanceFacts
from studies.ingest.owners import check_owner
from studies.ingest.settling import Disagrees
from studies.likeness import is_intact, is_same_object
from studies.models import IncomingFile, Instance, Study
from studies.services.receiving import Announced, MachineArrival, receive_all, tell_worker

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
    sent = [MachineArrival(kept, by.username, announced) for kept, announced in arrivals]
    receive_all(sent, IncomingFile.Source.STOW)
    record(
        "objects.stored",
        None,
        by=by,
        objects=len(arrivals),
        refused=refused,
        studies=list(studies[:MOST_NAMED]),
    )
    transaction.on_commit(tell_worker)
