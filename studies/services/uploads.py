"""A person's batch of files from the browser."""

from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from common.bell import ring_once
from common.files import KeptFile, remove
from common.live import poke
from common.refusals import Refused
from studies import tasks
from studies.arrivals import note_litter, plain
from studies.models import Archive, Upload

if TYPE_CHECKING:
    from staff.models import User


@transaction.atomic
def start_upload(*, by: "User", label: str = "") -> Upload:
    """Open a batch. Files are then taken in with `receive(…, upload=…)`, in any order."""
    upload = Upload.objects.create(by=by, label=label.replace("\x00", "").strip()[:200])
    record("upload.started", upload, by=by)
    return upload


@transaction.atomic
def finish_upload(upload: Upload, *, by: "User") -> Upload:
    """Everything has been sent. Saying so twice changes nothing; files may still come late."""
    upload = Upload.objects.select_for_update().get(pk=upload.pk)
    if upload.finished_at is None:
        upload.finished_at = timezone.now()
        upload.save(update_fields=["finished_at"])
        record("upload.finished", upload, by=by, files=upload.files.count())
    return upload


def add_archive(upload: Upload, kept: KeptFile, name: str) -> Archive:
    """Take in an archive whose bytes are kept already; a worker unpacks it.

    The same archive under the same name of one upload is the same arrival. Refused when other
    bytes come under a name that is taken.
    """
    name = plain(name)[-500:]
    archive, is_new = Archive.objects.get_or_create(
        upload=upload,
        original_name=name,
        defaults={"path": kept.path, "size": kept.size, "sha256": kept.sha256},
    )
    if not is_new:
        remove(kept.path)
        if archive.sha256 != kept.sha256:
            raise Refused(_("This upload already has another archive with this name."))
    transaction.on_commit(partial(ring_once, tasks.unpack_archives))
    return archive


@transaction.atomic
def retry_archive(archive: Archive, *, by: "User") -> Archive:
    """Unpack an archive once more whose unpacking kept crashing, from where it got to.

    Refused unless its bytes were kept: of what was refused for what it is, nothing is left.
    """
    locked = Archive.objects.select_for_update(of=("self",)).select_related("upload")
    archive = locked.get(pk=archive.pk)
    if archive.status == Archive.Status.REFUSED and not archive.may_be_retried:
        raise Refused(_("This archive was not kept. Upload it again."))
    archive.move_to(Archive.Status.WAITING)
    was = archive.reason_code
    archive.reason_code = archive.reason = ""
    archive.attempts = 0
    archive.next_attempt_at = timezone.now()
    archive.settled_at = None
    archive.full_clean()
    archive.save()
    record("archive.retried", archive.upload, by=by, archive=archive.pk, reason_code=was)
    transaction.on_commit(partial(ring_once, tasks.unpack_archives))
    transaction.on_commit(partial(poke, f"upload-{archive.upload_id}", "incoming"))
    return archive


def pass_over(upload: Upload, name: str, size: int) -> None:
    """Note a file that an operating system left among the images. Its bytes are not kept."""
    note_litter(upload, name, size)


def already_sent(upload: Upload, sizes: dict[str, int]) -> set[str]:
    """Which of these files (name → bytes) the upload has: what a resumed upload need not send."""
    known = dict(upload.files.sizes_of(sizes)) | dict(upload.archives.sizes_of(sizes))
    return {name for name, size in sizes.items() if known.get(name) == size}
