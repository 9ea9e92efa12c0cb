"""Objects while they arrive: each into a file of its own, synced and read behind the sender's back.

A few threads hash, sync and read what has come, so that neither the disk nor the reader makes the
sender wait. Nothing is kept for good before the whole body was in form.
"""

import logging
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any, Self

from common.files import KeptFile
from common.half_written import HalfWritten
from gateway.dicomweb.doors import Trouble
from gateway.dicomweb.store.form import Headers, is_object
from gateway.dicomweb.store.heads import named_in_head
from gateway.dicomweb.store.outcomes import (
    A_PERSON_DECIDES,
    NO_OBJECT,
    OTHER_STUDY,
    REASONS,
    Outcome,
)
from gateway.dimse.storage import is_storage
from gateway.statuses import CANNOT_PROCESS, OUT_OF_RESOURCES, UNKNOWN_CLASS
from studies import limited
from studies.facts import InstanceFacts, NotUsable
from studies.services import Announced, foresee

MOST_OBJECTS = 20_000  # in one request
SYNCING = 8  # threads of a process, for all its requests: to start some for each takes long
AT_ONCE = 8  # objects synced and read together
MOST_PENDING = 4  # batches; then the sender waits
FORESEEN_AT_ONCE = 200  # objects whose facts wait for what is known of them

_syncing = ThreadPoolExecutor(SYNCING, thread_name_prefix="syncing")
_reading = ThreadPoolExecutor(limited.READERS, thread_name_prefix="reading")
logger = logging.getLogger(__name__)
Read = list[InstanceFacts | NotUsable]


class TooMany(Trouble):
    """More objects in one request than are taken."""

    status = 413  # type: ignore[assignment]


@dataclass
class Arrival:
    """One object of the request: its bytes, and in the end what became of it."""

    half: HalfWritten | None = None
    outcome: Outcome = field(default_factory=Outcome)
    announced: Announced = field(default_factory=Announced)

    def fail(self, reason: int) -> None:
        """It is not taken. Nothing of its bytes stays."""
        if self.half is not None:
            self.half.forget()
        self.half = None
        self.outcome = Outcome(
            self.outcome.sop_class, self.outcome.sop_uid, self.outcome.study_uid, failure=reason
        )


@dataclass
class Batch:
    """A few arrivals whose bytes are complete."""

    arrivals: list[Arrival]
    synced: list[Future[None]]
    read: Future[Read]

    def let_go(self) -> None:
        """Nobody wants to know any more. Afterwards no helper is at its files."""
        work: list[Future[Any]] = [self.read, *self.synced]
        wait([one for one in work if not one.cancel()])


class Taking:
    """Takes the parts of one body. `study` is the one the address names, or blank."""

    def __init__(self, study: str = "") -> None:
        self.study = study
        self.arrivals: list[Arrival] = []
        self._complete: list[Arrival] = []
        self._pending: deque[Batch] = deque()
        self._usable: list[tuple[Arrival, InstanceFacts]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Whatever was not named is let go."""
        for batch in self._pending:
            batch.let_go()
        for arrival in self.arrivals:
            if arrival.half is not None:
                arrival.half.forget()

    # ── the body's parts ──

    def begin(self, headers: Headers) -> None:
        if len(self.arrivals) >= MOST_OBJECTS:
            raise TooMany(f"Send at most {MOST_OBJECTS} objects at once.")
        arrival = Arrival()
        self.arrivals.append(arrival)
        if not is_object(headers):
            arrival.fail(NO_OBJECT)
            return
        try:
            arrival.half = HalfWritten()
        except OSError as why:
            _no_room(arrival, why)

    def write(self, piece: memoryview) -> None:
        arrival = self.arrivals[-1]
        if arrival.half is None:
            return
        try:
            arrival.half.write(piece)
        except OSError as why:
            _no_room(arrival, why)

    def end(self) -> None:
        if self.arrivals[-1].half is not None:
            self._complete.append(self.arrivals[-1])
        if len(self._complete) == AT_ONCE:
            self._hand_over()

    # ── behind the sender's back ──

    def _hand_over(self) -> None:
        """Let the helpers sync and read what is complete; wait when they are far behind."""
        arrivals, self._complete = self._complete, []
        halves = [arrival.half for arrival in arrivals if arrival.half is not None]
        read = _reading.submit(limited.read_many, [half.place for half in halves])
        # Side by side: the file system then writes its journal once for several.
        synced = [_syncing.submit(half.finish) for half in halves]
        self._pending.append(Batch(arrivals, synced, read))
        if len(self._pending) > MOST_PENDING:
            self._judge_first()

    def settle(self) -> None:
        """Everything has come: wait for the helpers, and know what becomes of each object."""
        if self._complete:
            self._hand_over()
        while self._pending:
            self._judge_first()
        self._foresee()

    def _judge_first(self) -> None:
        self._judge(self._pending[0])
        self._pending.popleft()

    def _judge(self, batch: Batch) -> None:
        found = batch.read.result()
        try:
            for sync in batch.synced:
                sync.result()
        except OSError as why:
            batch.let_go()
            for arrival in batch.arrivals:
                _no_room(arrival, why)
            return
        for arrival, facts in zip(batch.arrivals, found, strict=True):
            if isinstance(facts, NotUsable):
                judge_unreadable(arrival, facts)
            elif judge(arrival, facts, self.study):
                self._usable.append((arrival, facts))
        if len(self._usable) >= FORESEEN_AT_ONCE:
            self._foresee()

    def _foresee(self) -> None:
        """Ask what is here about many at once."""
        usable, self._usable = self._usable, []
        if usable:
            _note_what_will_be_set_aside(usable)

    @property
    def taken(self) -> Iterator[Arrival]:
        """Those that are kept."""
        return (arrival for arrival in self.arrivals if arrival.half is not None)


def _no_room(arrival: Arrival, why: OSError) -> None:
    logger.warning("Could not keep an object of a store request: %s", why)
    arrival.fail(OUT_OF_RESOURCES)


def judge(arrival: Arrival, facts: InstanceFacts, study: str) -> bool:
    """Say of a readable object what it is, and whether it may be stored at this address."""
    address = f"/studies/{facts.study.uid}/series/{facts.series.uid}/instances/{facts.sop_uid}"
    arrival.outcome = Outcome(facts.sop_class_uid, facts.sop_uid, facts.study.uid, address)
    arrival.announced = Announced(facts.sop_class_uid, facts.sop_uid, facts.transfer_syntax)
    if study and facts.study.uid != study:
        arrival.fail(OTHER_STUDY)
    elif not is_storage(facts.sop_class_uid):
        arrival.fail(UNKNOWN_CLASS)
    return arrival.half is not None


def judge_unreadable(arrival: Arrival, why: NotUsable) -> None:
    """What can never be filed is refused to the sender's face. Where a person may still decide, or
    another try may help, it is kept if it can be named, for success is said about a name."""
    sop_class, sop_uid = named_in_head(arrival.half.place) if arrival.half else ("", "")
    arrival.outcome = Outcome(sop_class, sop_uid)
    if why.refuse or not arrival.outcome.is_identified:
        arrival.fail(REASONS.get(why.code, CANNOT_PROCESS))
        return
    arrival.announced = Announced(sop_class, sop_uid)
    arrival.outcome = Outcome(sop_class, sop_uid, warning=A_PERSON_DECIDES)


def _note_what_will_be_set_aside(usable: Sequence[tuple[Arrival, InstanceFacts]]) -> None:
    """Warn of what contradicts what is here: it is kept, and a person decides."""
    kept = [
        (KeptFile(str(arrival.half.place), arrival.half.size, arrival.half.sha256), facts)
        for arrival, facts in usable
        if arrival.half is not None
    ]
    for (arrival, _facts), code in zip(usable, foresee(kept), strict=True):
        if code:
            was = arrival.outcome
            arrival.outcome = Outcome(
                was.sop_class, was.sop_uid, was.study_uid, was.address, warning=A_PERSON_DECIDES
            )
