"""One patient's visit: every deed of it is a verb of the department."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils import timezone

from demo.cast import RADIOLOGISTS, REFERRERS, TECHNICIANS, Cast
from demo.images import file_all, send_images, send_misplaced
from demo.questions import QUESTIONS
from patients.models import Alert
from reports.services import write_note
from studies.models import Instance, Study
from studies.services import keep_all, mark_key, reject_image, settle_study
from worklist import services
from worklist.models import Administration, Order, Question, ScheduledProcedure
from worklist.questions import questions_for
from worklist.services import Said

ENOUGH = ("NAME", "BIRTH_DATE")
HEALTHY_KIDNEYS = range(68, 104)
EXPOSED: Mapping[str, dict[str, object]] = {
    "CT": {"kv": Decimal(120), "ctdi_vol": Decimal("9.4"), "dlp": Decimal(412)},
    "DX": {"kv": Decimal(77), "mas": Decimal("4.2"), "exposure_index": Decimal(284)},
    "MG": {"kv": Decimal(28), "mas": Decimal(71), "glandular_dose": Decimal("1.31")},
    "XA": {"dap": Decimal(18400), "fluoroscopy_s": 264, "kv": Decimal(81)},
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the day's list."""

    code: str
    family: str
    minutes: int
    story: str
    side: str = ""
    priority: str = "ROUTINE"
    report: str = ""
    note: tuple[str, str] | None = None
    worries: Mapping[str, str] = field(default_factory=dict)
    because: str = ""
    joins: bool = False
    ward: str = ""
    few: bool = False


class Visit:
    """What is known of one line while it is lived through."""

    def __init__(self, line: Line, start: dt.datetime, cast: Cast) -> None:
        self.line, self.start, self.cast = line, start, cast
        self.kind = cast.catalogue[line.code]
        self.device = cast.devices[self.kind.modality]
        self.patient = cast.patients[line.family]
        self.technician = cast.next_of(TECHNICIANS)
        self.referrer = cast.next_of(REFERRERS)
        self.reader = cast.next_of(RADIOLOGISTS)
        self.first: Visit | None = None
        self._order: Order | None = None
        self._step: ScheduledProcedure | None = None

    @property
    def order(self) -> Order:
        order = self.first.order if self.first else self._order
        assert order is not None  # noqa: S101 — the timeline orders first
        return order

    @property
    def step(self) -> ScheduledProcedure:
        assert self._step is not None  # noqa: S101 — the timeline books first
        return self._step

    @property
    def study(self) -> Study:
        return Study.objects.get(study_instance_uid=self.order.study_instance_uid)

    # ── before ──────────────────────────────────────────────────────────────────────────────────

    def ask_for(self) -> None:
        if self.first:
            return
        self._order = services.place_order(
            self.patient,
            self.kind,
            by=self.referrer,
            priority=self.line.priority,
            side=self.line.side,
            clinical_question=QUESTIONS[self.line.code],
            ordering_physician=f"{self.referrer.last_name}^{self.referrer.first_name}^^Dr.",
            ward=self.line.ward,
            transport="BED" if self.line.ward else "WALKS",
        )

    def book(self) -> None:
        self._step = services.book_step(
            self.order,
            self.kind,
            by=self.cast.scheduler,
            device=self.device,
            start=self.start,
            side=self.line.side,
        )

    def walk_in(self) -> None:
        self._step = services.walk_in(
            self.patient,
            self.kind,
            by=self.technician,
            device=self.device,
            squeeze=True,
            side=self.line.side,
            clinical_question=QUESTIONS[self.line.code],
            ordering_physician=f"{self.referrer.last_name}^{self.referrer.first_name}^^Dr.",
        )

    def cancel(self) -> None:
        services.cancel_procedure(self.step, by=self.cast.scheduler, reason_code="110510")

    def miss(self) -> None:
        services.mark_no_show(self.step, by=self.cast.scheduler)

    def arrive(self) -> None:
        services.register_arrival(self.step, by=self.cast.scheduler)

    def check(self) -> None:
        services.check_identity(self.step, by=self.technician, compared=ENOUGH)
        if self.line.side:
            services.confirm_side(self.step, by=self.technician, side=self.line.side)

    def screen(self) -> None:
        """Every question is answered with no, but for what worries."""
        if self.step.screening != ScheduledProcedure.Screening.OPEN:
            return
        said = {question.pk: self._said(question) for question in questions_for(self.step)}
        services.answer_questions(self.step, said, by=self.technician, source="the patient")

    def _said(self, question: Question) -> Said:
        if question.kind == Question.Kind.NUMBER:
            return self._kidney_value()
        for words, comment in self.line.worries.items():
            if words in question.text:
                return Said("YES", comment)
        return Said("NO")

    def _kidney_value(self) -> Said:
        values = Alert.objects.kidney_values().of_patient(self.patient.pk)
        known = values.filter(observed_on__lte=timezone.localdate()).last()
        if known:
            return Said(str(known.egfr), observed_on=known.observed_on)
        day = timezone.localdate() - dt.timedelta(days=self.cast.chance.randint(1, 40))
        return Said(str(self.cast.chance.choice(HEALTHY_KIDNEYS)), observed_on=day)

    def go_on_anyway(self) -> None:
        services.override_screening(self.step, by=self.reader, reason=self.line.because)

    def make_ready(self) -> None:
        services.mark_ready(self.step, by=self.technician)

    def hold(self) -> None:
        services.hold_procedure(self.step, by=self.technician, reason=self.line.because)

    # ── during ──────────────────────────────────────────────────────────────────────────────────

    def begin(self) -> None:
        services.start_procedure(self.step, by=self.technician)
        self.step.refresh_from_db()

    def begin_by_machine(self) -> None:
        """The modality reports what nobody has said before."""
        services.start_procedure(self.step, by=None, source="MPPS")
        self.step.refresh_from_db()

    def inject(self, reaction: str = "NONE", details: str = "") -> None:
        if self.kind.contrast != self.kind.Contrast.ALWAYS:
            return
        is_artery = self.kind.modality == "XA"
        services.give(
            self.step,
            by=self.technician,
            agent=self.cast.agents["Iodinated contrast 350"],
            lot=f"L{self.cast.chance.randint(10000, 99999)}",
            expires_on=timezone.localdate() + dt.timedelta(days=self.cast.chance.randint(90, 500)),
            volume_ml=Decimal(self.cast.chance.choice([65, 80, 90])),
            rate_ml_s=Decimal("3.0"),
            route=Administration.Route.IA if is_artery else Administration.Route.IV,
            site="right radial artery" if is_artery else "left elbow",
            reaction=reaction,
            reaction_details=details,
        )

    def react(self) -> None:
        self.inject(Administration.Reaction.MILD, "Hives on the neck, gone after an hour")

    def send(self) -> None:
        if self.line.few:
            self._send_few()
        else:
            send_images(self.step)
        file_all()
        self.step.refresh_from_db()

    def _send_few(self) -> None:
        """Of earlier examinations only the part was kept that the archive was asked for."""
        sent = send_images(self.step, few=True)
        ScheduledProcedure.objects.filter(pk=self.step.pk).update(images_expected=sent)

    def repeat(self) -> None:
        """The first exposure is rejected for how the patient lay, and made again."""
        send_misplaced(self.step)
        file_all()
        [spoiled] = Instance.objects.acquired_for(self.step.pk)
        comment = "Joint cut off at the edge"
        reject_image(spoiled, by=self.technician, reason="111209", comment=comment)
        self.send()

    def expose(self) -> None:
        exposed = EXPOSED.get(self.kind.modality)
        if exposed:
            views = self.kind.views.count() if self.kind.modality in {"DX", "MG"} else 1
            services.expose(self.step, by=self.technician, exposures=views, **exposed)

    def look(self) -> None:
        keep_all(self.step, by=self.technician)

    def end(self) -> None:
        services.end_acquisition(self.step, by=self.technician)

    def finish(self) -> None:
        services.complete_procedure(self.step, by=self.technician)

    def stop(self) -> None:
        services.discontinue_procedure(self.step, by=self.technician, reason_code="110503")

    # ── after ───────────────────────────────────────────────────────────────────────────────────

    def tell(self) -> None:
        """The technician's note, and the image that shows it."""
        assert self.line.note is not None  # noqa: S101 — only told when there is one
        verdict, words = self.line.note
        shown = Instance.objects.acquired_for(self.step.pk).clinical().order_by("pk")
        middle = shown[shown.count() // 2]
        if verdict != "NORMAL":
            mark_key(middle, by=self.technician, comment=words[:60])
        write_note(self.step, by=self.technician, verdict=verdict, words=words)

    def settle(self) -> None:
        """It has been quiet for a while: the study can be read."""
        settle_study(self.study.pk)
