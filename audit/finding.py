"""Finding the patient whose trail is asked for. What was typed never stands in an address."""

from typing import TYPE_CHECKING, Any

from audit.kinds import PATIENT, Record, as_record, model_of

if TYPE_CHECKING:
    from staff.models import User

SHOWN = 20
LONGEST = 100


def patients_called(words: str, user: "User") -> list[Record]:
    """Patients that the search of the patients' page finds, at most `SHOWN`."""
    model = model_of(PATIENT)
    asked = " ".join(words.replace("\0", "").split())[:LONGEST]
    if model is None or not asked:
        return []
    patients: Any = model._default_manager
    found = patients.visible_to(user).matching(asked)[:SHOWN]
    return [as_record(PATIENT, str(patient.pk), patient, user) for patient in found]
