"""What may be done with a patient's record."""

from patients.services.facts import Contact, Facts, Identity, Number
from patients.services.identifiers import add_identifier, remove_identifier
from patients.services.identity import correct_identity
from patients.services.registering import patient_from_images, register_patient
from patients.services.safety import confirm_alert, end_alert, note_alert
from patients.services.viewing import view_patient

__all__ = [
    "Contact",
    "Facts",
    "Identity",
    "Number",
    "add_identifier",
    "confirm_alert",
    "correct_identity",
    "end_alert",
    "note_alert",
    "patient_from_images",
    "register_patient",
    "remove_identifier",
    "view_patient",
]
