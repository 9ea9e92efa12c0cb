"""The row of one received object. Services, and the worker that unpacks archives, make it here."""

from pathlib import PurePosixPath

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common.files import KeptFile
from studies.models import IncomingFile, Upload

LONGEST_NAME = 500
MOST_NAMESAKES = 1000


def note_arrival(arrival: IncomingFile) -> tuple[IncomingFile, bool]:
    """Save a new row; the flag says whether it is new.

    The same bytes under the same name of one upload are the same arrival: a broken connection, or
    a worker that died half-way, may bring them again. Other bytes of the same name get a number.
    """
    arrival.original_name = plain(arrival.original_name)[-LONGEST_NAME:]
    if arrival.upload is None:
        arrival.save(force_insert=True)
        return arrival, True
    name = PurePosixPath(arrival.original_name)
    for namesake in range(2, MOST_NAMESAKES):
        try:
            with transaction.atomic():
                arrival.save(force_insert=True)
            return arrival, True
        except IntegrityError:
            there = IncomingFile.objects.in_upload(arrival.upload_id, arrival.original_name)
            if there is None:
                raise
            if there.sha256 == arrival.sha256:
                return there, False
        numbered = f"{name.stem} ({namesake}){name.suffix}"
        arrival.original_name = str(name.with_name(numbered))[-LONGEST_NAME:]
    raise IntegrityError(f"More than {MOST_NAMESAKES} files of one name in upload")


def from_upload(upload: Upload, kept: KeptFile, name: str) -> tuple[IncomingFile, bool]:
    """The row of a file of one person's upload."""
    return note_arrival(
        IncomingFile(
            path=kept.path,
            size=kept.size,
            sha256=kept.sha256,
            source=IncomingFile.Source.UPLOAD,
            sender=upload.by.username[:80],
            upload=upload,
            original_name=name,
        )
    )


def note_refusal(upload: Upload, name: str, size: int, code: str, sentence: str) -> None:
    """Say that a file of an upload was not taken, and why. Nothing of it is kept."""
    note_arrival(_not_kept(upload, name, size, IncomingFile.Status.REFUSED, (code, sentence)))


def note_litter(upload: Upload, name: str, size: int) -> None:
    """Say that a file of an upload is none that anybody meant to send. Nothing of it is kept."""
    why = ("litter", _("A computer left it beside the images; it is none itself."))
    note_arrival(_not_kept(upload, name, size, IncomingFile.Status.PASSED_OVER, why))


def _not_kept(
    upload: Upload, name: str, size: int, status: str, why: tuple[str, str]
) -> IncomingFile:
    """A row that was never more than a row. `why` is a code and a sentence."""
    return IncomingFile(
        size=size,
        source=IncomingFile.Source.UPLOAD,
        sender=upload.by.username[:80],
        upload=upload,
        original_name=name,
        status=status,
        reason_code=why[0],
        reason=why[1],
        settled_at=timezone.now(),
    )


def plain(text: str, length: int | None = None) -> str:
    """Text that PostgreSQL takes: no null characters, no lone surrogates, no longer than it may."""
    clean = text.replace("\x00", "").encode("utf-8", "replace").decode()
    return clean[:length]
