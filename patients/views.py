"""Finding a patient, and the page of one."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_http_methods

from audit.models import Entry
from audit.services import record
from patients.models import Patient
from patients.search import Search
from staff.access import StaffRequest, needs


@require_http_methods(["GET", "POST"])
@needs("patients.view_patient", "patients.view_own_patient")
def patient_list(request: StaffRequest) -> HttpResponse:
    """Patients by name, record number, accession number or birth date.

    The search is posted: what identifies a patient does not belong into addresses.
    """
    search = Search.of(request.user, request.POST or request.GET)
    template = "patients/patient_list.html#found" if request.htmx else "patients/patient_list.html"
    return render(request, template, {"search": search})


@require_GET
@needs("patients.view_patient", "patients.view_own_patient")
def patient(request: StaffRequest, pk: int) -> HttpResponse:
    """Who this is, what to take care of, what was done. Every opening is recorded."""
    visible = Patient.objects.visible_to(request.user).with_alerts()
    shown = get_object_or_404(visible, pk=pk)
    record("patient.viewed", shown, by=request.user, patient=shown)
    trail = Entry.objects.visible_to(request.user).about_patient(pk).newest_first()[:12]
    return render(request, "patients/patient.html", {"patient": shown, "trail": trail})
