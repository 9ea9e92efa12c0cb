"""The shape of what people say about a device."""

from django import forms
from django.utils.translation import gettext_lazy as _

from equipment.models import Device


class StatusForm(forms.Form):
    """Where a device goes from its present status, and why."""

    status = forms.ChoiceField(label=_("New status"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Why"),
        max_length=200,
        help_text=_("Whoever stands before the device reads this."),
    )

    def __init__(self, device: Device, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        ahead = device.MOVES[device.status]
        self.fields["status"].choices = [  # type: ignore[attr-defined]
            choice for choice in Device.Status.choices if choice[0] in ahead
        ]
