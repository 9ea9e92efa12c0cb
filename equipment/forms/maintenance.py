"""What people write into the maintenance log."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from equipment.forms.files import DOCUMENTS, FilesField
from equipment.models import Device, DeviceQuerySet, MaintenanceEntry, MaintenanceKind, Part
from equipment.services import UsedPart, Work

AFTERWARDS = {
    Device.Status.AWAITING_QC: _("Awaiting QC: somebody checks it before patients come"),
    Device.Status.AVAILABLE: _("Available: patients may come"),
    Device.Status.LIMITED: _("Limited: patients may come, with limits"),
    Device.Status.DOWN: _("Down: it does not work yet"),
}


class OpeningForm(forms.ModelForm):  # type: ignore[type-arg]
    """Work that somebody has to do."""

    class Meta:
        model = MaintenanceEntry
        fields = ("device", "kind", "title", "description", "due_on")
        widgets = {
            "description": forms.Textarea(attrs={"rows": 4}),
            "due_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    def __init__(self, devices: DeviceQuerySet, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["device"].queryset = devices  # type: ignore[attr-defined]
        self.fields["device"].empty_label = None  # type: ignore[attr-defined]
        kinds = [kind for kind in MaintenanceKind.choices if kind[0] != MaintenanceKind.CORRECTIVE]
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            *kinds,
            (MaintenanceKind.CORRECTIVE, MaintenanceKind.CORRECTIVE.label),
        ]


class NoteForm(forms.Form):
    """A line for the log, with photos or a service report."""

    text = forms.CharField(
        label=_("Note"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2})
    )
    attachments = FilesField(accept=DOCUMENTS, label=_("Photos, PDF"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("attachments") and not str(cleaned.get("text", "")).strip():
            self.add_error("text", _("Write something, or choose a file."))
        return cleaned


class HandBackForm(forms.Form):
    """How far the work is."""

    note = forms.CharField(
        label=_("How far it is"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For example: part ordered, comes on Thursday."),
    )


class FinishForm(forms.Form):
    """What was done, what it took, and how the device stands afterwards."""

    work_done = forms.CharField(
        label=_("What was done"), max_length=8000, widget=forms.Textarea(attrs={"rows": 4})
    )
    hours = forms.DecimalField(
        label=_("Hours of work"), required=False, min_value=0, max_digits=6, decimal_places=2
    )
    cost = forms.DecimalField(
        label=_("Cost"), required=False, min_value=0, max_digits=10, decimal_places=2
    )
    company = forms.CharField(label=_("Company"), required=False, max_length=80)
    next_status = forms.ChoiceField(
        label=_("The device afterwards"), required=False, widget=forms.RadioSelect
    )

    def __init__(self, device: Device, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ahead = device.MOVES[device.status]
        choices = [(key, word) for key, word in AFTERWARDS.items() if key in ahead]
        stays = _("Stays as it is: %(status)s") % {"status": device.get_status_display().lower()}
        self.fields["next_status"].choices = [*choices, ("", stays)]  # type: ignore[attr-defined]
        if not device.takes_patients and choices:
            self.fields["next_status"].initial = choices[0][0]

    def work(self, parts: list[UsedPart]) -> Work:
        return Work(parts=parts, **self.cleaned_data)


class PartForm(forms.ModelForm):  # type: ignore[type-arg]
    """One part; an empty line is none."""

    quantity = forms.IntegerField(label=_("how many"), min_value=1, max_value=9999, initial=1)

    class Meta:
        model = Part
        fields = ("name", "number", "quantity", "cost")


PartFormSet = forms.formset_factory(PartForm, extra=2, max_num=30, absolute_max=40)


def parts_in(formset: Any) -> list[UsedPart]:
    """The parts that somebody has filled in."""
    return [UsedPart(**row) for row in formset.cleaned_data if row.get("name")]
