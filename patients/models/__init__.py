"""Patients: who they are, what must be known before they are touched."""

from patients.models.alert import Alert, AlertQuerySet, AskAgain
from patients.models.identifier import Correction, Identifier
from patients.models.patient import Fold, Patient, PatientQuerySet, days_meant_by

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
