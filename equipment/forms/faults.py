"""A fault in three taps: the device, what is wrong, what it means. Words and photo as one likes."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from equipment.forms.files import photos_field
from equipment.models import Device, DeviceQuerySet, MaintenanceEntry
from equipment.services import Fault


class MoreForm(forms.Form):
    """What can be added to a fault that somebody has reported already."""

    words = forms.CharField(
        label=_("In your words"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    photos = photos_field()
    token = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def fault(self) -> Fault:
        return Fault(
            symptom=self.cleaned_data.get("symptom", ""),
            effect=self.cleaned_data.get("effect", MaintenanceEntry.Effect.NONE),
            words=self.cleaned_data["words"],
            photos=self.cleaned_data["photos"],
            token=self.cleaned_data["token"],
        )


class FaultForm(MoreForm):
    """The device, what is wrong, and what it means for patients."""

    device = forms.ModelChoiceField(
        Device.objects.none(),
        label=_("Which device"),
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"required": _("Tap the device.")},
    )
    symptom = forms.ChoiceField(
        label=_("What is wrong"),
        choices=MaintenanceEntry.Symptom.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Tap what is wrong.")},
    )
    effect = forms.ChoiceField(
        label=_("What it means"),
        choices=MaintenanceEntry.Effect.choices,
        error_messages={"required": _("Tap what it means for patients.")},
    )

    def __init__(self, devices: DeviceQuerySet, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["device"].queryset = devices  # type: ignore[attr-defined]

    @classmethod
    def fresh(cls, devices: DeviceQuerySet) -> "FaultForm":
        """Empty, with a token of its own; a single device is chosen already."""
        only = devices[:2]
        initial = {"token": uuid.uuid4(), "device": only[0].pk if len(only) == 1 else None}
        return cls(devices, initial=initial)
