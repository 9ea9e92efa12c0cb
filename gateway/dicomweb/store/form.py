"""The form of a body: which parts there are, read while it arrives (RFC 2387, PS3.18 8.6).

What does not follow the form raises `BadForm`: half of an object must never look like a whole one.
"""

from collections.abc import Callable
from typing import Protocol

from django.utils.http import parse_header_parameters
from django.utils.translation import gettext as _
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser

from gateway.dicomweb.doors import BadQuestion, Trouble

DICOM = "application/dicom"
MULTIPART = "multipart/related"
PIECE = 256 * 1024  # stays in the processor's cache from the socket to the file
LONGEST_BOUNDARY = 200  # RFC 2046 5.1.1 allows 70; Orthanc's DICOMweb plugin writes 73
MOST_HEADERS, LONGEST_HEADER = 16, 4096
PLAIN_ENCODINGS = {"", "7bit", "8bit", "binary"}

Read = Callable[[int], bytes]
Headers = dict[str, str]


class BadForm(BadQuestion):
    """The body is not what its header says. Nothing of it is taken."""


class OtherMedia(Trouble):
    """A body of a kind that is not taken here."""

    status = 415  # type: ignore[assignment]


class Taker(Protocol):
    """Whoever takes the parts: each is begun, written in pieces, and ended."""

    def begin(self, headers: Headers) -> None: ...
    def write(self, piece: memoryview) -> None: ...
    def end(self) -> None: ...


def read_body(content_type: str, read: Read, taker: Taker) -> None:
    """Hand every part of a body to `taker`. Raises OtherMedia or BadForm."""
    media, parameters = parse_header_parameters(content_type)
    if media == MULTIPART:
        inner = parameters.get("type", DICOM).strip().lower()
        if inner != DICOM:
            raise OtherMedia(
                _("Send objects as application/dicom; %(type)s is not taken here.")
                % {"type": inner[:80]}
            )
        Parts(parameters.get("boundary", ""), taker).read_all(read)
    elif media == DICOM:
        _read_single(read, taker)
    else:
        raise OtherMedia(_('Send multipart/related; type="application/dicom".'))


def _read_single(read: Read, taker: Taker) -> None:
    """One object that is the whole body."""
    taker.begin({"content-type": DICOM})
    while piece := read(PIECE):
        taker.write(memoryview(piece))
    taker.end()


class Parts:
    """The parts of a multipart body, from the calls of the parser."""

    def __init__(self, boundary: str, taker: Taker) -> None:
        if not 0 < len(boundary) <= LONGEST_BOUNDARY or not boundary.isascii():
            raise BadForm(_("Content-Type names no boundary, or one that cannot be."))
        self.taker = taker
        self.count = 0
        self.is_complete = False
        self._headers: Headers = {}
        self._name, self._value = b"", b""
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._add_to_name,
                "on_header_value": self._add_to_value,
                "on_header_end": self._end_header,
                "on_headers_finished": self._hand_on,
                "on_part_data": self._write,
                "on_part_end": taker.end,
                "on_end": self._complete,
            },
            max_header_count=MOST_HEADERS,
            max_header_size=LONGEST_HEADER,
        )

    def read_all(self, read: Read) -> None:
        """Read to the end of the body. What follows the final boundary means nothing."""
        try:
            while piece := read(PIECE):
                if not self.is_complete:
                    self._parser.write(piece)
        except FormParserError:
            raise BadForm(_("The parts of the body are not divided as they should be.")) from None
        if not self.is_complete:
            raise BadForm(_("The body ends before its final boundary."))

    def _begin(self) -> None:
        self._headers = {}

    def _add_to_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _add_to_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _end_header(self) -> None:
        self._headers[self._name.decode("ascii").lower()] = self._value.decode("latin-1")
        self._name, self._value = b"", b""

    def _hand_on(self) -> None:
        self.taker.begin(self._headers)

    def _write(self, data: bytes, start: int, end: int) -> None:
        self.taker.write(memoryview(data)[start:end])

    def _complete(self) -> None:
        self.is_complete = True


def is_object(headers: Headers) -> bool:
    """Does a part call itself an object, sent as it is? One that says nothing does."""
    media, _parameters = parse_header_parameters(headers.get("content-type", DICOM))
    encoding = headers.get("content-transfer-encoding", "").strip().lower()
    return media == DICOM and encoding in PLAIN_ENCODINGS
