"""A query as somebody types it who wants to know what a device would be answered."""

import datetime as dt

from django import forms
from django.core.validators import RegexValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from equipment.models import Device
from worklist.dicom import every_key

STEP = "ScheduledProcedureStepSequence."
# A list of values has backslashes between (PS3.5 6.4); control characters make no sense anywhere.
SAYABLE = RegexValidator(r"^[^\x00-\x1f]*$", _("Control characters are no part of a value."))


def _text(label: object, help_text: object = "") -> forms.CharField:
    return forms.CharField(
        label=label,  # type: ignore[arg-type]
        help_text=help_text,  # type: ignore[arg-type]
        required=False,
        max_length=200,
        validators=[SAYABLE],
    )


class QueryForm(forms.Form):
    """The keys that scanners use; what is left empty asks nothing."""

    KEYS = {
        "modality": f"{STEP}Modality",
        "station": f"{STEP}ScheduledStationAETitle",
        "name": "PatientName",
        "record": "PatientID",
        "accession": "AccessionNumber",
        "step": f"{STEP}ScheduledProcedureStepID",
        "state": f"{STEP}ScheduledProcedureStepStatus",
    }

    first_day = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    last_day = forms.DateField(
        label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    modality = _text(_("Modality"))
    station = _text(_("Station"), _("AE title; it sees its own steps whatever stands here."))
    name = _text(_("Patient's name"), _("MUL* finds Müller."))
    record = _text(_("Record number"))
    accession = _text(_("Accession number"))
    step = _text(_("Step"))
    state = _text(_("State"), _("SCHEDULED, ARRIVED, READY or STARTED."))

    @classmethod
    def fresh(cls, device: Device) -> "QueryForm":
        """What most scanners ask: today, and their own kind."""
        today = timezone.localdate()
        initial = {"first_day": today, "last_day": today, "modality": device.modality}
        return cls(initial=initial)

    def keys(self) -> dict[str, str]:
        """The query: these values, and every attribute to be told."""
        said = self.cleaned_data
        keys = every_key() | {key: said[name].strip() for name, key in self.KEYS.items()}
        days: list[dt.date | None] = [said["first_day"], said["last_day"]]
        if any(days):
            ends = ["" if day is None else f"{day:%Y%m%d}" for day in days]
            keys[f"{STEP}ScheduledProcedureStepStartDate"] = "-".join(ends)
        return keys
