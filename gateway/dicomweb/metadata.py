"""The attributes of instances without their bulk (PS3.18 10.4.1.1.2), from the stored headers."""

import json
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.http import HttpResponseBase, StreamingHttpResponse

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

if TYPE_CHECKING:
    from studies.models.queries import InstanceQuerySet

VERSION = 1  # of what is made of the same header: part of the validator
HEADERS_AT_ONCE = 100
JSON_TYPES = ("application/dicom+json", "application/json")
# XML alone has no lists: whoever asks for it gets parts as well.
OFFERS = [*map(Offer, JSON_TYPES), Offer(XML, is_multipart=True), Offer(XML)]
# Inside a JSON text every quote is escaped, so these bytes are only ever the member's own name.
_BULK = b'"BulkDataURI":"'
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
    root = root_of(request)
    etag = etag_of("metadata", VERSION, extent, root, offer.media, *where.values())
    answer = unchanged(request, etag, ASK_AGAIN)
    if answer is None:
        headers = _headers(instances, root)
        answer = (
            multipart(_documents(headers), XML, boundary_for(etag))
            if offer.media == XML
            else StreamingHttpResponse(_array(headers), content_type=offer.media)
        )
    return labelled(answer, etag, ASK_AGAIN)


def _headers(instances: "InstanceQuerySet", root: str) -> Iterator[bytes]:
    """The DICOM JSON object of each instance."""
    rows = instances.filter(header__isnull=False).in_order().values_list(*_COLUMNS)
    for packed, sop, series, study in rows.iterator(HEADERS_AT_ONCE):
        address = f"{root}/studies/{study}/series/{series}/instances/{sop}/"
        yield with_addresses(zlib.decompress(packed), address)


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


def with_addresses(header: bytes, address: str) -> bytes:
    """The stored header names bulk relative to its instance; clients get whole addresses."""
    return header.replace(_BULK, _BULK + address.encode())
