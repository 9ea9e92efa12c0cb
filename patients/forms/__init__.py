"""The shapes of what people type about a patient; whether it makes sense is for the services."""

from patients.forms.alerts import AlertForm, EndForm
from patients.forms.identifiers import IdentifierForm, RemovalForm
from patients.forms.identity import CorrectForm, IdentityForm, RegisterForm

__all__ = [
    "AlertForm",
    "CorrectForm",
    "EndForm",
    "IdentifierForm",
    "IdentityForm",
    "RegisterForm",
    "RemovalForm",
]
