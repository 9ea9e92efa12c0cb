"""One row of the board, worked out once in Python: the template has two hundred of them to draw."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from common.templatetags.chips import alert_icon, chip
from common.templatetags.icons import icon
from common.templatetags.ward import age, pn, side, when
from patients.models import Alert, Patient
from worklist.models import Order, ScheduledProcedure

if TYPE_CHECKING:
    from staff.models import User

Status = ScheduledProcedure.Status
Images = ScheduledProcedure.Images
LONG_WAIT = 30  # minutes after which a wait is said in red
FAR_AHEAD = dt.timedelta(hours=4)  # beyond this the clock says more than a span does
NOTHING = SafeString("")


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks at the board: what they may press, and which devices are taken."""

    may_register: bool
    may_perform: bool
    may_book: bool = False
    may_see_queries: bool = False
    busy_devices: Collection[object] = frozenset()

    @classmethod
    def of(cls, user: "User", busy_devices: Collection[object] = frozenset()) -> "Viewer":
        return cls(
            user.has_perm("worklist.register_arrival"),
            user.has_perm("worklist.perform_procedure"),
            user.has_perm("worklist.book_procedure"),
            user.has_perm("worklist.view_worklistquery"),
            busy_devices,
        )


@dataclass(frozen=True, slots=True)
class Next:
    """The one verb that comes next, or why there is none just now."""

    verb: str = ""
    word: str = ""
    icon: SafeString = NOTHING
    is_primary: bool = False
    why_not: str = ""
    is_link: bool = False


NO_VERB = Next()


@dataclass(frozen=True, slots=True)
class Row:
    """All that one row says, as it is drawn. Flat: the template looks nothing up twice."""

    pk: int
    href: str
    css: str
    name: str
    other_name: str
    language: str
    record: str
    facts: str
    what: str
    accession: str
    side: SafeString
    room: str
    device: str
    is_awaited: bool
    """Its scanner should have it on its list, and this person may look why it has not."""
    time: SafeString
    wait: SafeString
    priority: SafeString
    state: SafeString
    marks: SafeString
    why: str
    alerts: SafeString
    images: SafeString
    next: Next

    @classmethod
    def of(cls, procedure: ScheduledProcedure, viewer: Viewer, day: "Day") -> "Row":
        order, device = procedure.order, procedure.device
        patient, room = order.patient, device.room.name
        is_plain = order.priority == Order.Priority.ROUTINE or procedure.is_final
        return cls(
            pk=procedure.pk,
            href=reverse("worklist:procedure", args=[procedure.pk]),
            css=css_of(procedure),
            name=patient.display_name,
            other_name=pn(patient.name_ideographic) if patient.other_scripts else "",
            language=patient.language,
            record=patient.patient_id,
            facts=facts_of(patient, day),
            what=procedure.procedure_type.meaning,
            accession=order.accession_number,
            side=side(procedure.side) if procedure.side else NOTHING,
            room=room,
            device="" if device.name in room else device.name,
            is_awaited=viewer.may_see_queries and procedure.may_move,
            time=clock_of(procedure.scheduled_start, day),
            wait=wait_of(procedure),
            priority=NOTHING if is_plain else chip(order.priority, "priority"),
            state=chip(procedure.status, "procedure"),
            marks=marks_of(procedure),
            why=procedure.reason if procedure.says_why else "",
            alerts=alerts_of(day.alerts.get(patient.pk, ()), day),
            images=images_of(procedure),
            next=next_of(procedure, viewer),
        )

    @property
    def html(self) -> SafeString:
        return drawn(self)


@lru_cache(maxsize=4096)
def drawn(row: Row) -> SafeString:
    """The row as the page has it. It depends on nothing but what it says, and most rows of a
    refresh say what they said before."""
    return render_to_string("worklist/_row.html", {"row": row})


@dataclass(frozen=True, slots=True)
class Day:
    """What all rows of one drawing share."""

    today: dt.date
    language: str | None
    alerts: Mapping[int, Sequence[tuple[str, str, str]]]


def rows_of(procedures: Sequence[ScheduledProcedure], viewer: Viewer) -> list[Row]:
    """Rows in the order of `procedures`, with the alerts of all their patients in one query."""
    patients = {procedure.order.patient_id for procedure in procedures}
    alerts: dict[int, list[tuple[str, str, str]]] = defaultdict(list)
    for patient, *alert in Alert.objects.active().marks_of(patients):
        alerts[patient].append(tuple(alert))
    day = Day(timezone.localdate(), get_language(), alerts)
    return [Row.of(procedure, viewer, day) for procedure in procedures]


def css_of(procedure: ScheduledProcedure) -> str:
    """How the row stands out."""
    if procedure.is_final:
        return "row-done"
    urgency = {Order.Priority.STAT: "row-stat", Order.Priority.HIGH: "row-urgent"}
    css = urgency.get(Order.Priority(procedure.order.priority), "")
    return f"{css} row-active" if procedure.status == Status.IN_PROGRESS else css


def facts_of(patient: Patient, day: Day) -> str:
    """Age and sex, as far as they are known."""
    facts = [age_of(patient.birth_date, day.today, day.language)] if patient.birth_date else []
    return " · ".join(["", *facts, *([patient.sex_word] if patient.sex else [])])


# The same few hundred birth dates, times and alerts are drawn again with every refresh.
@lru_cache(maxsize=4096)
def age_of(birth_date: dt.date, today: dt.date, language: str | None) -> str:
    return age(birth_date)


def clock_of(moment: dt.datetime, day: Day) -> SafeString:
    return _clock_of(moment, day.today, day.language)


@lru_cache(maxsize=4096)
def _clock_of(moment: dt.datetime, today: dt.date, language: str | None) -> SafeString:
    return SafeString(when(moment, "clock"))


def wait_of(procedure: ScheduledProcedure) -> SafeString:
    """How soon, how late, how long waiting, how long on the table."""
    if procedure.status == Status.SCHEDULED:
        if procedure.is_late:
            since = when(procedure.scheduled_start, "since")
            return format_html('<span class="is-late">{} {}</span>', _("late"), since)
        is_far = procedure.scheduled_start - timezone.now() >= FAR_AHEAD
        return NOTHING if is_far else SafeString(when(procedure.scheduled_start))
    if procedure.is_waiting and procedure.arrived_at:
        return SafeString(when(procedure.arrived_at, "waiting", LONG_WAIT))
    if procedure.status == Status.IN_PROGRESS:
        return format_html("{} {}", _("for"), when(procedure.started_at, "since"))
    return NOTHING


# What stands between a patient and the table, beside the state: word, picture, hue.
SCREENING = {
    ScheduledProcedure.Screening.OPEN: (_lazy("screening open"), "help", "amber"),
    ScheduledProcedure.Screening.FLAGGED: (_lazy("screening flagged"), "danger", "red"),
    ScheduledProcedure.Screening.OVERRIDDEN: (_lazy("flag overridden"), "warning", "amber"),
}


def marks_of(procedure: ScheduledProcedure) -> SafeString:
    """Squeezed in, and how the safety questions stand, while it is still ahead."""
    if not procedure.may_move:
        return NOTHING
    marks = [("squeezed", _("squeezed in"), "grey")] if procedure.is_squeezed_in else []
    if procedure.screening in SCREENING:
        word, picture, hue = SCREENING[ScheduledProcedure.Screening(procedure.screening)]
        marks.append((picture, str(word), hue))
    drawn = "".join(_mark(*mark, get_language()) for mark in marks)
    return mark_safe(f'<span class="row-marks">{drawn}</span>') if drawn else NOTHING  # noqa: S308 — made of escaped parts


@lru_cache(maxsize=64)
def _mark(picture: str, word: str, hue: str, language: str | None) -> SafeString:
    return format_html('<span class="row-mark row-mark-{}">{}{}</span>', hue, icon(picture), word)


def alerts_of(alerts: Sequence[tuple[str, str, str]], day: Day) -> SafeString:
    """The alerts as marks with their words on hover."""
    marks = [alert_mark(*alert, day.language) for alert in alerts]
    return mark_safe(f'<ul class="alerts">{"".join(marks)}</ul>') if marks else NOTHING  # noqa: S308 — made of escaped parts


@lru_cache(maxsize=4096)
def alert_mark(kind: str, severity: str, text: str, language: str | None) -> SafeString:
    """One mark. The same few hundred are drawn again every few seconds."""
    return format_html(
        '<li class="alert-mark alert-mark-{}" title="{}: {}">{}'
        '<span class="visually-hidden">{}: {}</span></li>',
        severity,
        Alert.Kind(kind).label,
        text,
        icon(alert_icon(kind)),
        Alert.Kind(kind).label,
        text,
    )


def images_of(procedure: ScheduledProcedure) -> SafeString:
    """How many images are here of those expected, with a bar while they arrive."""
    if not procedure.images_received:
        is_due = procedure.images_wanted and procedure.status == Status.IN_PROGRESS
        return (
            format_html('<span class="quiet">{}</span>', procedure.images_words)
            if is_due
            else missing_images(procedure)
        )
    troubled = {Images.MISSING: "st-late", Images.LATE: "st-late", Images.COMPLETE: "st-done"}
    mark = troubled.get(Images(procedure.images))
    word = _("All safe") if procedure.are_images_safe else str(Images(procedure.images).label)
    return format_html(
        '<span class="images-count images-{}" title="{}">{}<span>{}</span>{}</span>',
        procedure.images.lower(),
        procedure.images_line,
        icon("st-safe" if procedure.are_images_safe else mark, word) if mark else "",
        procedure.images_words,
        progress_of(procedure) if procedure.images == Images.ARRIVING else "",
    )


def missing_images(procedure: ScheduledProcedure) -> SafeString:
    """A completed procedure without a single image is worth a word."""
    if procedure.status != Status.COMPLETED:
        return NOTHING
    return format_html(
        '<span class="images-count images-missing">{}<span>{}</span></span>',
        icon("st-late"),
        _("none"),
    )


def progress_of(procedure: ScheduledProcedure) -> SafeString:
    if not procedure.images_wanted:
        return NOTHING
    return format_html(
        '<progress value="{}" max="{}" aria-label="{}"></progress>',
        procedure.images_here,
        procedure.images_wanted,
        _("Images arrived"),
    )


def next_of(procedure: ScheduledProcedure, viewer: Viewer) -> Next:
    """The verb that this person may press next."""
    if procedure.may_arrive:
        return verb_of("arrive", get_language()) if viewer.may_register else NO_VERB
    if not viewer.may_perform:
        return moving_of(procedure, viewer)
    if procedure.may_start:
        return start_of(procedure, viewer)
    if procedure.may_complete:
        return verb_of("complete", get_language())
    return verb_of("resume", get_language()) if procedure.may_resume else NO_VERB


def moving_of(procedure: ScheduledProcedure, viewer: Viewer) -> Next:
    """Whoever plans can still give it another time or device."""
    may_move = viewer.may_book and procedure.may_move
    return Next("move", _("Move"), is_link=True) if may_move else NO_VERB


@lru_cache(maxsize=64)
def verb_of(verb: str, language: str | None) -> Next:
    """How the button of a verb looks."""
    return {
        "arrive": Next("arrive", _("Arrived")),
        "resume": Next("resume", _("Resume")),
        "start": Next("start", _("Start"), icon("play"), is_primary=True),
        "complete": Next("complete", _("Complete"), icon("check"), is_primary=True),
    }[verb]


def start_of(procedure: ScheduledProcedure, viewer: Viewer) -> Next:
    """Start, or in words why nobody can be started on this device."""
    device = procedure.device
    if not device.takes_patients:
        state = device.get_status_display().lower()
        return Next(why_not=_("%(device)s is %(state)s") % {"device": device, "state": state})
    if device.pk in viewer.busy_devices:
        return Next(why_not=_("%(device)s is taken") % {"device": device})
    return verb_of("start", get_language())
