"""Whole examinations, played as a scanner and its operator do them."""

import random
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from io import BytesIO

from django.utils import timezone
from pydicom import dcmread
from pydicom.dataset import Dataset

from demo.modality.entries import Entry, performed, question
from demo.modality.faults import BY_THE_BOOK, Plan
from demo.modality.scanner import SUCCESS, Scanner
from demo.modality.steps import begun, ended, to_be_kept
from demo.objects import objects_of

WRONG_ENTRY = "110514"
# Seconds that things take in a real room; the speed divides them.
POSITIONING, BETWEEN_IMAGES, TIDYING, LATE = 240.0, 2.0, 60.0, 600.0
REPORT_SECONDS = 60.0  # for the report on commitment; not divided: the other side's time is real


@dataclass
class Player:
    """Somebody at the console of one scanner."""

    scanner: Scanner
    modality: str
    seed: int
    speed: float = 0  # 0: without waiting
    most_images: int = 0  # 0: as many as there are
    patience: float = REPORT_SECONDS
    tell: Callable[[str], None] = print
    sleep: Callable[[float], object] = time.sleep
    done: set[str] = field(default_factory=set)
    """Steps that were performed here already, by their IDs."""

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)  # noqa: S311 - repeatable, not secret
        self._number = 0

    # ── the list ─────────────────────────────────────────────────────────────────────────────────

    def look(self) -> list[Entry]:
        """Today's list without what was performed here. Raises Silence."""
        day = timezone.localdate()
        answers = self.scanner.worklist(question(self.scanner.title, self.modality, day))
        entries = [Entry(answer) for answer in answers]
        waiting = [
            one
            for one in entries
            if one.text("ScheduledProcedureStepID", of_step=True) not in self.done
        ]
        self.tell(f"{self.scanner.title} asks for its worklist: {len(waiting)} to do")
        return waiting

    def take(self, entries: list[Entry], plan: Plan = BY_THE_BOOK) -> bool:
        """Perform the first of the list; False when there is none. Raises Silence."""
        if plan.is_unscheduled:
            self.examine(self.walk_in(), plan)
            return True
        if not entries:
            return False
        right, others = entries[0], entries[1:]
        other = next(
            (one for one in others if one.text("PatientID") != right.text("PatientID")), None
        )
        if plan.takes_wrong_entry and other is not None:
            self.tell(f"  meant is {right.title}, but another line is tapped:")
            if not plan.notices:
                self.examine(other, plan)
                return True
            stopped = replace(plan, ends="DISCONTINUED", reason=WRONG_ENTRY, sends_of_all=0)
            self.examine(other, stopped)
            self.done.discard(other.text("ScheduledProcedureStepID", of_step=True))
        self.examine(right, plan)
        return True

    def walk_in(self) -> Entry:
        """Somebody of whom the worklist knows nothing: typed at the console."""
        step, answer = Dataset(), Dataset()
        step.Modality = self.modality
        answer.ScheduledProcedureStepSequence = [step]
        answer.PatientName, answer.PatientSex = "Unknown^Emergency", ""
        answer.PatientID = f"E{self.chance.randrange(10**8):08d}"
        answer.PatientBirthDate, answer.AccessionNumber = "", ""
        answer.StudyInstanceUID = self._uid("walk-in")
        return Entry(answer)

    # ── the examination ──────────────────────────────────────────────────────────────────────────

    def examine(self, entry: Entry, plan: Plan = BY_THE_BOOK) -> None:
        """From the first report to the last. Raises Silence."""
        self.tell(entry.title)
        self.done.add(entry.text("ScheduledProcedureStepID", of_step=True))
        step = self._uid("step", entry.text("StudyInstanceUID"))
        if plan.reports_steps:
            status = self.scanner.begin(step, begun(entry, self.scanner.title, timezone.now()))
            self.tell(f"  begins {_said(status)}")
        self._pass(POSITIONING)
        images = self.draw(entry, plan)
        if not plan.images_come_late:
            self.send(images, plan)
        self._pass(TIDYING)
        if plan.reports_steps and plan.ends:
            status = self.scanner.change(
                step, ended(plan.ends, images, timezone.now(), plan.reason)
            )
            word = plan.ends.lower() + (f" ({plan.reason})" if plan.reason else "")
            self.tell(f"  ends: {word} {_said(status)}")
        if plan.images_come_late:
            self._pass(LATE)
            self.send(images, plan)
        if plan.asks_commitment and images:
            self.ask_to_keep(images)

    def draw(self, entry: Entry, plan: Plan) -> list[Dataset]:
        """The images of this patient, with the numbers that the worklist gave."""
        procedure = performed(entry, self.scanner.title)
        drawn = objects_of(procedure, few=bool(self.most_images))
        images: list[Dataset] = [dcmread(BytesIO(one)) for one in drawn]
        images = images[: self.most_images or None]
        images = images[: round(len(images) * plan.sends_of_all)]
        for image in images:
            if not entry.is_scheduled:
                del image.RequestAttributesSequence  # nobody has requested it
            if plan.mistypes:
                image.PatientID = mistyped(str(image.PatientID))
        return images

    def send(self, images: list[Dataset], plan: Plan) -> None:
        kept = images[:-1] if plan.loses_last else images
        outcomes: Counter[int] = Counter()
        for status in self.scanner.send(_repeated(kept, plan.sends_each)):
            outcomes[status] += 1
            self._pass(BETWEEN_IMAGES)
        said = ", ".join(f"{number} {_said(status)}" for status, number in outcomes.items())
        self.tell(f"  sends {len(kept) * plan.sends_each} images: {said or 'none'}")

    def ask_to_keep(self, images: list[Dataset]) -> None:
        """Ask whether they are safe, and wait for the answer on our own port."""
        transaction = self._uid("commitment")
        status = self.scanner.ask_to_keep(to_be_kept(images, transaction))
        self.tell(f"  asks whether {len(images)} images are safe {_said(status)}")
        if status != SUCCESS:
            return
        report = self.scanner.report_on(transaction, self.patience)
        if report is None:
            self.tell("  is told nothing: does the department know where this scanner listens?")
            return
        failed = ", ".join(f"{reason:04X}" for reason in sorted(set(report.failed.values())))
        rest = f", {len(report.failed)} are not ({failed})" if report.failed else ""
        self.tell(f"  is told: {report.kept} are safe{rest}")

    def _pass(self, seconds: float) -> None:
        """Time goes by, as fast as one likes, and never quite evenly."""
        if self.speed:
            self.sleep(seconds * self.chance.uniform(0.7, 1.3) / self.speed)

    def _uid(self, *words: str) -> str:
        """A number of our own: the same ones in the same order from the same seed (PS3.5 B.2)."""
        self._number += 1
        name = ".".join([self.scanner.title, str(self.seed), str(self._number), *words])
        return f"2.25.{uuid.uuid5(uuid.NAMESPACE_OID, name).int}"


def _repeated(images: Iterable[Dataset], times: int) -> Iterable[Dataset]:
    return (image for image in images for _ in range(times))


def mistyped(number: str) -> str:
    """The last two different digits in the other order."""
    for place in range(len(number) - 1, 0, -1):
        if number[place] != number[place - 1]:
            return number[: place - 1] + number[place] + number[place - 1] + number[place + 1 :]
    return number + "0"


def _said(status: int) -> str:
    return "– taken" if status == SUCCESS else f"– answered {status:04X}"
