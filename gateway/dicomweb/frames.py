"""Frames: slices of the stored file in its own transfer syntax, decoded or compressed on demand.

PS3.18 10.4.1.1.6. What a browser of a scanner's study asks for most, hence one query, one read.
"""

import itertools
import os
import re
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from common.at_once import read_at
from gateway.dicomweb import finding
from gateway.dicomweb.accept import EXPLICIT, OCTETS, Offer
from gateway.dicomweb.answers import (
    FOR_GOOD,
    Part,
    boundary_for,
    etag_of,
    labelled,
    multipart,
    one_part,
    unchanged,
)
from gateway.dicomweb.doors import BadQuestion, CannotBeShown, NotHere, door
from gateway.dicomweb.finding import Stored
from gateway.dicomweb.lossless import chosen
from gateway.dicomweb.ranges import Slice, pieces_of
from staff.access import StaffRequest
from studies import limited
from studies.transcoding import LOSSLESS

MOST_FRAMES = 10_000  # in one request
_LIST = re.compile(r"[0-9]{1,9}(,[0-9]{1,9})*")
_JPEG = "1.2.840.10008.1.2.4."
# Media types of compressed frames (PS3.18 table 8.7.3-5).
MEDIA = {
    **dict.fromkeys([_JPEG + "50", _JPEG + "51", _JPEG + "57", _JPEG + "70"], "image/jpeg"),
    **dict.fromkeys([_JPEG + "80", _JPEG + "81"], "image/jls"),
    **dict.fromkeys([_JPEG + "90", _JPEG + "91"], "image/jp2"),
    **dict.fromkeys([_JPEG + "92", _JPEG + "93"], "image/jpx"),
    **dict.fromkeys([_JPEG + "201", _JPEG + "202", _JPEG + "203"], "image/jphc"),
    **dict.fromkeys([_JPEG + "110", _JPEG + "111", _JPEG + "112"], "image/jxl"),
    "1.2.840.10008.1.2.5": "image/dicom-rle",
    **dict.fromkeys([_JPEG + "100", _JPEG + "101"], "video/mpeg"),
    **dict.fromkeys([f"{_JPEG}{number}" for number in range(102, 109)], "video/mp4"),
}


@door
def frames(request: StaffRequest, frames: str = "", **where: str) -> HttpResponseBase:
    """The frames of a list, numbered from 1; without a list all of them."""
    stored = finding.one(request, where, with_layout=True)
    numbers = numbers_in(frames, stored)
    finding.viewed(request, stored)
    usual, made = offers_of(stored, numbers), partial(_images, numbers)
    offer = chosen(request, stored, usual, made, [number - 1 for number in numbers])
    etag = etag_of(stored.sha256, "frames", frames, offer)
    answer = unchanged(request, etag, FOR_GOOD)
    if answer is None:
        answer = _answer(stored, numbers, offer, etag)
    return labelled(answer, etag, FOR_GOOD)


def numbers_in(text: str, stored: Stored) -> list[int]:
    """The frame numbers of an address. Raises BadQuestion, or NotHere for one that is not there."""
    if not stored.has_pixels:
        raise NotHere(_("This object has no pixels."))
    if text and not _LIST.fullmatch(text):
        raise BadQuestion(_("Frames are numbers from 1, separated by commas."))
    count = 1 if _is_stream(stored) else stored.frames
    numbers = [int(number) for number in text.split(",")] if text else list(range(1, count + 1))
    if len(numbers) > MOST_FRAMES:
        raise BadQuestion(_("Ask for fewer frames at once."))
    if min(numbers) < 1:
        raise BadQuestion(_("Frames are numbered from 1."))
    if max(numbers) > count:
        raise NotHere(_("The object has %(count)s frames.") % {"count": count})
    return numbers


def offers_of(stored: Stored, numbers: list[int]) -> list[Offer]:
    """As stored first, then decoded; several frames only in a multipart answer."""
    kinds = []
    if stored.layout is not None and "offset" not in stored.layout:
        syntax = stored.transfer_syntax
        media = MEDIA.get(syntax)
        kinds = [(media, syntax)] if media else []
        kinds.append((OCTETS, syntax))
    if not _is_stream(stored):
        kinds.append((OCTETS, EXPLICIT))
    return _forms(kinds, numbers)


def _images(numbers: list[int], syntaxes: Iterable[str]) -> list[Offer]:
    return _forms([(MEDIA[one], one) for one in syntaxes], numbers)


def _forms(kinds: list[tuple[str, str]], numbers: list[int]) -> list[Offer]:
    """In multipart, and a single frame also alone."""
    together = [Offer(media, syntax, is_multipart=True) for media, syntax in kinds]
    alone = [Offer(media, syntax) for media, syntax in kinds] if len(numbers) == 1 else []
    return together + alone


def _is_stream(stored: Stored) -> bool:
    """Video: one stream, whose frames cannot be taken out singly."""
    return stored.layout is not None and "stream" in stored.layout


def _answer(stored: Stored, numbers: list[int], offer: Offer, etag: str) -> HttpResponseBase:
    boundary = boundary_for(etag)
    if len(numbers) > 1 or _is_stream(stored):
        stored.place.stat()  # a missing file is said before the answer has begun
    if _is_stream(stored):
        if offer.is_multipart:
            return multipart([Part(offer.content_type, _stream(stored))], offer.media, boundary)
        return HttpResponse(b"".join(_stream(stored)), content_type=offer.content_type)
    images = (frame_bytes(stored, number, offer.syntax) for number in numbers)
    first = next(images)  # so is a frame that cannot be had
    if len(numbers) > 1:
        parts = (Part(offer.content_type, [data]) for data in itertools.chain([first], images))
        return multipart(parts, offer.media, boundary)
    if offer.is_multipart:
        return one_part(first, offer.content_type, offer.media, boundary)
    return HttpResponse(first, content_type=offer.content_type)


def _stream(stored: Stored) -> Iterator[bytes]:
    for offset, length in _slices(stored.layout or {}, 1):
        yield from pieces_of(stored.place, Slice(offset, length))


def frame_bytes(stored: Stored, number: int, syntax: str) -> bytes:
    """One frame (from 1) in its stored transfer syntax, decoded to Explicit VR Little Endian, or
    compressed without loss.

    Raises NotUsable when it has to be decoded or compressed and cannot be.
    """
    if syntax in LOSSLESS and syntax != stored.transfer_syntax:
        return limited.compress(stored.place, number - 1, syntax).data
    layout = stored.layout
    if layout is not None and (syntax == stored.transfer_syntax or "offset" in layout):
        return _read(stored.place, _slices(layout, number))
    decoded = limited.decode(stored.place, number - 1)
    if stored.bits_allocated == 1 and decoded.bits_allocated > 1:
        return packed(decoded.data)
    return decoded.data


def _slices(layout: dict[str, Any], number: int) -> list[list[int]]:
    """Where the bytes of one frame lie in the file: offset and length of each piece."""
    if "offset" in layout:
        size = layout["frame_size"]
        return [[layout["offset"] + (number - 1) * size, size]]
    pieces: list[list[int]] = (
        layout["stream"] if "stream" in layout else layout["frames"][number - 1]
    )
    return pieces


def _read(place: Path, slices: list[list[int]]) -> bytes:
    descriptor = os.open(place, os.O_RDONLY | os.O_CLOEXEC)
    try:
        pieces = [read_at(descriptor, length, offset) for offset, length in slices]
    finally:
        os.close(descriptor)
    if any(len(piece) != length for piece, (_at, length) in zip(pieces, slices, strict=True)):
        raise CannotBeShown(_("The stored file is shorter than it was."))
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def packed(samples: bytes) -> bytes:
    """Samples of 0 and 1 as bits, the first in the lowest bit (PS3.5 8.1.1), as headers promise."""
    length = (len(samples) + 7) // 8
    padded = samples.ljust(length * 8, b"\0")
    bits = sum(int.from_bytes(padded[bit::8], "big") << bit for bit in range(8))
    return bits.to_bytes(length, "big")
