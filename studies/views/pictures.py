"""Small pictures: stored ones of what is filed, and fresh ones of what was set aside."""

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import quote_etag
from django.views.decorators.http import require_GET

from common.files import absolute
from staff.access import StaffRequest, needs
from studies.glimpse import picture_of
from studies.models import IncomingFile, Instance
from studies.views.studies import SEE_STUDIES

FRESH_SECONDS = 600


@require_GET
@needs(*SEE_STUDIES)
def thumbnail(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The small picture of an instance; a word in its place while there is none."""
    visible = Instance.objects.shown_to(request.user).with_pictures()
    shown = get_object_or_404(visible, pk=pk).thumbnail
    place = absolute(shown.path) if shown.path else None
    if place is None or not place.is_file():
        return placeholder(request, shown.get_status_display())
    etag = quote_etag(shown.version)
    unchanged = get_conditional_response(request, etag=etag)
    picture = unchanged or FileResponse(place.open("rb"))
    picture["ETag"] = etag
    return kept_privately(picture, FRESH_SECONDS)


@require_GET
@needs("studies.view_incomingfile")
def set_aside_picture(request: StaffRequest, pk: int) -> HttpResponseBase:
    """What an object that is not filed looks like, as far as that can be drawn."""
    incoming = get_object_or_404(IncomingFile.objects.visible_to(request.user), pk=pk)
    picture = picture_of(incoming)
    if picture is None:
        return placeholder(request, "")
    drawn = HttpResponse(picture.data, content_type=picture.media_type)
    return kept_privately(drawn, FRESH_SECONDS)


def placeholder(request: HttpRequest, word: str) -> HttpResponse:
    """A drawing that says that there is no picture. Asked for again each time."""
    drawn = render(request, "studies/no_picture.svg", {"word": word}, content_type="image/svg+xml")
    patch_cache_control(drawn, private=True, no_store=True)
    return drawn


def kept_privately(picture: HttpResponseBase, seconds: int) -> HttpResponseBase:
    """Only this person's browser may keep it, and it is nothing but a picture."""
    patch_cache_control(picture, private=True, max_age=seconds)
    picture["X-Content-Type-Options"] = "nosniff"
    return picture
