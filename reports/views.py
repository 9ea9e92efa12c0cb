"""What waits to be read."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from common.pages import unless_unchanged
from staff.access import StaffRequest, needs
from studies.models import Study


@require_GET
@needs("studies.read_study")
def reading_list(request: StaffRequest) -> HttpResponse:
    """Studies whose images are all here, most urgent and oldest first."""
    studies = Study.objects.visible_to(request.user).ready_to_read().with_reading_details()
    template = "reports/reading_list.html#list" if request.htmx else "reports/reading_list.html"
    context = {"studies": studies.most_urgent_first()[:300]}
    return unless_unchanged(request, render(request, template, context))
