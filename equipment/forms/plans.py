"""Maintenance that comes round again, in plain words or as a rule of RFC 5545."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from equipment.models import MaintenancePlan
from equipment.recurrence import LARGEST_INTERVAL, rule_of

PLAIN = re.compile(r"^FREQ=([A-Z]+)(?:;INTERVAL=(\d+))?$")


class PlanForm(forms.ModelForm):  # type: ignore[type-arg]
    """Every so many weeks or months, counted from a day; a rule of one's own wins over that."""

    UNITS = (
        ("DAILY", _("days")),
        ("WEEKLY", _("weeks")),
        ("MONTHLY", _("months")),
        ("YEARLY", _("years")),
    )
    every = forms.IntegerField(label=_("Every"), min_value=1, max_value=999, initial=3)
    unit = forms.ChoiceField(label=_("Unit"), choices=UNITS, initial="MONTHLY")
    rrule = forms.CharField(
        label=_("Or a rule of your own"),
        required=False,
        max_length=200,
        help_text=_(
            "RFC 5545, for example FREQ=MONTHLY;BYDAY=1MO: the first Monday of each month."
        ),
    )
    minutes = forms.IntegerField(label=_("Minutes it takes"), min_value=1, max_value=10080)
    window_before = forms.IntegerField(label=_("Days early"), min_value=0, max_value=365)
    window_after = forms.IntegerField(label=_("Days late"), min_value=0, max_value=365)

    class Meta:
        model = MaintenancePlan
        fields = (
            *("kind", "title", "instructions", "starts_on", "window_before", "window_after"),
            *("minutes", "is_active"),
        )
        widgets = {
            "instructions": forms.Textarea(attrs={"rows": 4}),
            "starts_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    field_order = [
        *("title", "kind", "every", "unit", "starts_on", "rrule", "minutes"),
        *("window_before", "window_after", "instructions", "is_active"),
    ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("instance", MaintenancePlan(starts_on=timezone.localdate()))
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self._fill_rule(self.instance.rrule)

    def _fill_rule(self, text: str) -> None:
        plain = PLAIN.match(text)
        if plain and plain[1] in LARGEST_INTERVAL:
            self.fields["unit"].initial, self.fields["every"].initial = plain[1], plain[2] or 1
        else:
            self.fields["rrule"].initial = text

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        rule = str(cleaned.get("rrule") or "").strip()
        if not rule and "every" in cleaned and "unit" in cleaned:
            rule = f"FREQ={cleaned['unit']};INTERVAL={cleaned['every']}"
        if rule:
            try:
                rule_of(rule)
            except ValidationError as why:
                self.add_error("rrule" if cleaned.get("rrule") else "every", why)
        cleaned["rrule"] = rule
        return cleaned

    def facts(self) -> dict[str, Any]:
        """What the service wants to know."""
        left_out = {"every", "unit"}
        return {key: value for key, value in self.cleaned_data.items() if key not in left_out}

    def _post_clean(self) -> None:
        """The service fills the row and judges it: here only the shape is checked."""
