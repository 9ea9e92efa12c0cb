"""What modalities report of performed steps (PS3.4 Annex F), by network or by web.

Nothing they report is refused because it does not fit: it is placed, or waits for a person.
"""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from common.locks import hold
from equipment.models import Device
from worklist.dicom.performed import told_before
from worklist.models import (
    Discrepancy,
    PerformedObject,
    PerformedProcedure,
    PerformedSeries,
    ScheduledProcedure,
)
from worklist.reported import Reporter, Status, Told, ToldSeries
from worklist.services.discrepancies import note_discrepancy
from worklist.services.finding import Placing, find_procedures
from worklist.services.moving import Cause, locked, tell_open_pages
from worklist.services.performing import Report, begin_performed, end_performed
from worklist.services.placing import place, tell_of_unplaced
from worklist.signals import performed_told

SPOOLED = dt.timedelta(days=7)
"""So long a modality may keep a report that it could not deliver."""


class AlreadyTold(Exception):
    """There is a performed step of this identifier."""


class NeverTold(Exception):
    """There is none of this identifier."""


class NoLonger(Exception):
    """The modality has ended the step: it cannot be changed any more (PS3.4 F.7.2.2.3)."""


def believable(told: dt.datetime | None, now: dt.datetime) -> dt.datetime:
    """The moment that is told, unless the modality's clock must be wrong: then this moment.

    Nothing has happened in the future, and no modality keeps a report for longer than a week.
    """
    if told is None or not now - SPOOLED <= told <= now:
        return now
    return told


@transaction.atomic
def report_begun(uid: str, told: Told, reporter: Reporter) -> PerformedProcedure:
    """A modality has begun a step. Raises AlreadyTold when it has said so before."""
    hold(f"performed {uid}")
    if PerformedProcedure.objects.with_uid(uid) is not None:
        raise AlreadyTold(uid)
    report = Report(uid, reporter.name, believable(told.started_at, timezone.now()))
    placing = find_procedures(told, reporter)
    if placing.procedures:
        step = begin_performed(placing.procedures, report)
    else:
        step = begin_unplaced(placing, report)
    step.device = performing_device(told, reporter) or step.device
    step.reported_by = reporter.name[:64]
    step.patient = step.patient or placing.patient
    step.save(update_fields=["device", "reported_by", "patient"])
    keep_told(step, told)
    for procedure in placing.procedures:
        note_device(procedure, step.device, report.cause)
    tell(step, report.cause, "performed.begun")
    return step


def begin_unplaced(placing: Placing, report: Report) -> PerformedProcedure:
    """It has happened, although nobody knows for which procedure."""
    step = PerformedProcedure(
        uid=report.uid,
        source=PerformedProcedure.Source.MPPS,
        started_at=report.cause.at,
        why_unplaced=placing.why_none,
        patient=placing.patient,
    )
    step.full_clean()
    step.save()
    tell_of_unplaced()
    return step


@transaction.atomic
def report_changed(uid: str, told: Told, reporter: Reporter) -> PerformedProcedure:
    """A modality tells more of a step, or its end. Raises NeverTold and NoLonger.

    People may have ended the step before the modality did; what it says then is kept, and what
    contradicts is noted.
    """
    hold(f"performed {uid}")
    step = PerformedProcedure.objects.with_uid(uid)
    if step is None:
        raise NeverTold(uid)
    for pk in sorted(step.procedures.values_list("pk", flat=True)):
        locked(pk)  # procedures before their steps, as everywhere
    step = PerformedProcedure.objects.locked(step.pk)
    if step.is_reported_over:
        raise NoLonger(uid)
    keep_told(step, told)
    whole = told_before(step.attributes)
    report = Report(uid, reporter.name, believable(whole.ended_at, timezone.now()))
    place_at_last(step, whole, reporter)
    if step.is_reported_over:
        step = end_told(step, whole, report)
    note_other_reporter(step, reporter, report.cause)
    tell(step, report.cause, "performed.ended" if step.is_reported_over else "performed.changed")
    return step


def end_told(step: PerformedProcedure, whole: Told, report: Report) -> PerformedProcedure:
    """The modality has ended it. Of a step that belongs to nobody, only the step ends."""
    code = whole.reason_code if whole.status == Status.DISCONTINUED else ""
    return end_performed(step, whole.status, report, reason_code=code)


def keep_told(step: PerformedProcedure, told: Told) -> None:
    """Attributes replace those of the same name (PS3.7 10.1.3); a list of series the whole list."""
    step.attributes = {**step.attributes, **told.attributes}
    step.reported_status = told.status or step.reported_status
    step.save(update_fields=["attributes", "reported_status"])
    if told.series is not None:
        keep_series(step, told.series)


def keep_series(step: PerformedProcedure, told: tuple[ToldSeries, ...]) -> None:
    """The series and objects that it lists now, in place of those it listed before."""
    step.series.all().delete()
    rows = PerformedSeries.objects.bulk_create(
        PerformedSeries(
            performed=step,
            uid=series.uid,
            description=series.description,
            protocol=series.protocol,
            operators=series.operators,
            modality=series.modality,
        )
        for series in told
    )
    PerformedObject.objects.bulk_create(
        PerformedObject(
            series=row,
            sop_class_uid=one.sop_class_uid,
            sop_instance_uid=one.sop_instance_uid,
            is_image=one.is_image,
        )
        for row, series in zip(rows, told, strict=True)
        for one in series.objects
    )


def performing_device(told: Told, reporter: Reporter) -> Device | None:
    """The device of the station that is named, else the one that calls."""
    named = Device.objects.with_title(told.station) if told.station else None
    if named is None and reporter.device_pk is not None:
        return Device.objects.get(pk=reporter.device_pk)
    return named


def note_device(procedure: ScheduledProcedure, device: Device | None, cause: Cause) -> None:
    """It was booked on another device than the one that does it: somebody should know."""
    if device is None or device.pk == procedure.device_id:
        return
    sentence = _("Booked on %(booked)s, done on %(done)s.") % {
        "booked": procedure.device,
        "done": device,
    }
    note_discrepancy(procedure, Discrepancy.Kind.OTHER_DEVICE, sentence, cause)


def note_other_reporter(step: PerformedProcedure, reporter: Reporter, cause: Cause) -> None:
    """Whoever changes another's step does not do so unseen."""
    if reporter.name[:64] == step.reported_by:
        return
    sentence = _("Begun by %(first)s; %(second)s reported on it.") % {
        "first": step.reported_by or step.get_source_display(),
        "second": reporter.name,
    }
    for procedure in step.procedures.with_patient():
        note_discrepancy(procedure, Discrepancy.Kind.OTHER_DEVICE, sentence, cause)


def place_at_last(step: PerformedProcedure, whole: Told, reporter: Reporter) -> None:
    """The order may have come after the report: look once more for where a lonely step belongs."""
    if not step.why_unplaced or step.settled_at is not None:
        return
    placing = find_procedures(whole, reporter)
    if placing.procedures:
        place(step, placing.procedures, Cause(None, step.reported_by, at=step.started_at))


def tell(step: PerformedProcedure, cause: Cause, verb: str) -> None:
    """Into the trail, to open pages, and to whoever counts what has come."""
    procedures = list(step.procedures.with_patient())
    patient = procedures[0].order.patient if procedures else step.patient
    record(
        verb,
        step,
        by=None,
        patient=patient,
        sender=cause.source,
        status=step.reported_status,
        source=step.source,
        device=step.device_id,
    )
    for procedure in procedures:
        tell_open_pages(procedure.pk)
    performed_told.send(PerformedProcedure, step=step)
