"""The safety record: its panel, and noting, confirming and ending entries."""

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import retarget

from common.pages import unless_unchanged
from patients import services
from patients.forms import AlertForm, EndForm
from patients.models import Alert, Patient
from patients.safety_record import SafetyRecord
from patients.views.finding import SEE_PATIENTS
from patients.views.record import found_by
from staff.access import StaffRequest, needs


def panel(request: StaffRequest, patient: Patient) -> HttpResponse:
    context = {"patient": patient, "safety": SafetyRecord(patient)}
    return render(request, "patients/_safety.html", context)


def answer(request: StaffRequest, patient: Patient) -> HttpResponse:
    """The panel as it is now, for the page that has it; else the patient's page."""
    if not request.htmx:
        return redirect("patients:patient", patient.pk)
    page = panel(request, patient)
    page["HX-Reswap"] = "morph"
    return retarget(page, "#safety")


def ask(request: StaffRequest, patient: Patient, form: Form, verb: str) -> HttpResponse:
    """A form in the dialog, or as a page of its own; 422 when something is to be mended."""
    context = {"patient": patient, "form": form, "verb": verb}
    template = f"patients/_{verb}_form.html" if request.htmx else "patients/alert_verb.html"
    return render(request, template, context, status=422 if form.is_bound else 200)


@require_GET
@needs(*SEE_PATIENTS)
def safety(request: StaffRequest, pk: int) -> HttpResponse:
    """What must be known, how old it is, what nobody has asked."""
    return unless_unchanged(request, panel(request, found_by(request, pk)))


@require_http_methods(["GET", "POST"])
@needs("patients.note_alert")
def note_alert(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask for the facts of one kind, and write them down."""
    patient = found_by(request, pk)
    if request.method == "GET":
        return ask(request, patient, AlertForm(kind=request.GET.get("kind", "")), "note")
    form = AlertForm(request.POST)
    if not form.is_valid():
        return ask(request, patient, form, "note")
    given = {name: form.cleaned_data[name] for name in ("kind", "text", "severity", "source")}
    services.note_alert(patient, by=request.user, facts=form.facts, **given)
    return answer(request, patient)


@require_POST
@needs("patients.note_alert")
def confirm_alert(request: StaffRequest, pk: int) -> HttpResponse:
    """Asked again, still true: one tap."""
    alert = get_object_or_404(Alert.objects.visible_to(request.user), pk=pk)
    services.confirm_alert(alert, by=request.user)
    return answer(request, found_by(request, alert.patient_id))


@require_http_methods(["GET", "POST"])
@needs("patients.note_alert")
def end_alert(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask why, and end it."""
    alert = get_object_or_404(Alert.objects.visible_to(request.user), pk=pk)
    patient = found_by(request, alert.patient_id)
    form = EndForm(request.POST or None)
    form.alert = alert  # type: ignore[attr-defined]
    if not form.is_valid():
        return ask(request, patient, form, "end")
    services.end_alert(alert, by=request.user, **form.cleaned_data)
    return answer(request, patient)
