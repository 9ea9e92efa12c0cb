"""Signing: words become a version that nobody can change any more."""

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.refusals import Refused
from reports.models import Report, ReportVersion
from reports.services.claiming import because, let_go, refuse_held
from reports.services.drafting import clear, held, refuse_stale
from reports.services.telling import note
from reports.words import Words
from studies.models import IncomingFile

if TYPE_CHECKING:
    from staff.models import User

Status = Report.Status
Kind = ReportVersion.Kind
BECOMES = {
    Kind.PRELIMINARY: Status.PRELIMINARY,
    Kind.FINAL: Status.FINAL,
    Kind.ADDENDUM: Status.ADDENDED,
    Kind.AMENDMENT: Status.AMENDED,
    Kind.CORRECTION: Status.CORRECTED,
    Kind.RETRACTION: Status.ENTERED_IN_ERROR,
}
VERBS = {
    Kind.PRELIMINARY: "report.signed_preliminary",
    Kind.FINAL: "report.signed",
    Kind.ADDENDUM: "report.addended",
    Kind.AMENDMENT: "report.amended",
    Kind.CORRECTION: "report.corrected",
    Kind.RETRACTION: "report.retracted",
}


@transaction.atomic
def sign_report(
    report: Report, *, by: "User", words: Words, kind: str = Kind.FINAL, number: int | None = None
) -> ReportVersion:
    """Sign as preliminary or for good. `number`: the saving this window knows of, if any."""
    if kind not in {Kind.PRELIMINARY, Kind.FINAL}:
        raise Refused(_("A first report is preliminary or final."))
    report = held(report, by)
    if number is not None:
        refuse_stale(report, number)
    if kind == Kind.FINAL:
        refuse_unsettled(report)
    return seal(report, kind, words, by)


def refuse_unsettled(report: Report) -> None:
    """Raise Refused while images that may belong to this study wait for a decision."""
    number = IncomingFile.objects.set_aside().filter(study=report.study_id).count()
    if number:
        raise Refused(
            ngettext(
                "%(number)d object that may belong to this study is set aside. Settle it first, "
                "or sign as preliminary.",
                "%(number)d objects that may belong to this study are set aside. Settle them "
                "first, or sign as preliminary.",
                number,
            )
            % {"number": number}
        )


@transaction.atomic
def sign_later(
    report: Report, *, kind: str, by: "User", words: Words, reason: str, number: int | None = None
) -> ReportVersion:
    """Add to, amend or correct what is signed. Earlier versions stay as they were."""
    if kind not in {Kind.ADDENDUM, Kind.AMENDMENT, Kind.CORRECTION}:
        raise Refused(_("Choose addendum, amendment or correction."))
    report = Report.objects.locked(report.pk)
    refuse_held(report, by)
    if number is not None:
        refuse_stale(report, number)
    if not reason.strip():
        raise Refused(_("Say why the signed report was not enough."))
    return seal(report, kind, words, by, reason)


@transaction.atomic
def retract(report: Report, *, by: "User", reason: str) -> ReportVersion:
    """Say that this report was entered in error. It stays readable, marked as such."""
    report = Report.objects.locked(report.pk)
    refuse_held(report, by)
    if not reason.strip():
        raise Refused(_("Say why the report was entered in error."))
    words = Words(impression=_("Entered in error: %(reason)s") % {"reason": reason.strip()})
    return seal(report, Kind.RETRACTION, words, by, reason)


def seal(report: Report, kind: str, words: Words, by: "User", reason: str = "") -> ReportVersion:
    """Move, check, save, record: a locked report gets its next version."""
    report.move_to(BECOMES[Kind(kind)])
    last = report.versions.order_by("-number").first()
    version = ReportVersion(
        report=report,
        number=last.number + 1 if last else 1,
        kind=kind,
        reason=because(reason),
        signed_by=by,
    )
    words.stripped().write_to(version)
    version.full_clean()
    version.save()
    report.save(update_fields=["status"])
    if kind == Kind.PRELIMINARY:
        words.write_to(report)
        report.draft_number += 1
        report.save(update_fields=["technique", "findings", "impression", "draft_number"])
    else:
        clear(report)
    note(VERBS[Kind(kind)], report, by=by, version=version.number)
    return version


@transaction.atomic
def no_read_required(report: Report, *, by: "User", reason: str) -> Report:
    """Nobody has to report this study: read elsewhere, or made for another purpose."""
    report = Report.objects.locked(report.pk)
    refuse_held(report, by)
    if not reason.strip():
        raise Refused(_("Say why no report is required."))
    if report.status in {Status.CLAIMED, Status.DRAFT}:
        let_go(report)
    report.move_to(Status.NO_READ_REQUIRED)
    report.reason = because(reason)
    report.save(update_fields=["status", "reason"])
    note("report.not_required", report, by=by)
    return report


@transaction.atomic
def read_after_all(report: Report, *, by: "User") -> Report:
    """A report is wanted after all."""
    report = Report.objects.locked(report.pk)
    if report.status != Status.NO_READ_REQUIRED:
        raise Refused(_("This study is on its way to a report already."))
    report.move_to(Status.READY_TO_READ)
    report.reason = ""
    report.save(update_fields=["status", "reason"])
    note("report.wanted", report, by=by)
    return report
