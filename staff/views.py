"""The signed-in person's own pages: where they start, how it looks, how they are protected."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from common.fresh import drawn_once
from common.pages import came_from
from staff import services
from staff.access import StaffRequest, needs
from staff.context import FRAME_TOPICS, frame_seen_by
from staff.forms import ThemeForm
from staff.places import places_of
from staff.styleguide import ExampleForm, examples


@require_GET
def home(request: StaffRequest) -> HttpResponse:
    """Send everybody to the start page of their role."""
    for _place, path in places_of(request.user):
        return redirect(path)
    return render(request, "staff/no_place.html")


@require_GET
def frame_parts(request: StaffRequest) -> HttpResponse:
    """The rail, the notices and the strip alone, for pages that keep them up to date."""
    return drawn_once(
        request,
        FRAME_TOPICS,
        frame_seen_by(request),
        lambda: render(request, "components/_frame_parts.html"),
    )


@require_POST
def theme(request: StaffRequest) -> HttpResponse:
    """Remember how this person wants the pages to look."""
    form = ThemeForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=400)
    services.choose_theme(request.user, form.cleaned_data["theme"])
    if request.htmx:
        return HttpResponse(status=204)
    return redirect(came_from(request, "staff:home"))


@require_GET
def security(request: StaffRequest) -> HttpResponse:
    """How this person signs in, and where that is changed."""
    return render(request, "staff/security.html")


@require_GET
@needs("staff.view_styleguide")
def styleguide(request: StaffRequest) -> HttpResponse:
    """Every component in every state, for whoever builds or judges a page."""
    form = ExampleForm(request.GET or None)
    return render(request, "styleguide.html", {**examples(), "form": form})
