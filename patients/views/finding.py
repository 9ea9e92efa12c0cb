"""Finding a patient: the list, the box in the frame, pickers.

What is searched for is posted: what identifies a patient does not belong into addresses.
"""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import formats
from django.views.decorators.http import require_http_methods, require_POST

from patients.models import Patient
from patients.numbers import page_of_number
from patients.search import FEW, Search
from staff.access import StaffRequest, needs

SEE_PATIENTS = ("patients.view_patient", "patients.view_own_patient")


@require_http_methods(["GET", "POST"])
@needs(*SEE_PATIENTS)
def patient_list(request: StaffRequest) -> HttpResponse:
    """Patients by name, record number, accession number or birth date.

    A whole number that is handed in opens at once what it names.
    """
    search = Search.of(request.user, request.POST or request.GET)
    if request.method == "POST" and search.words and not request.htmx:
        page = page_of_number(request.user, search.words)
        if page:
            return redirect(page)
    template = "patients/patient_list.html#found" if request.htmx else "patients/patient_list.html"
    return render(request, template, {"search": search})


@require_POST
@needs(*SEE_PATIENTS)
def found(request: StaffRequest) -> HttpResponse:
    """The likeliest few, for the search box of the frame."""
    search = Search.of(request.user, request.POST, FEW)
    return render(request, "patients/_found.html", {"search": search})


@require_POST
@needs(*SEE_PATIENTS)
def pick(request: StaffRequest) -> HttpResponse:
    """The likeliest few, for pickers: JSON for Tom Select, a fragment for htmx."""
    search = Search.of(request.user, request.POST, FEW)
    if request.htmx:
        return render(request, "patients/_choices.html", {"search": search})
    return JsonResponse({"results": [choice(one) for one in search.patients if search.words]})


def choice(patient: Patient) -> dict[str, object]:
    """One patient as a picker shows them: enough to know who is meant."""
    born = formats.date_format(patient.birth_date, "j M Y") if patient.birth_date else ""
    facts = " · ".join(part for part in (patient.patient_id, born, patient.sex_word) if part)
    return {
        "id": patient.pk,
        "text": f"{patient.display_name} {patient.other_scripts}".strip(),
        "facts": facts,
        "is_provisional": patient.is_provisional,
    }


def where_next(wanted: str, patient: Patient) -> str:
    """Where somebody came from to find or register a patient: to an order, or just the record."""
    if wanted == "order":
        try:
            return f"{reverse('worklist:place_order')}?patient={patient.pk}"
        except NoReverseMatch:
            pass
    return reverse("patients:patient", args=[patient.pk])
