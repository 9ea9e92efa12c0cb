"""Entries of the safety record as they are typed: each kind asks for its own facts."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from patients.forms.fields import PRIVATE, DayField
from patients.models import Alert
from patients.services import Facts

Kind = Alert.Kind
NOTHING = {
    Kind.ALLERGY: gettext_lazy("Asked: no known allergies"),
    Kind.CONTRAST_REACTION: gettext_lazy("Asked: no reaction to contrast"),
    Kind.IMPLANT: gettext_lazy("Asked: no implants"),
    Kind.INFECTION: gettext_lazy("Asked: no infection precautions"),
    Kind.MOBILITY: gettext_lazy("Asked: moves without help"),
    Kind.OTHER: gettext_lazy("Asked: nothing else to know"),
}
EXAMPLES = {
    Kind.ALLERGY: gettext_lazy("Latex: anaphylaxis"),
    Kind.CONTRAST_REACTION: gettext_lazy("Iodinated contrast: urticaria"),
    Kind.IMPLANT: gettext_lazy("Pacemaker, maker and model"),
    Kind.PREGNANCY: gettext_lazy("12th week"),
    Kind.KIDNEY: gettext_lazy("On dialysis"),
    Kind.INFECTION: gettext_lazy("MRSA: contact precautions"),
    Kind.MOBILITY: gettext_lazy("Transfers with a hoist"),
    Kind.OTHER: gettext_lazy("Claustrophobia"),
}


class AlertForm(forms.Form):
    """Something to know, or that somebody asked and there is nothing."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Kind.choices)
    is_absent = forms.BooleanField(required=False)
    pregnancy_status = forms.TypedChoiceField(
        label=gettext_lazy("Is the patient pregnant?"),
        choices=Alert.Pregnancy.choices,
        coerce=int,
        widget=forms.RadioSelect,
    )
    egfr = forms.IntegerField(
        label=gettext_lazy("eGFR (ml/min/1.73 m²)"), min_value=1, max_value=250, required=False
    )
    text = forms.CharField(
        label=gettext_lazy("What is it?"), max_length=200, widget=forms.TextInput(attrs=PRIVATE)
    )
    observed_on = DayField(label=gettext_lazy("When was it?"), required=False)
    mr_condition = forms.ChoiceField(
        label=gettext_lazy("In the magnetic field"),
        choices=[("", "–"), *Alert.MrCondition.choices],  # nothing is safe by default
    )
    mr_details = forms.CharField(
        label=gettext_lazy("Conditions"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Field strength, SAR, maker and model."),
        widget=forms.TextInput(attrs=PRIVATE),
    )
    severity = forms.ChoiceField(
        label=gettext_lazy("How grave?"),
        choices=[("", gettext_lazy("As it follows from the facts")), *Alert.Severity.choices],
        required=False,
    )
    source = forms.CharField(
        label=gettext_lazy("Who says so?"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs=PRIVATE | {"list": "sources"}),
    )

    OF_A_KIND = {
        "mr_condition": Kind.IMPLANT,
        "mr_details": Kind.IMPLANT,
        "egfr": Kind.KIDNEY,
        "pregnancy_status": Kind.PREGNANCY,
    }

    def __init__(self, data: Any = None, *, kind: str = "", **more: Any) -> None:
        super().__init__(data, initial={"kind": kind}, **more)
        wanted = kind or str((data or {}).get("kind", ""))
        self.asked = Kind(wanted) if wanted in Kind.values else Kind.ALLERGY
        for field, of_kind in self.OF_A_KIND.items():
            if of_kind != self.asked:
                del self.fields[field]
        self._fit_words()

    def _fit_words(self) -> None:
        kind = self.asked
        self.fields["text"].widget.attrs["placeholder"] = EXAMPLES[kind]
        if kind in NOTHING:
            self.fields["is_absent"].label = NOTHING[kind]
            is_absent = self.data.get("is_absent") if self.is_bound else False
            for field in ("text", "mr_condition"):
                if field in self.fields and is_absent:
                    self.fields[field].required = False
        else:
            del self.fields["is_absent"]
            self.fields["text"].required = False
            self.fields["text"].label = gettext_lazy("Anything else to know of it?")
        if kind == Kind.KIDNEY:
            self.fields["observed_on"].label = gettext_lazy("Measured on")
        if kind == Kind.PREGNANCY:
            del self.fields["observed_on"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.asked == Kind.KIDNEY and "egfr" not in self.errors:
            if cleaned.get("egfr") is None and not cleaned.get("text"):
                self.add_error("egfr", _("Write the value, or in words what there is to know."))
            elif cleaned.get("egfr") is not None and not cleaned.get("observed_on"):
                self.add_error("observed_on", _("A value needs the day it was measured."))
        return cleaned

    @property
    def facts(self) -> Facts:
        """What belongs to the kind; an absence has no facts."""
        given = {name: self.cleaned_data.get(name) for name in Facts.__slots__}
        if given["is_absent"]:
            return Facts(is_absent=True)
        return Facts(**{name: value for name, value in given.items() if value not in (None, "")})

    @property
    def shown_fields(self) -> Iterator[BoundField]:
        return (field for field in self if field.name != "kind")


class EndForm(forms.Form):
    """Why an entry no longer holds."""

    reason = forms.CharField(
        label=gettext_lazy("Why does it no longer hold?"),
        max_length=200,
        help_text=gettext_lazy("It stays readable as an earlier entry, with this reason."),
        widget=forms.TextInput(attrs=PRIVATE),
    )
