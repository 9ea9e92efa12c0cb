"""Correcting who somebody is, and their other numbers."""

from dataclasses import dataclass

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from patients import services
from patients.forms import CorrectForm, IdentifierForm, RemovalForm
from patients.likeness import likely_known
from patients.models import Identifier, Patient
from patients.views.record import found_by
from patients.wording import differences
from staff.access import StaffRequest, needs


@dataclass(frozen=True, slots=True)
class Question:
    """A small form about one patient, and what it asks."""

    title: str
    button: str
    form: Form


@require_http_methods(["GET", "POST"])
@needs("patients.correct_patient")
def correct(request: StaffRequest, pk: int) -> HttpResponse:
    """Who this really is: what was beside what will be, and why."""
    patient = found_by(request, pk)
    form = CorrectForm.of(patient, request.POST or None)
    if not form.is_valid():
        context = {"patient": patient, "form": form}
        status = 422 if form.is_bound else 200
        return render(request, "patients/correct.html", context, status=status)
    services.correct_identity(
        patient,
        form.identity,
        by=request.user,
        reason=form.cleaned_data["reason"],
        contact=form.contact,
        number=form.number,
    )
    messages.success(request, _("The identity is corrected; what it was stays on the record."))
    return redirect("patients:patient", pk)


@require_POST
@needs("patients.correct_patient")
def compare(request: StaffRequest, pk: int) -> HttpResponse:
    """What is and what would be, while somebody types; and who else it might be then."""
    patient = found_by(request, pk)
    form = CorrectForm.of(patient, request.POST)
    form.full_clean()
    context = {"patient": patient, "differences": differences(form.changes)}
    context["likely"] = likely_known(form.stranger, to=request.user, but=pk)
    return render(request, "patients/_differences.html", context)


@require_http_methods(["GET", "POST"])
@needs("patients.correct_patient")
def add_identifier(request: StaffRequest, pk: int) -> HttpResponse:
    patient = found_by(request, pk)
    form = IdentifierForm(request.POST or None)
    if not form.is_valid():
        return ask(request, patient, Question(_("Another number"), _("Add"), form))
    services.add_identifier(patient, by=request.user, **form.cleaned_data)
    return redirect("patients:patient", pk)


@require_http_methods(["GET", "POST"])
@needs("patients.correct_patient")
def remove_identifier(request: StaffRequest, pk: int) -> HttpResponse:
    identifier = get_object_or_404(Identifier.objects.visible_to(request.user), pk=pk)
    patient = found_by(request, identifier.patient_id)
    form = RemovalForm(request.POST or None)
    if not form.is_valid():
        title = f"{identifier.get_kind_display()} {identifier.value}"
        return ask(request, patient, Question(title, _("Remove"), form))
    services.remove_identifier(identifier, by=request.user, **form.cleaned_data)
    return redirect("patients:patient", patient.pk)


def ask(request: StaffRequest, patient: Patient, question: Question) -> HttpResponse:
    context = {"patient": patient, "question": question, "form": question.form}
    status = 422 if question.form.is_bound else 200
    return render(request, "patients/identifier_verb.html", context, status=status)
