"""The worker's part: unpack one uploaded archive, member by member, trusting none of it.

A member's name is never used as a path, its promised size is never believed, and what it inflates
to is counted while it is written.
"""

import stat
import time
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import IO

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common.files import CHUNK, NoRoom, absolute, keep, remove
from common.live import poke
from studies.arrivals import from_upload, note_refusal
from studies.file_names import is_litter, leads_out, with_slashes
from studies.models import Archive

Status = Archive.Status
CRASHED = Archive.CRASHED
SECONDS_AT_A_TIME = 45  # well under the task's limit; the rest is done in the next turn
MOST_MEMBERS = 200_000
MOST_ATTEMPTS = 3
SAVED_EVERY = 20
LEASE_EVERY = 64 * 1024**2  # bytes
# Empty images shrink a thousandfold honestly; what is both large and nearly nothing is a bomb.
BOMB_RATIO, BOMB_BYTES = 200, 64 * 1024**2
ENCRYPTED = 0x1
ARCHIVE_MAGIC = b"PK\x03\x04"


class BadMember(Exception):
    """One member cannot be taken: `code` for machines, the sentence for the person."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code, self.sentence = code, sentence


@dataclass(frozen=True, slots=True)
class Member:
    """One entry of the archive and its place in it."""

    position: int
    info: zipfile.ZipInfo

    @property
    def name(self) -> str:
        """How people read it: with slashes, whatever made the archive."""
        return with_slashes(self.info.filename)

    @property
    def is_no_file(self) -> bool:
        """Folders, and what operating systems leave lying about."""
        return self.info.is_dir() or is_litter(self.name)


def unpack_next() -> bool:
    """Unpack the archive that waits longest, for a while. False when none waits."""
    claimed = Archive.objects.claim(1)
    if not claimed:
        return False
    archive = claimed[0]
    try:
        unpack(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as why:
        settle(archive, Status.REFUSED, "damaged", _("The archive is damaged: %s.") % why)
    except NoRoom:
        Archive.objects.give_back([archive.pk])  # a full disk is not the archive's fault
        Archive.objects.put_off([archive.pk], seconds=60)
    return True


def unpack(archive: Archive) -> None:
    """Go on from where the last turn ended. Doing a member twice leaves one row."""
    if archive.attempts > MOST_ATTEMPTS:
        settle(archive, Status.REFUSED, CRASHED, _("Unpacking this archive failed repeatedly."))
        return
    deadline = time.monotonic() + SECONDS_AT_A_TIME
    with zipfile.ZipFile(absolute(archive.path)) as opened:
        members = opened.infolist()
        refusal = too_much(members)
        if refusal:
            settle(archive, Status.REFUSED, "too_large", refusal)
            return
        archive.member_count = len(members)
        for member in remaining(archive, members):
            if not member.is_no_file:
                take(archive, opened, member)
            archive.position = member.position + 1
            if archive.position % SAVED_EVERY == 0:
                still_at_it(archive)
            if time.monotonic() > deadline:
                still_at_it(archive)
                Archive.objects.give_back([archive.pk])
                return
    settle(archive, Status.UNPACKED)


def remaining(archive: Archive, members: list[zipfile.ZipInfo]) -> Iterator[Member]:
    for position in range(archive.position, len(members)):
        yield Member(position, members[position])


def too_much(members: list[zipfile.ZipInfo]) -> str:
    """Why the whole archive is refused before anything is unpacked; empty when it is not."""
    if len(members) > MOST_MEMBERS:
        return _("The archive has %(count)s members; at most %(most)s are taken.") % {
            "count": len(members),
            "most": MOST_MEMBERS,
        }
    if sum(member.file_size for member in members) > settings.LARGEST_ARCHIVE_BYTES:
        return _("The archive would unpack to more than %(gib)s GiB.") % {
            "gib": settings.LARGEST_ARCHIVE_BYTES // 1024**3
        }
    return ""


def take(archive: Archive, opened: zipfile.ZipFile, member: Member) -> None:
    """Keep one member and make its row, or say why not."""
    name = f"{archive.original_name}/{member.name}"
    try:
        refuse_suspicious(member)
        with opened.open(member.info) as stream:
            kept = keep(pieces(archive, stream, member), "objects", ".dcm")
    except BadMember as why:
        note_refusal(archive.upload, name, member.info.file_size, why.code, why.sentence)
        return
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as why:
        sentence = _("This member of the archive is damaged: %s.") % why
        note_refusal(archive.upload, name, member.info.file_size, "damaged", sentence)
        return
    _row, is_new = from_upload(archive.upload, kept, name)
    if not is_new:
        remove(kept.path)


def refuse_suspicious(member: Member) -> None:
    """Raise BadMember for what no honest export contains."""
    if leads_out(member.name):
        raise BadMember("climbs", _("Its name leads out of the archive."))
    if stat.S_ISLNK(member.info.external_attr >> 16):
        raise BadMember("link", _("It is a link, not a file."))
    if member.info.flag_bits & ENCRYPTED:
        raise BadMember("encrypted", _("It is encrypted. Unpack it with its password first."))


def pieces(archive: Archive, stream: IO[bytes], member: Member) -> Iterator[bytes]:
    """The member's bytes, counted as they come. Raises BadMember for bombs and inner archives."""
    written = 0
    while piece := stream.read(CHUNK):
        if not written and piece.startswith(ARCHIVE_MAGIC):
            raise BadMember("nested", _("It is an archive inside an archive. Unpack it first."))
        written += len(piece)
        if written % LEASE_EVERY < CHUNK:
            Archive.objects.renew([archive.pk])  # a large member takes longer than the lease
        packed = max(member.info.compress_size, 1)
        if written > settings.LARGEST_OBJECT_BYTES:
            raise BadMember("too_large", _("It is larger than any object we take."))
        if written > BOMB_BYTES and written / packed > BOMB_RATIO:
            ratio = member.info.file_size // packed
            raise BadMember("bomb", _("It inflates about %s:1, like a bomb.") % ratio)
        yield piece


def still_at_it(archive: Archive) -> None:
    """Save how far we are, and that we live: another worker would go on from here."""
    archive.attempts = 1
    archive.save(update_fields=["position", "member_count", "attempts"])
    Archive.objects.renew([archive.pk])
    poke(f"upload-{archive.upload_id}")


@transaction.atomic
def settle(archive: Archive, status: str, code: str = "", sentence: str = "") -> None:
    """Unpacked or refused. The parcel goes once its contents are kept or were refused."""
    now = Archive.objects.select_for_update().get(pk=archive.pk)
    if now.status != Status.WAITING:
        return
    now.move_to(status)
    now.reason_code, now.reason = code, sentence[:500]
    now.settled_at = timezone.now()
    now.position = now.member_count = archive.member_count
    now.save()
    if code != CRASHED:  # it was taken, and nobody has seen all of it: it stays for a person
        if status == Status.REFUSED:
            note_refusal(now.upload, now.original_name, now.size, code, now.reason)
        transaction.on_commit(partial(remove, now.path))
    transaction.on_commit(partial(poke, f"upload-{now.upload_id}", "incoming"))
