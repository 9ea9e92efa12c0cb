"""The retake analysis as files for a spreadsheet. Patients are not named in them."""

from collections.abc import Callable, Iterator

from django.utils import timezone

from common.spreadsheets import csv_lines
from studies.reject_reasons import word_of
from studies.rejections import RejectedList

BATCH = 500
OF_REJECTIONS = (
    *("at", "scheme", "code", "reason", "comment", "device", "procedure", "modality"),
    *("view", "side", "rejected_by", "performed_by"),
)
OF_MADE = ("week", "device", "modality", "performed_by", "made", "rejected", "percent")


def rejections_as_csv(found: RejectedList) -> Iterator[str]:
    """One row an image that is rejected now, the newest first."""
    yield csv_lines([OF_REJECTIONS])
    for at, scheme, code, *rest in found.standing.as_facts().iterator(BATCH):
        comment, *others = rest
        when = timezone.localtime(at).isoformat(timespec="seconds")
        yield csv_lines([[when, scheme, code, word_of(code), comment, *others]])


def made_as_csv(found: RejectedList) -> Iterator[str]:
    """One row a week, device and performer: what the rejected ones are a share of."""
    yield csv_lines([OF_MADE])
    for one in sorted(found.made, key=lambda one: (one.week, one.device, one.performer)):
        percent = f"{100 * one.rejected / one.made:.2f}" if one.made else ""
        told = (one.week, one.device, one.modality, one.performer, one.made, one.rejected, percent)
        yield csv_lines([told])


FILES: dict[str, Callable[[RejectedList], Iterator[str]]] = {
    "rejections": rejections_as_csv,
    "shares": made_as_csv,
}
