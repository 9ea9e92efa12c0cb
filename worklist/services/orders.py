"""Orders: placed once, with identifiers that never change, and put on the list of a device."""

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from common.refusals import Refused
from equipment.models import Device
from patients.models import Patient
from worklist.modalities import alike
from worklist.models import Move, Order, ProcedureType, ScheduledProcedure
from worklist.services.moving import tell_open_pages

if TYPE_CHECKING:
    from staff.models import User

ACCESSIONS = "worklist_accession_number"
STEPS = "worklist_step_id"


def next_number(sequence: str, letter: str) -> str:
    """A fresh identifier such as A2600000042: letter, year, eight digits (SH holds 16 signs).

    Numbers come from a database sequence, so that none is ever given twice, not even after an
    order was rolled back.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s)", [sequence])
        number = cursor.fetchone()[0]
    return f"{letter}{timezone.localdate():%y}{number:08d}"


@transaction.atomic
def place_order(
    patient: Patient,
    procedure_type: ProcedureType,
    *,
    by: "User | None",
    priority: str = Order.Priority.ROUTINE,
    clinical_question: str = "",
    ordering_physician: str = "",
) -> Order:
    """Ask for an examination. Accession number, study UID and procedure id are minted here, once.

    Refused for a procedure that the catalogue no longer offers.
    """
    if not procedure_type.is_active:
        raise Refused(_("%(procedure)s is no longer offered.") % {"procedure": procedure_type})
    accession_number = next_number(ACCESSIONS, "A")
    order = Order(
        accession_number=accession_number,
        requested_procedure_id=f"R{accession_number[1:]}",
        issuer=settings.ACCESSION_ISSUER,
        patient=patient,
        procedure_type=procedure_type,
        priority=priority,
        clinical_question=clinical_question.strip(),
        ordering_physician=ordering_physician.strip(),
        ordered_by=by,
    )
    order.full_clean()
    order.save()
    record("order.placed", order, by=by, patient=patient, priority=priority)
    return order


@transaction.atomic
def schedule_procedure(
    order: Order, *, device: Device, start: dt.datetime, by: "User | None", side: str = ""
) -> ScheduledProcedure:
    """Put an order on the list of a device. One order may be scheduled in several steps.

    Refused when the device cannot do it, is out of service, or the side is missing.
    """
    order = Order.objects.select_for_update(of=("self",)).with_type().get(pk=order.pk)
    device = Device.objects.select_for_update().get(pk=device.pk)
    procedure_type = order.procedure_type
    refuse_unfit(order, device, side)
    if order.status == Order.Status.PLACED:
        order.move_to(Order.Status.SCHEDULED)
        order.save(update_fields=["status"])
    procedure = ScheduledProcedure(
        order=order,
        procedure_type=procedure_type,
        device=device,
        step_id=next_number(STEPS, "S"),
        side=side,
        scheduled_start=start,
        scheduled_end=start + dt.timedelta(minutes=max(1, procedure_type.minutes)),
        images_expected=procedure_type.expected_images,
    )
    procedure.full_clean()
    procedure.save()
    Move.objects.create(procedure=procedure, to_status=procedure.status, by=by)
    record("procedure.scheduled", procedure, by=by, patient=order.patient, device=device.ae_title)
    tell_open_pages(procedure.pk)
    return procedure


def refuse_unfit(order: Order, device: Device, side: str) -> None:
    """Raise Refused when this order cannot be done on this device now."""
    if order.status in {Order.Status.CANCELLED, Order.Status.FULFILLED}:
        raise Refused(
            _("Order %(order)s is %(state)s: place a new order.")
            % {"order": order, "state": order.get_status_display().lower()}
        )
    if not device.takes_patients:
        raise Refused(
            _("%(device)s is %(state)s: choose another device.")
            % {"device": device, "state": device.get_status_display().lower()}
        )
    if not alike(device.modality, order.procedure_type.modality):
        raise Refused(
            _("%(procedure)s cannot be done on %(device)s.")
            % {"procedure": order.procedure_type, "device": device}
        )
    if order.procedure_type.needs_side and not side:
        raise Refused(_("Say which side: left, right or both."))
