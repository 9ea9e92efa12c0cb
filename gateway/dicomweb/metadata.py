"""The attributes of instances without their bulk (PS3.18 10.4.1.1.2), from the stored headers."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import patch_vary_headers

from gateway.dicomweb import finding
from gateway.dicomweb.accept import Offer, choose
from gateway.dicomweb.answers import (
    ASK_AGAIN,
    Part,
    boundary_for,
    etag_of,
    labelled,
    multipart,
    unchanged,
)
from gateway.dicomweb.doors import door
from gateway.dicomweb.roots import root_of
from gateway.dicomweb.xml_model import XML, document
from staff.access import StaffRequest
from studies.headers import joined, unpack, with_addresses

if TYPE_CHECKING:
    from studies.models.queries import InstanceQuerySet

VERSION = 1  # of what is made of the same header: part of the validator
HEADERS_AT_ONCE = 200
Kept = tuple[bytes, str]
JSON_TYPES = ("application/dicom+json", "application/json")
# XML alone has no lists: whoever asks for it gets parts as well.
OFFERS = [*map(Offer, JSON_TYPES), Offer(XML, is_multipart=True), Offer(XML)]
DEFLATE = "deflate"  # the form in which headers are kept (RFC 9110 8.4.1.2)
_TAKES_DEFLATE = re.compile(r"deflate(;q=(?!0(\.0*)?$).*)?")
_COLUMNS = (
    "header__json",
    "sop_instance_uid",
    "series__series_instance_uid",
    "series__study__study_instance_uid",
)


@door
def metadata(request: StaffRequest, **where: str) -> HttpResponseBase:
    """Of a study, a series or one instance, sent while it is being read: a JSON array, or one XML
    document a part."""
    instances = finding.scope(request.user, **where)
    extent = finding.extent(instances)
    finding.viewed(request, extent)
    offer = choose(request, OFFERS)
    root, encoding = root_of(request), encoding_for(request, offer)
    etag = etag_of("metadata", VERSION, extent, root, offer.media, encoding, *where.values())
    answer = unchanged(request, etag, ASK_AGAIN)
    if answer is None:
        kept = _kept(instances, root, is_small=extent.count <= HEADERS_AT_ONCE)
        answer = _answer(kept, offer, encoding, etag)
        if encoding:
            answer["Content-Encoding"] = encoding
    patch_vary_headers(answer, ["Accept-Encoding"])
    return labelled(answer, etag, ASK_AGAIN)


def encoding_for(request: HttpRequest, offer: Offer) -> str:
    """Headers are sent on in the form in which they are kept, to whoever takes it."""
    taken = request.headers.get("Accept-Encoding", "").lower().replace(" ", "").split(",")
    wanted = any(_TAKES_DEFLATE.fullmatch(one) for one in taken)
    return DEFLATE if wanted and offer.media != XML else ""


def _answer(
    kept: list[Kept] | Iterator[Kept], offer: Offer, encoding: str, etag: str
) -> HttpResponseBase:
    """In one go when it is little, else while it is being read."""
    if offer.media == XML:
        return multipart(_documents(_headers(kept)), XML, boundary_for(etag))
    pieces = joined(kept, HEADERS_AT_ONCE) if encoding else _array(_headers(kept))
    if isinstance(kept, list):
        return HttpResponse(b"".join(pieces), content_type=offer.media)
    return StreamingHttpResponse(pieces, content_type=offer.media)


def _kept(
    instances: "InstanceQuerySet", root: str, *, is_small: bool
) -> list[Kept] | Iterator[Kept]:
    """Each header as it is kept, and the address of its instance."""
    rows = instances.filter(header__isnull=False).in_order().values_list(*_COLUMNS)
    found = (
        (bytes(packed), f"{root}/studies/{study}/series/{series}/instances/{sop}/")
        for packed, sop, series, study in (rows if is_small else rows.iterator(HEADERS_AT_ONCE))
    )
    return list(found) if is_small else found


def _headers(kept: Iterable[Kept]) -> Iterator[bytes]:
    """The DICOM JSON object of each instance."""
    return (with_addresses(unpack(packed), address) for packed, address in kept)


def _documents(headers: Iterator[bytes]) -> Iterator[Part]:
    """Each instance as XML."""
    return (Part(XML, [document(json.loads(header))]) for header in headers)


def _array(headers: Iterator[bytes]) -> Iterator[bytes]:
    """Pieces of the array, many objects to a piece."""
    lead, piece = b"[", b""
    for index, header in enumerate(headers):
        piece += lead + header
        lead = b","
        if index % HEADERS_AT_ONCE == HEADERS_AT_ONCE - 1:
            yield piece
            piece = b""
    yield (piece or lead.strip(b",")) + b"]"
