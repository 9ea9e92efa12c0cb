"""What was set aside: why, what differs, and what to do about it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from audit.services import record
from common.pages import go_to, unless_unchanged
from staff.access import StaffRequest, needs
from studies import services
from studies.glimpse import facts_of
from studies.models import Archive, IncomingFile
from studies.setting_aside import SetAsideList, explain


@require_GET
@needs("studies.view_incomingfile")
def set_aside_list(request: StaffRequest) -> HttpResponse:
    """What waits for a person; on request what was discarded or refused."""
    found = SetAsideList.of(request.user, request.GET)
    name = "studies/set_aside_list.html"
    context = {"list": found, "crashed": Archive.objects.visible_to(request.user).crashed()[:20]}
    page = render(request, f"{name}#found" if request.htmx else name, context)
    return unless_unchanged(request, page)


@require_GET
@needs("studies.view_incomingfile")
def set_aside(request: StaffRequest, pk: int) -> HttpResponse:
    """One object: why in plain words, what differs, a picture, and the verbs."""
    incoming = find(request, pk)
    record("incoming.viewed", incoming, by=request.user, patient=incoming.patient)
    context = {"incoming": incoming, "why": explain(incoming), "facts": facts_of(incoming)}
    return render(request, "studies/set_aside_detail.html", context)


def find(request: StaffRequest, pk: int) -> IncomingFile:
    """The received object, if this person may see it."""
    visible = IncomingFile.objects.visible_to(request.user).with_page_details()
    return get_object_or_404(visible, pk=pk)


@require_POST
@needs("studies.resolve_incomingfile")
def retry(request: StaffRequest, pk: int) -> HttpResponse:
    """Let a worker try again."""
    incoming = services.retry_set_aside(find(request, pk), by=request.user)
    messages.success(request, _("It is tried again. If it is set aside again, it comes back here."))
    return go_to(request, "studies:set_aside", incoming.pk)


@require_POST
@needs("studies.resolve_incomingfile")
def retry_archive(request: StaffRequest, pk: int) -> HttpResponse:
    """Unpack an archive once more that broke its workers."""
    archive = get_object_or_404(Archive.objects.visible_to(request.user), pk=pk)
    services.retry_archive(archive, by=request.user)
    messages.success(request, _("It is unpacked again, from where it got to."))
    return go_to(request, "upload:batch", archive.upload_id)


@require_POST
@needs("studies.resolve_incomingfile")
def discard(request: StaffRequest, pk: int) -> HttpResponse:
    """Say that it belongs nowhere, and why."""
    reason = request.POST.get("reason", "")
    services.discard_set_aside(find(request, pk), by=request.user, reason=reason)
    messages.success(request, _("Discarded. Its bytes are kept until retention ends."))
    return go_to(request, "studies:set_aside_list")
