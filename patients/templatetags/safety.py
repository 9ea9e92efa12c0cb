"""What the patient banner says of safety. It asks for itself, so that no page can forget to."""

from dataclasses import dataclass
from typing import Any

from django import template

from patients.models import Alert, Patient

register = template.Library()


@dataclass(frozen=True, slots=True)
class Marks:
    """What must be known, that there are no allergies, or that nobody has asked."""

    alerts: list[Any]
    no_allergies: Alert | None = None
    allergies_not_asked: bool = False


@register.simple_tag
def safety_of(patient: Any) -> Marks:
    """The marks of the banner, worst first, in one question. (Invented people of the styleguide
    bring their own.)"""
    if not isinstance(patient, Patient):
        return Marks(list(patient.alerts.all()))
    standing = list(Alert.objects.in_force().of_patient(patient.pk).with_ages().worst_first())
    allergies = [one for one in standing if one.kind == Alert.Kind.ALLERGY]
    absent = next((one for one in allergies if one.is_absent), None)
    known = [one for one in standing if not one.is_absent]
    return Marks(known, absent, not allergies)
