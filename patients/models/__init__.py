"""Patients: who they are, what must be known before they are touched."""

from patients.dates import days_meant_by
from patients.models.alert import Alert, AlertQuerySet, AskAgain
from patients.models.identifier import Correction, Identifier
from patients.models.patient import Patient
from patients.models.queries import Fold, PatientQuerySet

__all__ = [
    "Alert",
    "AlertQuerySet",
    "AskAgain",
    "Correction",
    "Fold",
    "Identifier",
    "Patient",
    "PatientQuerySet",
    "days_meant_by",
]
