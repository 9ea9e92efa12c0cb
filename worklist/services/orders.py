"""Orders: placed once, with identifiers that never change, and taken back with a reason."""

from functools import partial
from typing import TYPE_CHECKING, TypedDict, Unpack

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from common.live import poke
from common.refusals import Refused
from patients.models import Patient
from worklist.models import Order, ProcedureType

if TYPE_CHECKING:
    from staff.models import User

ACCESSIONS = "worklist_accession_number"
STEPS = "worklist_step_id"


class Particulars(TypedDict, total=False):
    """What an order may say beside who and what."""

    priority: str
    side: str
    clinical_question: str
    ordering_physician: str
    transport: str
    ward: str
    is_walk_in: bool


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
    **particulars: Unpack[Particulars],
) -> Order:
    """Ask for an examination. Accession number, study UID and procedure id are minted here, once.

    Refused for a procedure that the catalogue no longer offers. The side may be left for later,
    but not past the booking.
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
        ordered_by=by,
        **{
            name: value.strip() if isinstance(value, str) else value
            for name, value in particulars.items()
        },
    )
    order.full_clean()
    order.save()
    record("order.placed", order, by=by, patient=patient, priority=order.priority)
    transaction.on_commit(partial(poke, "orders", f"patient-{patient.pk}"))
    return order
