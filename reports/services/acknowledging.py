"""Whoever asked has read the answer."""

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from common.refusals import Refused
from reports.models import Acknowledgement, Report, ReportVersion
from reports.services.telling import note

if TYPE_CHECKING:
    from staff.models import User


@transaction.atomic
def acknowledge(
    report: Report, *, by: "User", comment: str = "", number: int | None = None
) -> Acknowledgement:
    """Say that the version that counts was read: by whoever ordered, once for each version.

    `number` is the version the person has seen; a newer one has to be read first.
    """
    report = Report.objects.locked(report.pk)
    order = report.study.order
    if order is None or order.ordered_by_id != by.pk:
        raise Refused(_("Only whoever ordered the examination can acknowledge its report."))
    version = report.versions.official().order_by("-number").first()
    if version is None:
        raise Refused(_("There is no signed report to acknowledge yet."))
    if number is not None and number != version.number:
        raise Refused(_("There is a newer version. Read it before you acknowledge."))
    return write(report, version, by, comment)


def write(report: Report, version: ReportVersion, by: "User", comment: str) -> Acknowledgement:
    """Doing it twice leaves the first one as it was."""
    comment = comment.replace("\0", "").strip()
    said = Acknowledgement(version=version, by=by, comment=comment)
    said.full_clean(validate_unique=False, validate_constraints=False)
    kept, is_new = Acknowledgement.objects.get_or_create(
        version=version, by=by, defaults={"comment": comment}
    )
    if is_new:
        note("report.acknowledged", report, by=by, version=version.number)
    return kept
