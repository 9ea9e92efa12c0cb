"""The shapes of orders, bookings and moves as people type them."""

import datetime as dt
from itertools import groupby
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from equipment.models import Device, Modality
from patients.models import Patient
from staff.models import User
from worklist.free_times import devices_alike, devices_for
from worklist.models import Order, ProcedureType, ScheduledProcedure
from worklist.reasons import REASONS


class PatientChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One patient; the page offers only whoever was chosen, and finds others by searching."""

    def offer(self, user: User, key: str) -> None:
        """Take any patient that `user` may see, and show the chosen one."""
        self.queryset = Patient.objects.visible_to(user)
        try:
            chosen = self.clean(key) if key else None
        except forms.ValidationError:
            chosen = None
        self.widget.choices = [("", "")]
        if chosen is not None:
            self.widget.choices.append((chosen.pk, said_of(chosen)))


def said_of(patient: Patient) -> str:
    """Two identifiers and the name, in a line."""
    born = f" · {patient.birth_date:%Y-%m-%d}" if patient.birth_date else ""
    return f"{patient.display_name} · {patient.patient_id}{born}"


class ProcedureChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A line of the catalogue, grouped by modality."""

    def offer(self) -> None:
        kinds = ProcedureType.objects.offered().by_modality()
        self.queryset = kinds
        groups = groupby(kinds, key=lambda kind: kind.modality)
        self.widget.choices = [
            ("", _("Choose a procedure")),
            *(
                (Modality(modality).label, [(kind.pk, kind.meaning) for kind in of_it])
                for modality, of_it in groups
            ),
        ]


class OrderForm(forms.Form):
    """What is asked for, for whom, how urgently and why."""

    patient = PatientChoice(
        label=_("Patient"),
        queryset=Patient.objects.none(),
        widget=forms.Select(attrs={"data-pick-patient": ""}),
    )
    procedure_type = ProcedureChoice(
        label=_("Procedure"),
        queryset=ProcedureType.objects.none(),
        widget=forms.Select(attrs={"data-pick-procedure": ""}),
    )
    side = forms.ChoiceField(
        label=_("Side"),
        choices=[("", _("none")), *ScheduledProcedure.Side.choices],
        required=False,
        widget=forms.RadioSelect,
    )
    priority = forms.ChoiceField(
        label=_("Priority"),
        choices=Order.Priority.choices,
        initial=Order.Priority.ROUTINE,
        widget=forms.RadioSelect,
    )
    clinical_question = forms.CharField(
        label=_("Clinical question"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What is known, and what should the images answer?"),
    )
    ordering_physician = forms.CharField(
        label=_("Ordering physician"),
        max_length=64,
        required=False,
        help_text=_("Family name first: Okafor, Felix."),
    )
    ward = forms.CharField(
        label=_("Ward"), max_length=64, required=False, help_text=_("Empty: comes from home.")
    )
    transport = forms.ChoiceField(
        label=_("How the patient comes"),
        choices=[("", _("not known")), *Order.Transport.choices],
        required=False,
    )
    place_anyway = forms.BooleanField(label=_("Order it all the same"), required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        key = self.data.get("patient") if self.is_bound else self.initial.get("patient")
        self.fields["patient"].offer(user, str(key or ""))  # type: ignore[attr-defined]
        self.fields["procedure_type"].offer()  # type: ignore[attr-defined]

    def clean_ordering_physician(self) -> str:
        """As DICOM writes a person's name (PS3.5 6.2): "Okafor, Felix" is Okafor^Felix."""
        family, _comma, given = str(self.cleaned_data["ordering_physician"]).partition(",")
        return "^".join(part.strip() for part in (family, given) if part.strip())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        kind = cleaned.get("procedure_type")
        if kind is not None and kind.needs_side and not cleaned.get("side"):
            self.add_error("side", _("Say which side: left, right or both."))
        return cleaned

    @property
    def particulars(self) -> dict[str, Any]:
        """What the order says beside who and what."""
        apart = {"patient", "procedure_type", "place_anyway", "device", "squeeze"}
        return {name: value for name, value in self.cleaned_data.items() if name not in apart}


class WalkInForm(OrderForm):
    """Somebody stands here: what is done, and on which device."""

    device = forms.ModelChoiceField(
        label=_("Device"), queryset=Device.objects.none(), empty_label=_("Choose a device")
    )
    squeeze = forms.BooleanField(
        label=_("Squeeze in now"),
        required=False,
        help_text=_("Otherwise the next free time of today is booked."),
    )
    field_order = ["patient", "procedure_type", "side", "device", "squeeze", "priority"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["device"].queryset = Device.objects.in_service().by_room()  # type: ignore[attr-defined]
        self.fields["clinical_question"].required = False


class BookingForm(forms.Form):
    """One device and one time for an order, or for one more step of it."""

    device = forms.ModelChoiceField(
        label=_("Device"), queryset=Device.objects.none(), empty_label=_("Choose a device")
    )
    start = forms.DateTimeField(
        label=_("Time"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    procedure_type = ProcedureChoice(
        label=_("Procedure"), queryset=ProcedureType.objects.none(), required=False
    )
    side = forms.ChoiceField(
        label=_("Side"), choices=[("", _("none")), *ScheduledProcedure.Side.choices], required=False
    )
    squeeze = forms.BooleanField(label=_("Squeeze in even if the device is taken"), required=False)

    def __init__(self, *args: Any, order: Order, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order = order
        self.fields["device"].queryset = _choice_of(devices_for(order.procedure_type))  # type: ignore[attr-defined]
        self.fields["procedure_type"].offer()  # type: ignore[attr-defined]

    @property
    def chosen_kind(self) -> ProcedureType:
        """What this step is: as ordered, or another of the catalogue."""
        try:
            kind = self.fields["procedure_type"].clean(self["procedure_type"].value())
        except forms.ValidationError:
            kind = None
        return kind or self.order.procedure_type

    @property
    def chosen_side(self) -> str:
        side = str(self["side"].value() or "")
        return side if side in ScheduledProcedure.Side.values else ""

    @property
    def booking(self) -> dict[str, Any]:
        """As the service wants it."""
        kind = self.cleaned_data["procedure_type"] or self.order.procedure_type
        return {**self.cleaned_data, "procedure_type": kind}

    def clean_start(self) -> dt.datetime:
        return refuse_past(self.cleaned_data["start"], self.order.procedure_type.minutes)


class HereForm(forms.Form):
    """A place on the schedule that somebody points at."""

    device = forms.ModelChoiceField(queryset=Device.objects.in_service())
    start = forms.DateTimeField()


class MoveForm(forms.Form):
    """Another device, another time, and why if the patient is here."""

    device = forms.ModelChoiceField(
        label=_("Device"), queryset=Device.objects.none(), empty_label=_("Choose a device")
    )
    start = forms.DateTimeField(
        label=_("Time"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    reason = forms.CharField(
        label=_("Why"),
        max_length=200,
        required=False,
        help_text=_("Needed when the patient is here already."),
    )
    squeeze = forms.BooleanField(label=_("Squeeze in even if the device is taken"), required=False)

    def __init__(self, *args: Any, procedure: ScheduledProcedure, **kwargs: Any) -> None:
        local = timezone.localtime(procedure.scheduled_start)
        kwargs["initial"] = {"device": procedure.device_id, "start": f"{local:%Y-%m-%dT%H:%M}"}
        super().__init__(*args, **kwargs)
        alike = devices_alike(procedure.device.modality)
        self.fields["device"].queryset = _choice_of(alike)  # type: ignore[attr-defined]
        self.fields["reason"].required = procedure.arrived_at is not None


class DecisionForm(forms.Form):
    """A reason for what is cancelled or discontinued; without one the proposal's own words."""

    reason_code = forms.ChoiceField(
        label=_("Reason"),
        choices=[("", _("as proposed"))] + [(one.code, one.word) for one in REASONS.values()],
        required=False,
    )
    reason = forms.CharField(label=_("In your words"), max_length=200, required=False)


class SettleForm(forms.Form):
    """How a discrepancy was settled."""

    how = forms.CharField(label=_("What was done"), max_length=200)


def _choice_of(devices: list[Device]) -> Any:
    return Device.objects.filter(pk__in=[device.pk for device in devices]).by_room()


def refuse_past(start: dt.datetime, minutes: int) -> dt.datetime:
    """Nobody is booked into a time that is over."""
    if start < timezone.now() - dt.timedelta(minutes=minutes):
        raise forms.ValidationError(_("That time has passed: choose a later one."))
    return start
