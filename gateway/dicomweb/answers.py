"""The forms in which bytes leave: multipart, files in pieces, and how long they may be kept."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TypeVar

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers

from gateway.dicomweb.ranges import PIECE, Slice, pieces_of, wanted_slices

DAY = 24 * 3600
Answer = TypeVar("Answer", bound=HttpResponseBase)
Read = Callable[[Slice], Iterable[bytes]]  # the bytes of a slice

FOR_GOOD = f"private, max-age={DAY}, immutable"  # stored bytes never change
ASK_AGAIN = "private, no-cache"  # may grow: kept, but asked about each time
KEEP_NOTHING = "no-store"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a multipart answer. `pieces` is read when its turn comes."""

    content_type: str
    pieces: Iterable[bytes]
    location: str = ""
    content_range: str = ""


def etag_of(*words: object) -> str:
    """A strong validator made of everything that decides about the bytes."""
    said = "|".join(map(str, words)).encode()
    return f'"{hashlib.blake2b(said, digest_size=16).hexdigest()}"'


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
        yield f"{lead}{_head_of(part)}\r\n".encode()
        yield from part.pieces
        lead = f"\r\n--{boundary}\r\n"
    yield f"\r\n--{boundary}--\r\n".encode()


def _head_of(part: Part) -> str:
    named = {
        "Content-Type": part.content_type,
        "Content-Location": part.location,
        "Content-Range": part.content_range,
    }
    return "".join(f"{name}: {value}\r\n" for name, value in named.items() if value)


def one_part(data: bytes, content_type: str, media: str, boundary: str) -> HttpResponse:
    """A multipart answer of a single part that is already in memory, with its length."""
    body = b"".join(multipart_pieces([Part(content_type, [data])], boundary))
    return HttpResponse(body, content_type=multipart_type(media, boundary))


def file_answer(request: HttpRequest, path: Path, content_type: str, etag: str) -> HttpResponseBase:
    """A file as it is, whole or the ranges that were asked for. Raises FileNotFoundError."""
    size = path.stat().st_size
    wanted = Wanted(asked_for(request, size, etag), size, content_type, boundary_for(etag))
    pieces = wanted.pieces(lambda part: pieces_of(path, part))
    if wanted.length <= PIECE:  # small things go out in one go
        return HttpResponse(b"".join(pieces), status=wanted.status, headers=wanted.headers)
    return StreamingHttpResponse(pieces, status=wanted.status, headers=wanted.headers)


def bytes_answer(request: HttpRequest, data: bytes, content_type: str, etag: str) -> HttpResponse:
    """The same for bytes that are in memory already."""
    size = len(data)
    wanted = Wanted(asked_for(request, size, etag), size, content_type, boundary_for(etag))
    pieces = wanted.pieces(lambda part: [data[part.start : part.end]])
    return HttpResponse(b"".join(pieces), status=wanted.status, headers=wanted.headers)


def asked_for(request: HttpRequest, size: int, etag: str) -> list[Slice]:
    """The ranges that the client wants of these very bytes; none for all of them.

    Only GET has ranges (RFC 9110 14.2). With If-Range they are of the bytes that it names, by a
    strong validator (13.1.5); nothing here has a date to compare with.
    """
    asked = request.META.get("HTTP_RANGE", "")
    if not asked or request.method != "GET" or request.META.get("HTTP_IF_RANGE", etag) != etag:
        return []
    return wanted_slices(asked, size)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is sent of some bytes: all of them, one slice, or several slices in parts."""

    slices: list[Slice]  # none: all of them
    size: int
    content_type: str
    boundary: str

    @property
    def status(self) -> HTTPStatus:
        return HTTPStatus.PARTIAL_CONTENT if self.slices else HTTPStatus.OK

    @property
    def is_in_parts(self) -> bool:
        return len(self.slices) > 1

    @property
    def length(self) -> int:
        """Bytes of the body."""
        if not self.slices:
            return self.size
        around = sum(map(len, self._parts(lambda _part: ()))) if self.is_in_parts else 0
        return around + sum(part.length for part in self.slices)

    @property
    def headers(self) -> dict[str, str]:
        """A body in parts says in each of them where it lies, and nowhere else (15.3.7.2)."""
        media = f"multipart/byteranges; boundary={self.boundary}"
        told = {
            "Content-Type": media if self.is_in_parts else self.content_type,
            "Content-Length": str(self.length),
            "Accept-Ranges": "bytes",
        }
        if len(self.slices) == 1:
            told["Content-Range"] = self.slices[0].content_range(self.size)
        return told

    def pieces(self, read: Read) -> Iterable[bytes]:
        """The body. `read` gives the bytes of a slice, and is asked when its turn comes."""
        if self.is_in_parts:
            return self._parts(read)
        return read(self.slices[0] if self.slices else Slice(0, self.size))

    def _parts(self, read: Read) -> Iterator[bytes]:
        parts = (
            Part(self.content_type, read(one), content_range=one.content_range(self.size))
            for one in self.slices
        )
        return multipart_pieces(parts, self.boundary)
