"""Who reads what: a claim is a lease, so that nothing stays locked behind somebody who left."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common.refusals import Refused
from common.templatetags.ward import in_words
from reports.models import Report
from reports.services.telling import note

if TYPE_CHECKING:
    from staff.models import User

Status = Report.Status
LEASE = dt.timedelta(minutes=30)


@transaction.atomic
def claim_study(report: Report, *, by: "User", reason: str = "") -> Report:
    """Take a study to read. Whoever holds it already keeps it; from somebody else it is taken over
    with a reason, or freely once their lease has run out. Their draft comes along."""
    report = Report.objects.locked(report.pk)
    if not report.is_open:
        state = report.get_status_display().lower()
        raise Refused(_("This study is %(state)s: there is nothing to claim.") % {"state": state})
    if report.claimed_by_id == by.pk and report.is_claimed_on(timezone.now()):
        return renew(report)
    refuse_held(report, by, reason)
    return take(report, by, reason)


def take(report: Report, by: "User", reason: str = "") -> Report:
    """Hold a locked report for `by`, and note from whom it was taken."""
    former = report.claimed_by_id if report.claimed_by_id != by.pk else None
    if report.status == Status.READY_TO_READ:
        report.move_to(Status.CLAIMED)
    report.claimed_by, report.claimed_until = by, timezone.now() + LEASE
    if former is not None:
        report.reason = because(reason)
    report.save(update_fields=["status", "claimed_by", "claimed_until", "reason"])
    if former is not None:
        note("report.taken_over", report, by=by, former=former, with_reason=bool(report.reason))
    else:
        note("report.claimed", report, by=by)
    return report


def refuse_held(report: Report, by: "User", reason: str = "") -> None:
    """Raise Refused when somebody else holds a locked report and no reason is given."""
    now = timezone.now()
    if report.claimed_by_id in {None, by.pk} or not report.is_claimed_on(now) or reason.strip():
        return
    assert report.claimed_until is not None  # noqa: S101 — a claim has a person and an end
    raise Refused(
        _("%(person)s reads this study, until %(time)s at least. To take it over, say why.")
        % {"person": report.claimed_by, "time": in_words(report.claimed_until, now, "clock")}
    )


def because(reason: str) -> str:
    """A reason as it is kept: one line, as long as there is room."""
    return " ".join(reason.replace("\0", "").split())[:200]


def renew(report: Report) -> Report:
    """Another half hour for whoever holds a locked report."""
    report.claimed_until = timezone.now() + LEASE
    report.save(update_fields=["claimed_until"])
    return report


@transaction.atomic
def release_study(report: Report, *, by: "User") -> Report:
    """Put it back on the list for others. What was written stays as a draft."""
    report = Report.objects.locked(report.pk)
    if report.claimed_by_id != by.pk:
        raise Refused(_("You do not hold this study."))
    let_go(report)
    note("report.released", report, by=by)
    return report


def let_go(report: Report) -> None:
    """Nobody holds a locked report any more."""
    if report.status in {Status.CLAIMED, Status.DRAFT}:
        report.move_to(Status.READY_TO_READ)
    report.claimed_by = report.claimed_until = None
    report.save(update_fields=["status", "claimed_by", "claimed_until"])


@transaction.atomic
def free_lapsed(report_pk: int) -> bool:
    """Put a claim back whose lease has run out with nothing written. A draft keeps its state and
    its author's name: it is free to be taken over. False when somebody was faster."""
    report = Report.objects.locked(report_pk)
    if report.status != Status.CLAIMED or report.is_claimed_on(timezone.now()):
        return False
    former = report.claimed_by_id
    let_go(report)
    note("report.lapsed", report, by=None, former=former)
    return True


@transaction.atomic
def read_anyway(report: Report, *, by: "User", reason: str) -> Report:
    """Read a study as it is, although images are missing or the examination is not closed."""
    report = Report.objects.locked(report.pk)
    if not reason.strip():
        raise Refused(_("Say why it is to be read as it is."))
    if report.status != Status.NOT_READY:
        raise Refused(_("This study can be read already."))
    report.move_to(Status.READY_TO_READ)
    report.reason = because(reason)
    report.save(update_fields=["status", "reason"])
    note("report.ready", report, by=by, as_it_is=True)
    return report
