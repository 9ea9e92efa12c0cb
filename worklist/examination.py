"""The examination's page for one person: its steps, what is known at each, and what comes next."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.forms import BaseForm
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from worklist.forms_examination import (
    AdministrationForm,
    DespiteForm,
    ExposureForm,
    FinishForm,
    IdentityForm,
    OverrideForm,
    ScreeningForm,
    SideForm,
)
from worklist.modalities import EXPOSURE_FIELDS
from worklist.models import Administration, Check, Draft, Guide, ProcedureType, ScheduledProcedure
from worklist.obstacles import Obstacle, obstacle_to_start
from worklist.questions import Asked, asked_before
from worklist.readiness import (
    Gap,
    further_warnings,
    warnings_before_completion,
    warnings_before_start,
)
from worklist.services.checks import Compared

if TYPE_CHECKING:
    from staff.models import User

Status = ScheduledProcedure.Status
Screening = ScheduledProcedure.Screening

DONE, OPEN, ATTENTION, LATER, OPTIONAL = "done", "open", "attention", "later", "optional"


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the task list: where it stands, in a word and in a sentence."""

    key: str
    title: str
    state: str
    words: str = ""
    is_next: bool = False
    is_open: bool = False

    @property
    def template(self) -> str:
        return f"worklist/examination/{self.key}.html"


class Examination:
    """All that the page says. Everything is worked out when it is asked for, and once."""

    def __init__(
        self,
        procedure: ScheduledProcedure,
        user: "User",
        bound: Mapping[str, BaseForm] | None = None,
    ) -> None:
        self.procedure, self.patient = procedure, procedure.order.patient
        self.may_perform = user.has_perm("worklist.perform_procedure")
        self.may_override = user.has_perm("worklist.override_screening")
        self.may_see = user.has_perm("patients.view_patient")
        self.user = user
        self.bound = bound or {}

    # ── what is known ────────────────────────────────────────────────────────────────────────────

    @cached_property
    def checks(self) -> list[Check]:
        return list(self.procedure.checks.select_related("by"))

    def _latest(self, kind: str) -> Check | None:
        return next((check for check in reversed(self.checks) if check.kind == kind), None)

    @property
    def identity(self) -> Check | None:
        return self._latest(Check.Kind.IDENTITY)

    @property
    def side(self) -> Check | None:
        return self._latest(Check.Kind.SIDE)

    @property
    def compared(self) -> str:
        """The identifiers of the last check, in words."""
        said = self.identity.said if self.identity else {}
        return ", ".join(str(Compared(one).label) for one in said.get("compared", []))

    @cached_property
    def asked(self) -> list[Asked]:
        return asked_before(self.procedure)

    @property
    def worries(self) -> list[Asked]:
        return [one for one in self.asked if one.is_worrying]

    @property
    def is_all_prefilled(self) -> bool:
        lines = self.screening_form.lines
        return bool(lines) and all(line.is_prefilled for line in lines)

    @cached_property
    def guide(self) -> Guide:
        """How it is done, in the language of whoever reads it."""
        return self.procedure.procedure_type.guide_in(get_language() or "")

    @property
    def instructions(self) -> str:
        """What the patient is told, in the patient's language if it is written down."""
        own = self.patient.language
        told = self.procedure.procedure_type.guide_in(own).instructions if own else ""
        return told or self.guide.instructions

    @cached_property
    def views(self) -> list[Any]:
        return list(self.procedure.procedure_type.views.all())

    @cached_property
    def administrations(self) -> list[Any]:
        given = self.procedure.administrations
        return list(given.select_related("agent", "given_by", "withdrawn_by"))

    @cached_property
    def exposures(self) -> list[Any]:
        return list(self.procedure.exposures.select_related("by", "withdrawn_by"))

    @property
    def reactions(self) -> list[tuple[str, Any]]:
        return list(Administration.Reaction.choices)

    @property
    def exposure_fields(self) -> tuple[str, ...]:
        return EXPOSURE_FIELDS.get(self.procedure.device.modality, ())

    @cached_property
    def discrepancies(self) -> list[Any]:
        return list(self.procedure.discrepancies.unsettled())

    @property
    def is_wrong_entry(self) -> bool:
        return any(one.kind == one.Kind.WRONG_ENTRY for one in self.discrepancies)

    @cached_property
    def performed(self) -> list[Any]:
        return list(self.procedure.performed_steps.all())

    @cached_property
    def obstacle(self) -> Obstacle | None:
        procedure = self.procedure
        return obstacle_to_start(procedure, procedure.device) if procedure.may_start else None

    @cached_property
    def gaps(self) -> list[Gap]:
        """What is missing before the start, or before the end when it has begun."""
        if self.procedure.may_start or self.procedure.status == Status.ON_HOLD:
            return warnings_before_start(self.procedure)
        return warnings_before_completion(self.procedure) if self.is_running else []

    # ── where it stands ──────────────────────────────────────────────────────────────────────────

    @property
    def is_running(self) -> bool:
        return self.procedure.status in {Status.IN_PROGRESS, Status.ACQUIRED}

    @property
    def has_begun(self) -> bool:
        return self.procedure.started_at is not None

    @cached_property
    def steps(self) -> list[Step]:
        """The task list, the next right one marked and open."""
        found = [
            Step(key, title(), *self._state(key)) for key, title in TITLES.items() if self._has(key)
        ]
        return [self._marked(step) for step in found]

    def _marked(self, step: Step) -> Step:
        is_next = step.key == self._next_key
        is_open = (is_next and self.may_perform) or step.key in self._open_keys
        return Step(step.key, step.title, step.state, step.words, is_next, is_open)

    @property
    def _open_keys(self) -> set[str]:
        """What is shown unfolded besides the next: what somebody works at, and the images."""
        keys = {*self.bound, *self.drafts} | ({"screening"} if "override" in self.bound else set())
        keys |= {"images", "note"} if self.has_begun else {"guide"}
        return keys if self.may_see else set()

    @cached_property
    def _next_key(self) -> str:
        if self.procedure.is_final or self.procedure.status in {Status.SCHEDULED, Status.ON_HOLD}:
            return ""
        waiting = {OPEN, ATTENTION}
        for key in TITLES:
            if self._has(key) and self._state(key)[0] in waiting:
                return key
        return ""

    @cached_property
    def waits_next(self) -> ScheduledProcedure | None:
        """Whoever is to go in at this device when this examination is over."""
        if not self.procedure.is_final or not self.may_perform:
            return None
        today = ScheduledProcedure.objects.visible_to(self.user).on_board(timezone.localdate())
        waiting = today.on_device(self.procedure.device_id).in_states(
            [Status.ARRIVED, Status.READY]
        )
        return waiting.with_patient().most_urgent_first().first()

    @property
    def next(self) -> Step | None:
        return next((step for step in self.steps if step.is_next), None)

    def _has(self, key: str) -> bool:
        procedure = self.procedure
        return {
            "screening": bool(self.asked) or procedure.screening != Screening.NOT_NEEDED,
            "side": bool(procedure.side) and procedure.procedure_type.needs_side,
            "exposed": bool(self.exposure_fields) or bool(self.exposures),
        }.get(key, True)

    def _state(self, key: str) -> tuple[str, str]:
        state: Callable[[], tuple[str, str]] = getattr(self, f"_state_of_{key}")
        return state()

    def _state_of_identity(self) -> tuple[str, str]:
        if self.identity is not None:
            return DONE, _("%(what)s compared") % {"what": self.compared}
        return (ATTENTION if self.has_begun else OPEN), _("at least two identifiers")

    def _state_of_screening(self) -> tuple[str, str]:
        procedure = self.procedure
        number = len(self.worries)
        return {
            Screening.CLEAR: (DONE, _("nothing worrying")),
            Screening.OVERRIDDEN: (DONE, procedure.screening_reason),
            Screening.FLAGGED: (ATTENTION, _("%(number)s to look at") % {"number": number}),
            Screening.NOT_NEEDED: (OPTIONAL, _("not needed")),
        }.get(
            Screening(procedure.screening),
            (OPEN, _("%(number)s questions") % {"number": len(self.asked)})
            if self.asked
            else (OPEN, _("nothing is asked of this patient")),
        )

    def _state_of_side(self) -> tuple[str, str]:
        words = str(self.procedure.get_side_display())
        if self.side is not None:
            return DONE, words
        return (ATTENTION if self.has_begun else OPEN), _("to be confirmed")

    def _state_of_guide(self) -> tuple[str, str]:
        return OPTIONAL, ", ".join(view.name for view in self.views)

    def _state_of_start(self) -> tuple[str, str]:
        if self.has_begun:
            return DONE, ""
        return (OPEN, "") if self.procedure.may_start else (LATER, "")

    def _state_of_images(self) -> tuple[str, str]:
        procedure = self.procedure
        words = procedure.images_words if procedure.images_wanted else ""
        if procedure.images == procedure.Images.COMPLETE:
            return DONE, words
        if procedure.images in {procedure.Images.MISSING, procedure.Images.LATE}:
            return ATTENTION, words
        return (OPEN if self.is_running else LATER), words

    def _state_of_given(self) -> tuple[str, str]:
        standing = [one for one in self.administrations if one.stands]
        if standing:
            return DONE, ", ".join(str(one) for one in standing)
        contrast = self.procedure.procedure_type.contrast
        if contrast == ProcedureType.Contrast.ALWAYS:
            return (OPEN if self.is_running else LATER), _("contrast is planned")
        return OPTIONAL, _("nothing so far")

    def _state_of_exposed(self) -> tuple[str, str]:
        number = sum(one.exposures for one in self.exposures if one.stands)
        if number:
            words = ngettext("%(number)s exposure", "%(number)s exposures", number)
            return DONE, words % {"number": number}
        return (OPEN if self.is_running else LATER), ""

    def _state_of_note(self) -> tuple[str, str]:
        if not self.has_begun:
            return LATER, ""
        gaps = self.gaps if self.is_running else further_warnings(self.procedure)
        if any(gap.step == "note" for gap in gaps):
            return (OPEN if self.is_running else OPTIONAL), ""
        return DONE, ""

    def _state_of_finish(self) -> tuple[str, str]:
        if self.procedure.is_final:
            return DONE, str(self.procedure.get_status_display())
        return (OPEN if self.is_running else LATER), ""

    # ── what is typed ────────────────────────────────────────────────────────────────────────────

    @cached_property
    def drafts(self) -> dict[str, Draft]:
        """What was begun and not handed in, by part."""
        return {part: draft for part, draft in self.all_drafts.items() if draft.is_begun}

    @cached_property
    def all_drafts(self) -> dict[str, Draft]:
        if not self.may_perform:
            return {}
        drafts = self.procedure.drafts.select_related("saved_by")
        return {draft.part: draft for draft in drafts}

    def _typed(self, part: str) -> dict[str, Any]:
        return self.drafts[part].content if part in self.drafts else {}

    @cached_property
    def identity_form(self) -> BaseForm:
        has_birth_date = self.patient.birth_date is not None
        fresh = IdentityForm(initial=self._typed("identity"), has_birth_date=has_birth_date)
        return self.bound.get("identity", fresh)

    @cached_property
    def screening_form(self) -> ScreeningForm:
        fresh = ScreeningForm(self.asked, initial=self._typed("screening"))
        return self.bound.get("screening", fresh)  # type: ignore[return-value]

    @cached_property
    def side_form(self) -> BaseForm:
        return self.bound.get("side", SideForm(initial=self._typed("side")))

    @cached_property
    def override_form(self) -> BaseForm:
        return self.bound.get("override", OverrideForm())

    @cached_property
    def start_form(self) -> BaseForm:
        return self._with_reason(self.bound.get("start", DespiteForm()))

    @cached_property
    def given_form(self) -> Any:
        return self.bound.get("given", AdministrationForm(initial=self._typed("given")))

    @cached_property
    def exposed_form(self) -> Any:
        modality = self.procedure.device.modality
        return self.bound.get("exposed", ExposureForm(modality, initial=self._typed("exposed")))

    @cached_property
    def finish_form(self) -> BaseForm:
        fresh = FinishForm(initial=self._typed("finish"))
        return self._with_reason(self.bound.get("finish", fresh))

    def _with_reason(self, form: BaseForm) -> BaseForm:
        """Where something is missing the reason is not optional."""
        form.fields["despite"].required = bool(self.gaps)
        return form


TITLES: dict[str, Callable[[], str]] = {
    "identity": lambda: _("Who is it?"),
    "screening": lambda: _("Safety questions"),
    "side": lambda: _("Which side?"),
    "guide": lambda: _("How it is done"),
    "start": lambda: _("Start"),
    "images": lambda: _("Images"),
    "given": lambda: _("What was given"),
    "exposed": lambda: _("What was exposed"),
    "note": lambda: _("Preliminary note"),
    "finish": lambda: _("Finish"),
}
