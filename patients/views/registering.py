"""Registering somebody, after a look at who is on record already."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from patients import services
from patients.forms import RegisterForm
from patients.likeness import Likely, likely_known
from patients.models import Identifier, Patient
from patients.views.finding import where_next
from staff.access import StaffRequest, needs


@require_http_methods(["GET", "POST"])
@needs("patients.add_patient")
def register(request: StaffRequest) -> HttpResponse:
    """Somebody new. Whoever looks like somebody on record is asked about first."""
    form = RegisterForm(request.POST or None, initial={"next": request.GET.get("next", "")})
    if not form.is_valid():
        return ask(request, form, [])
    likely = likely_known(form.stranger, to=request.user)
    if any(one.patient.pk not in form.judged for one in likely):
        return ask(request, form, likely)
    patient = register_from(form, request, {one.patient.pk for one in likely})
    name = patient.display_name
    messages.success(request, _("%(name)s is registered.") % {"name": name})
    return redirect(where_next(form.cleaned_data["next"], patient))


def ask(request: StaffRequest, form: RegisterForm, likely: list[Likely]) -> HttpResponse:
    """The form, with everything that was typed; 422 when it is not done yet."""
    next_place = str(form["next"].value() or "")
    context = {"form": form, "likely": led(likely, next_place), "next": next_place}
    status = 422 if form.is_bound else 200
    return render(request, "patients/register.html", context, status=status)


@transaction.atomic
def register_from(form: RegisterForm, request: StaffRequest, others: set[int]) -> Patient:
    """The patient with the other number: both or none."""
    given = form.cleaned_data
    patient = services.register_patient(
        given["patient_id"],
        form.identity,
        by=request.user,
        issuer=given["issuer"],
        contact=form.contact,
        somebody_else=others,
    )
    if given["other_value"]:
        services.add_identifier(
            patient,
            kind=Identifier.Kind(given["other_kind"]),
            value=given["other_value"],
            issuer=given["other_issuer"],
            by=request.user,
        )
    return patient


@require_POST
@needs("patients.add_patient")
def likely(request: StaffRequest) -> HttpResponse:
    """Who on record may be the one being typed: asked again with every pause of the typing."""
    form = RegisterForm(request.POST)
    form.full_clean()
    found = likely_known(form.stranger, to=request.user)
    context = {"likely": led(found, form.cleaned_data.get("next", ""))}
    return render(request, "patients/_likely.html", context)


def led(likely: list[Likely], next_place: str) -> list[Likely]:
    """Each with the address behind "this is the patient"."""
    for one in likely:
        one.address = where_next(next_place, one.patient)
    return likely
