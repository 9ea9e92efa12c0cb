"""Patients for programs: the same lists and the same verbs as the pages."""

from patients.api.alerts import AlertViewSet
from patients.api.identifiers import CorrectionViewSet, IdentifierViewSet
from patients.api.patients import PatientViewSet

__all__ = ["AlertViewSet", "CorrectionViewSet", "IdentifierViewSet", "PatientViewSet"]
