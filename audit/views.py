"""The trail, for those who answer for it."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from audit.templatetags.audit_words import WORDS
from audit.trail import Trail
from staff.access import StaffRequest, needs
from staff.models import User


@require_GET
@needs("audit.view_entry")
def trail(request: StaffRequest) -> HttpResponse:
    """Who did what, newest first."""
    context = {
        "trail": Trail(request.user, request.GET),
        "people": User.objects.order_by("username"),
        "verbs": sorted(WORDS.items(), key=lambda pair: str(pair[1])),
    }
    return render(request, "audit/trail.html", context)
