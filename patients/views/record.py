"""One patient: who it is, what to take care of, what was done."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from audit.models import Entry
from common.pages import unless_unchanged
from patients.models import Correction, Patient
from patients.safety_record import SafetyRecord
from patients.services import view_patient
from patients.views.finding import SEE_PATIENTS
from patients.wording import differences
from staff.access import StaffRequest, needs

WHO_WAS_HERE = 12


def found_by(request: StaffRequest, pk: int) -> Patient:
    """The patient, if this person may see them; else 404."""
    visible = Patient.objects.visible_to(request.user).with_identifiers()
    return get_object_or_404(visible, pk=pk)


@require_GET
@needs(*SEE_PATIENTS)
def patient(request: StaffRequest, pk: int) -> HttpResponse:
    """The whole record. Every opening is noted."""
    shown = found_by(request, pk)
    view_patient(shown, by=request.user)
    corrected = Correction.objects.of_patient(pk).newest_first()
    trail = Entry.objects.visible_to(request.user).about_patient(pk).newest_first()
    context = {
        "patient": shown,
        "safety": SafetyRecord(shown),
        "corrections": [(one, differences(one.changes)) for one in corrected],
        "trail": trail[:WHO_WAS_HERE],
    }
    return render(request, "patients/patient.html", context)


@require_GET
@needs(*SEE_PATIENTS)
def banner(request: StaffRequest, pk: int) -> HttpResponse:
    """The banner again, after something in it has changed."""
    context = {"patient": found_by(request, pk), "is_linked": "link" in request.GET}
    return unless_unchanged(request, render(request, "components/_banner.html", context))
