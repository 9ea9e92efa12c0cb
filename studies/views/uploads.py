"""The upload page: a person's batches of files, what became of each, and going on after a break."""

import json
from pathlib import Path
from typing import Any, cast

from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http import HttpResponse, HttpResponseBadRequest, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from common.files import KeptFile, NoRoom, adopt, ensure_room
from staff.access import StaffRequest, needs
from studies import services
from studies.archives import ARCHIVE_MAGIC
from studies.file_names import is_litter
from studies.models import IncomingFile, Study, Upload

SHOWN = 200
MOST_NAMES = 5000


@require_GET
@needs("studies.add_upload")
def page(request: StaffRequest) -> HttpResponse:
    """Drop files here; below, this person's earlier batches."""
    recent = Upload.objects.made_by(request.user).with_counts()[:10]
    return render(request, "upload/page.html", {"recent": recent})


@require_GET
@needs("studies.add_upload", "studies.view_incomingfile")
def batch(request: StaffRequest, pk: int) -> HttpResponse:
    """One batch: how many went where, and each file that needs a person. Live while it is filed."""
    upload = get_object_or_404(Upload.objects.visible_to(request.user), pk=pk)
    template = "upload/batch.html#outcomes" if request.htmx else "upload/batch.html"
    return render(request, template, outcomes_of(upload, request))


def outcomes_of(upload: Upload, request: StaffRequest) -> dict[str, Any]:
    """What the page and its live part show."""
    counts = upload.files.counts()
    waiting = upload.archives.waiting()
    return {
        "upload": upload,
        "counts": [(status, counts[status]) for status in IncomingFile.Status if status in counts],
        "total": sum(counts.values()),
        "settled": sum(counts.values()) - counts.get(IncomingFile.Status.WAITING, 0),
        "unpacking": waiting,
        "crashed": upload.archives.crashed(),
        "is_busy": bool(counts.get(IncomingFile.Status.WAITING)) or bool(waiting),
        "problems": upload.files.needing_attention()[:SHOWN],
        "more_problems": max(0, upload.files.needing_attention().count() - SHOWN),
        "passed_over": upload.files.passed_over()[:SHOWN],
        "studies": Study.objects.visible_to(request.user).fed_by(upload.pk).with_patient()[:50],
    }


@require_POST
@needs("studies.add_upload")
def start(request: StaffRequest) -> HttpResponse:
    """Open a batch; answers its number."""
    upload = services.start_upload(by=request.user, label=request.POST.get("label", ""))
    return JsonResponse({"pk": upload.pk}, status=201)


@require_POST
@needs("studies.add_upload")
def have(request: StaffRequest, pk: int) -> HttpResponse:
    """Body: {"name": bytes, …}. Answers the names that need not be sent again."""
    upload = get_object_or_404(Upload.objects.made_by(request.user), pk=pk)
    sizes = sizes_in(request.body)
    if sizes is None:
        return HttpResponseBadRequest(_("Send an object of at most 5000 names and sizes."))
    return JsonResponse({"have": sorted(services.already_sent(upload, sizes))})


def sizes_in(body: bytes) -> dict[str, int] | None:
    """The names and sizes a browser asks about, or None when that is not what it sent."""
    try:
        asked = json.loads(body)
    except ValueError:
        return None
    if not isinstance(asked, dict) or len(asked) > MOST_NAMES:
        return None
    if not all(isinstance(size, int) for size in asked.values()):
        return None
    return {name.replace("\x00", ""): size for name, size in asked.items()}


@require_POST
@needs("studies.add_upload")
def add(request: StaffRequest, pk: int) -> HttpResponse:
    """Take in some files: `files`, and `names`, a JSON list of their paths in the same order."""
    upload = get_object_or_404(Upload.objects.made_by(request.user), pk=pk)
    # FILE_UPLOAD_HANDLERS leaves no other kind.
    sent = cast("list[TemporaryUploadedFile]", request.FILES.getlist("files"))
    try:
        names = json.loads(request.POST.get("names", "[]"))
    except ValueError:
        names = []
    if not sent or not isinstance(names, list) or len(names) != len(sent):
        return HttpResponseBadRequest(_("Send as many names as files."))
    try:
        ensure_room()
        taken = [take_in(upload, file, str(name)) for file, name in zip(sent, names, strict=True)]
    except NoRoom:
        return HttpResponse(
            _("The disk of the department is nearly full. Nothing more is taken for now."),
            status=507,
            content_type="text/plain; charset=utf-8",
        )
    return JsonResponse({"taken": taken}, status=201)


def take_in(upload: Upload, file: TemporaryUploadedFile, name: str) -> str:
    """Keep one sent file and hand it on; an archive goes to be unpacked. Returns its name."""
    if is_litter(name):
        services.pass_over(upload, name, file.size or 0)
        return name
    is_archive = file.read(len(ARCHIVE_MAGIC)) == ARCHIVE_MAGIC
    kept = keep_sent(file, "uploads" if is_archive else "objects")
    if is_archive:
        services.add_archive(upload, kept, name)
    else:
        services.receive(
            kept,
            source=IncomingFile.Source.UPLOAD,
            sender=upload.by.username,
            upload=upload,
            original_name=name,
        )
    return name


def keep_sent(file: TemporaryUploadedFile, folder: str) -> KeptFile:
    """The browser's file already lies on our file system: name it instead of copying it."""
    file.flush()
    return adopt(
        Path(file.temporary_file_path()), folder, ".zip" if folder == "uploads" else ".dcm"
    )


@require_POST
@needs("studies.add_upload")
def finish(request: StaffRequest, pk: int) -> HttpResponse:
    """Everything has been sent."""
    upload = get_object_or_404(Upload.objects.made_by(request.user), pk=pk)
    services.finish_upload(upload, by=request.user)
    return HttpResponse(status=204)
