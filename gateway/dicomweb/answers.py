"""The forms in which bytes leave: multipart, files in pieces, and how long they may be kept."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TypeVar

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers

from gateway.dicomweb.ranges import PIECE, Slice, pieces_of, wanted_slice

DAY = 24 * 3600
Answer = TypeVar("Answer", bound=HttpResponseBase)

FOR_GOOD = f"private, max-age={DAY}, immutable"  # stored bytes never change
ASK_AGAIN = "private, no-cache"  # may grow: kept, but asked about each time
KEEP_NOTHING = "no-store"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a multipart answer. `pieces` is read when its turn comes."""

    content_type: str
    pieces: Iterable[bytes]
    location: str = ""


def etag_of(*words: object) -> str:
    """A strong validator made of everything that decides about the bytes."""
    return f'"{hashlib.sha256("|".join(map(str, words)).encode()).hexdigest()[:32]}"'


def unchanged(request: HttpRequest, etag: str, keep: str) -> HttpResponseBase | None:
    """304 when the client has these bytes already, else None."""
    if "HTTP_IF_NONE_MATCH" not in request.META:
        return None
    answer = get_conditional_response(request, etag=etag)
    return labelled(answer, etag, keep) if answer is not None else None


def labelled(answer: Answer, etag: str, keep: str) -> Answer:
    """Say how long the answer may be kept, by whom, and how to ask whether it changed."""
    answer["Cache-Control"] = keep
    if etag:
        answer["ETag"] = etag
    answer["X-Content-Type-Options"] = "nosniff"
    patch_vary_headers(answer, ("Accept", "Authorization", "Cookie"))
    return answer


def boundary_for(etag: str) -> str:
    """The same bytes get the same boundary, as a strong validator promises."""
    return f"part-{etag.strip(chr(34))}"


def multipart(parts: Iterable[Part], media: str, boundary: str) -> StreamingHttpResponse:
    """multipart/related (RFC 2387), one part after the other and never all at once."""
    return StreamingHttpResponse(
        multipart_pieces(parts, boundary), content_type=multipart_type(media, boundary)
    )


def multipart_type(media: str, boundary: str) -> str:
    return f'multipart/related; type="{media}"; boundary={boundary}'


def multipart_pieces(parts: Iterable[Part], boundary: str) -> Iterator[bytes]:
    """The body: each part's header with its first piece, then the rest of it."""
    lead = f"--{boundary}\r\n"
    for part in parts:
        location = f"Content-Location: {part.location}\r\n" if part.location else ""
        yield f"{lead}Content-Type: {part.content_type}\r\n{location}\r\n".encode()
        yield from part.pieces
        lead = f"\r\n--{boundary}\r\n"
    yield f"\r\n--{boundary}--\r\n".encode()


def one_part(data: bytes, content_type: str, media: str, boundary: str) -> HttpResponse:
    """A multipart answer of a single part that is already in memory, with its length."""
    body = b"".join(multipart_pieces([Part(content_type, [data])], boundary))
    return HttpResponse(body, content_type=multipart_type(media, boundary))


def file_answer(request: HttpRequest, path: Path, content_type: str, etag: str) -> HttpResponseBase:
    """A file as it is, whole or the range that was asked for. Raises FileNotFoundError."""
    size = path.stat().st_size
    part = asked_for(request, size, etag)
    whole = part or Slice(0, size)
    pieces = pieces_of(path, whole)
    answer: HttpResponse | StreamingHttpResponse
    if whole.length <= PIECE:  # small things go out in one go
        answer = HttpResponse(b"".join(pieces), content_type=content_type)
    else:
        answer = StreamingHttpResponse(pieces, content_type=content_type)
    return _in_ranges(answer, part, size)


def bytes_answer(request: HttpRequest, data: bytes, content_type: str, etag: str) -> HttpResponse:
    """The same for bytes that are in memory already."""
    part = asked_for(request, len(data), etag)
    whole = part or Slice(0, len(data))
    sent = memoryview(data)[whole.start : whole.start + whole.length]
    answer = HttpResponse(sent, content_type=content_type)
    return _in_ranges(answer, part, len(data))


def asked_for(request: HttpRequest, size: int, etag: str) -> Slice | None:
    """The range that the client wants of these very bytes; None for all of them."""
    asked = request.headers.get("Range", "")
    if asked and request.headers.get("If-Range", etag) != etag:
        return None  # the client's first part is of other bytes
    return wanted_slice(asked, size) if asked else None


def _in_ranges(answer: Answer, part: Slice | None, size: int) -> Answer:
    answer["Content-Length"] = str(part.length if part else size)
    answer["Accept-Ranges"] = "bytes"
    if part is not None:
        answer.status_code = HTTPStatus.PARTIAL_CONTENT
        answer["Content-Range"] = part.content_range(size)
    return answer
