"""How a device stands, and when it is to be kept free."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from equipment.models import Device, Downtime


class StatusForm(forms.Form):
    """Where a device goes from its present status, and why."""

    status = forms.ChoiceField(label=_("New status"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Why"),
        max_length=200,
        help_text=_("Whoever stands before the device reads this."),
    )

    def __init__(self, device: Device, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        ahead = device.MOVES[device.status]
        self.fields["status"].choices = [  # type: ignore[attr-defined]
            choice for choice in Device.Status.choices if choice[0] in ahead
        ]


def moment_field(label: Any) -> forms.DateTimeField:
    """A day and a time in the department's own zone."""
    widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
    return forms.DateTimeField(label=label, widget=widget)


class PeriodForm(forms.Form):
    """From when until when."""

    starts_at = moment_field(_("From"))
    ends_at = moment_field(_("Until"))

    @classmethod
    def of(cls, block: Downtime) -> "PeriodForm":
        return cls(initial={"starts_at": block.starts_at, "ends_at": block.ends_at})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        starts_at, ends_at = cleaned.get("starts_at"), cleaned.get("ends_at")
        if starts_at and ends_at and ends_at <= starts_at:
            self.add_error("ends_at", _("It ends before it starts."))
        return cleaned

    @property
    def period(self) -> tuple[dt.datetime, dt.datetime]:
        return self.cleaned_data["starts_at"], self.cleaned_data["ends_at"]


class BlockForm(PeriodForm):
    """A planned time without patients."""

    cause = forms.ChoiceField(
        label=_("What for"),
        choices=[choice for choice in Downtime.Cause.choices if choice[0] != Downtime.Cause.FAULT],
    )
    reason = forms.CharField(
        label=_("In words"),
        max_length=200,
        required=False,
        help_text=_("Schedulers read this when they look for a free time."),
    )
    field_order = ["cause", "reason", "starts_at", "ends_at"]

    @classmethod
    def fresh(cls) -> "BlockForm":
        """The next full hour, for two hours."""
        hour = timezone.localtime().replace(minute=0, second=0, microsecond=0)
        start = hour + dt.timedelta(hours=1)
        return cls(initial={"starts_at": start, "ends_at": start + dt.timedelta(hours=2)})
