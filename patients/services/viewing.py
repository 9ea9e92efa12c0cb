"""Looking at a record: the opening itself is recorded."""

from typing import TYPE_CHECKING, Any

from audit.services import record
from patients.models import Patient

if TYPE_CHECKING:
    from staff.models import User


def view_patient(patient: Patient, *, by: "User", **how: Any) -> None:
    """Note who opened whose record; an opening of a confidential one can be found as such."""
    if patient.is_confidential:
        how["confidential"] = True
    record("patient.viewed", patient, by=by, patient=patient, **how)
