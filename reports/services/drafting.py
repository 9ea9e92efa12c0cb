"""Writing: saved every few seconds, and never over somebody else's words."""

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common.refusals import Refused
from reports.document import text_to_amend
from reports.models import Report, ReportVersion
from reports.services.claiming import refuse_held, renew, take
from reports.services.telling import note
from reports.words import PARTS, Words

if TYPE_CHECKING:
    from staff.models import User

Status = Report.Status
Kind = ReportVersion.Kind
LATER = (Kind.ADDENDUM, Kind.AMENDMENT, Kind.CORRECTION)
DRAFT_FIELDS = [*PARTS, "draft_saved_at", "draft_number", "draft_kind"]


class Stale(Refused):
    """Another window has saved since; both texts are kept."""


@transaction.atomic
def save_draft(report: Report, *, by: "User", words: Words, number: int) -> Report:
    """Keep what is written. `number` is the saving this window knows of: if another window has
    saved since, nothing is overwritten. Writing on a free study claims it."""
    report = held(report, by)
    refuse_stale(report, number)
    if words != Words.of(report):
        put(report, words)
        if report.status == Status.CLAIMED:
            report.move_to(Status.DRAFT)
            report.save(update_fields=["status"])
            note("report.drafted", report, by=by)
    return renew(report)


def held(report: Report, by: "User") -> Report:
    """The report, locked and held by `by`: a free one is claimed. Raises Refused otherwise."""
    report = Report.objects.locked(report.pk)
    if not report.is_open and not (report.is_signed and report.draft_kind):
        state = report.get_status_display().lower()
        raise Refused(_("This report is %(state)s: nothing was saved.") % {"state": state})
    refuse_held(report, by)
    is_mine = report.claimed_by_id == by.pk and report.is_claimed_on(timezone.now())
    return report if is_mine else take(report, by)


def refuse_stale(report: Report, number: int) -> None:
    if number != report.draft_number:
        raise Stale(_("Another window has saved this report since. Your words are still here."))


def put(report: Report, words: Words) -> None:
    """Write the draft of a locked report."""
    words.write_to(report)
    report.draft_number += 1
    report.draft_saved_at = timezone.now()
    report.save(update_fields=DRAFT_FIELDS)


def clear(report: Report) -> None:
    """The draft has become a version, or nothing: a locked report carries no words of its own."""
    Words().write_to(report)
    report.draft_number += 1
    report.draft_saved_at, report.draft_kind = None, ""
    report.claimed_by = report.claimed_until = None
    report.save(update_fields=[*DRAFT_FIELDS, "claimed_by", "claimed_until"])


@transaction.atomic
def begin_later(report: Report, *, kind: str, by: "User") -> Report:
    """Begin an addendum, an amendment or a correction of what is signed, as a draft."""
    report = Report.objects.locked(report.pk)
    if kind not in LATER or not report.is_signed:
        raise Refused(_("Only a signed report can be added to or changed."))
    refuse_held(report, by)
    if report.draft_kind and report.draft_kind != kind and report.has_draft:
        begun = Kind(report.draft_kind).label.lower()
        raise Refused(_("Sign or discard the %(kind)s first.") % {"kind": begun})
    if report.draft_kind != kind:
        report.draft_kind = kind
        put(report, Words() if kind == Kind.ADDENDUM else text_to_amend(report))
    return take(report, by)


@transaction.atomic
def drop_draft(report: Report, *, by: "User") -> Report:
    """Leave a signed report as it is: forget the addendum or change that was begun."""
    report = Report.objects.locked(report.pk)
    if not report.draft_kind:
        raise Refused(_("There is no such draft."))
    refuse_held(report, by)
    clear(report)
    note("report.draft_dropped", report, by=by)
    return report
