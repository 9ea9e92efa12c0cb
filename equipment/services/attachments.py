"""Photos and service reports: looked at before they are kept, kept before anybody is told."""

import io
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, BinaryIO, cast

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import record
from common import files
from common.refusals import Refused
from equipment.models import Attachment, MaintenanceEntry
from equipment.pictures import NotAPicture, copies_of

if TYPE_CHECKING:
    from staff.models import User

FOLDER = "attachments"
PDF = "application/pdf"
MOST_AT_ONCE, MOST_OF_ONE_ENTRY = 8, 60
LARGEST_BYTES = 25 * 1024**2
SUFFIXES = {"image/jpeg": ".jpg", "image/png": ".png", PDF: ".pdf"}
LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that was looked at and is safe on disk, though no row names it yet."""

    name: str
    content_type: str
    whole: files.KeptFile
    shown: files.KeptFile | None = None
    small: files.KeptFile | None = None

    @property
    def paths(self) -> list[str]:
        return [one.path for one in (self.whole, self.shown, self.small) if one is not None]


def attach(
    entry: MaintenanceEntry, uploads: "Sequence[UploadedFile[bytes]]", *, by: "User"
) -> list[Attachment]:
    """Keep photos and PDFs with a piece of maintenance. Refused when one of them is neither."""
    with kept(uploads) as safe, transaction.atomic():
        entry = MaintenanceEntry.objects.select_for_update().get(pk=entry.pk)
        return hang_on(entry, safe, by=by)


def hang_on(entry: MaintenanceEntry, safe: Sequence[Kept], *, by: "User") -> list[Attachment]:
    """Name kept files in the log of a locked entry. Sent twice, the same file hangs once."""
    if entry.attachments.count() + len(safe) > MOST_OF_ONE_ENTRY:
        raise Refused(
            _("This log holds %(most)d files already. Take off nothing: open a new entry.")
            % {"most": MOST_OF_ONE_ENTRY}
        )
    hanging = set(entry.attachments.values_list("sha256", flat=True))
    made = []
    for one in safe:
        if one.whole.sha256 not in hanging:
            hanging.add(one.whole.sha256)
            made.append(_row_of(entry, one, by))
    for row in made:
        record("attachment.added", row, by=by, entry=entry.pk, kind=row.content_type)
    return made


def _row_of(entry: MaintenanceEntry, one: Kept, by: "User") -> Attachment:
    row = Attachment(
        entry=entry,
        path=one.whole.path,
        shown_path=one.shown.path if one.shown else "",
        small_path=one.small.path if one.small else "",
        name=one.name,
        content_type=one.content_type,
        size=one.whole.size,
        sha256=one.whole.sha256,
        by=by,
    )
    row.full_clean()
    row.save()
    return row


@contextmanager
def kept(uploads: "Sequence[UploadedFile[bytes]]") -> Iterator[list[Kept]]:
    """Look at every file and keep it; if then anything goes wrong, none of them stays."""
    if len(uploads) > MOST_AT_ONCE:
        raise Refused(_("At most %(most)d files at once.") % {"most": MOST_AT_ONCE})
    safe: list[Kept] = []
    try:
        for upload in uploads:
            safe.append(_keep(upload))  # noqa: PERF401 — what is kept so far must be known below
        yield safe
    except BaseException:
        _forget(safe)
        raise
    named = Attachment.objects.paths_among(one.whole.path for one in safe)
    _forget([one for one in safe if one.whole.path not in named])


def _forget(safe: Sequence[Kept]) -> None:
    for one in safe:
        for path in one.paths:
            files.remove(path)


def _keep(upload: "UploadedFile[bytes]") -> Kept:
    name = _plain_name(upload.name or "")
    if (upload.size or 0) > LARGEST_BYTES:
        raise Refused(
            _("“%(name)s” is larger than %(most)d MB.")
            % {"name": name, "most": LARGEST_BYTES // 1024**2}
        )
    stream = cast(BinaryIO, upload.file)
    if _is_pdf(stream):
        return Kept(name, PDF, files.keep(upload.chunks(), FOLDER, SUFFIXES[PDF]))
    try:
        copies = copies_of(stream)
    except NotAPicture as why:
        raise Refused(
            _(
                "“%(name)s” cannot be used. Send a photo (JPEG or PNG, at most 50 megapixels)"
                " or a PDF."
            )
            % {"name": name}
        ) from why
    return _keep_picture(name, copies.content_type, upload, (copies.shown, copies.small))


def _keep_picture(
    name: str, content_type: str, upload: "UploadedFile[bytes]", copies: tuple[bytes, bytes]
) -> Kept:
    done: list[files.KeptFile] = []
    try:
        done.append(files.keep(upload.chunks(), FOLDER, SUFFIXES[content_type]))
        done += [files.keep([drawn], FOLDER, ".shown.jpg") for drawn in copies]
    except BaseException:
        for one in done:
            files.remove(one.path)
        raise
    whole, shown, small = done
    return Kept(name, content_type, whole, shown, small)


def _is_pdf(stream: BinaryIO) -> bool:
    """A PDF begins with its sign and ends with its end mark (ISO 32000-1, 7.5.2 and 7.5.5)."""
    stream.seek(0)
    begins = stream.read(5) == b"%PDF-"
    stream.seek(0, io.SEEK_END)
    stream.seek(max(0, stream.tell() - 2048))
    return begins and b"%%EOF" in stream.read(2048)


def _plain_name(name: str) -> str:
    """The file's own name, without folders and without signs that turn or hide text."""
    last = PureWindowsPath(PurePosixPath(name).name).name
    plain = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C").strip()
    return plain[-LONGEST_NAME:] or _("file")
