"""Photos and service reports, to those who may see the device; never from a static path."""

from django.http import FileResponse, Http404, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_GET

from common.files import absolute
from equipment.models import Attachment
from staff.access import StaffRequest, needs

DRAWN = "image/jpeg"
FRESH_SECONDS = 3600


@require_GET
@needs("equipment.view_device")
def attachment(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The photo as we drew it, upright and without its metadata; a document to keep as a file."""
    shown = get_object_or_404(Attachment.objects.visible_to(request.user), pk=pk)
    if shown.is_picture:
        return answer(shown.shown_path, DRAWN)
    return answer(shown.path, shown.content_type, save_as=shown.name)


@require_GET
@needs("equipment.view_device")
def small(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The photo as it stands in a log."""
    shown = get_object_or_404(Attachment.objects.visible_to(request.user), pk=pk)
    return answer(shown.small_path, DRAWN)


def answer(path: str, content_type: str, save_as: str = "") -> HttpResponseBase:
    """A kept file, and nothing but what it was found to be when it came."""
    place = absolute(path) if path else None
    if place is None or not place.is_file():
        raise Http404
    sent = FileResponse(
        place.open("rb"),
        content_type=content_type,
        as_attachment=bool(save_as),
        filename=save_as,
    )
    sent["X-Content-Type-Options"] = "nosniff"
    sent["Content-Security-Policy"] = "default-src 'none'; sandbox"
    patch_cache_control(sent, private=True, max_age=FRESH_SECONDS)
    return sent
