"""The other numbers of a patient, as they are typed."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from patients.forms.fields import PRIVATE
from patients.forms.identity import NUMBER_PARTS, is_taken_by_another
from patients.models import Identifier


class IdentifierForm(forms.Form):
    """Another number of the same person."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Identifier.Kind.choices)
    value = forms.CharField(
        label=gettext_lazy("Number"), max_length=64, widget=forms.TextInput(attrs=PRIVATE)
    )
    issuer = forms.CharField(
        label=gettext_lazy("Issued by"),
        max_length=64,
        required=False,
        widget=forms.TextInput(attrs=PRIVATE),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if is_taken_by_another(*(cleaned.get(part, "") for part in NUMBER_PARTS)):
            self.add_error("value", _("Another patient has this number."))
        return cleaned


class RemovalForm(forms.Form):
    """Why a number is not the patient's."""

    reason = forms.CharField(
        label=gettext_lazy("Why is it not this patient’s?"),
        max_length=200,
        help_text=gettext_lazy("The number stays in the history of corrections."),
        widget=forms.TextInput(attrs=PRIVATE),
    )
