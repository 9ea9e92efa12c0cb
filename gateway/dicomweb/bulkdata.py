"""Bulk values by their place in the object (PS3.18 10.4.1.1.5), always as a download.

What a sender put into an object may claim to be a document and be something else, so a browser is
never invited to open it here: attachment, no guessing of types, and a sandbox without rights.
"""

import re

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from gateway.dicomweb import finding
from gateway.dicomweb.accept import EXPLICIT, OCTETS, Offer, choose
from gateway.dicomweb.answers import (
    FOR_GOOD,
    boundary_for,
    bytes_answer,
    etag_of,
    labelled,
    one_part,
    unchanged,
)
from gateway.dicomweb.doors import NotHere, door
from gateway.dicomweb.finding import Stored
from staff.access import StaffRequest
from studies import limited
from studies.facts import NotUsable
from studies.models import Instance

DOCUMENT = "00420011"  # Encapsulated Document
PDF = "application/pdf"
_TAG_PATH = re.compile(r"[0-9A-F]{8}(/[0-9]{1,6}/[0-9A-F]{8}){0,64}")


@door
def bulkdata(request: StaffRequest, tag_path: str, **where: str) -> HttpResponseBase:
    """One value: by its tag, or by tag/item/tag inside sequences, items counted from 0."""
    stored = finding.one(request, where)
    finding.viewed(request, stored)
    data = value_of(stored, tag_path)
    offers = [Offer(OCTETS, EXPLICIT), Offer(OCTETS, EXPLICIT, is_multipart=True)]
    if tag_path == DOCUMENT and is_pdf(stored, data):
        offers.insert(0, Offer(PDF))
    offer = choose(request, offers)
    etag = etag_of(stored.sha256, "bulkdata", tag_path, offer)
    answer = unchanged(request, etag, FOR_GOOD)
    if answer is None and offer.is_multipart:
        answer = one_part(data, offer.content_type, offer.media, boundary_for(etag))
    elif answer is None:
        answer = download(bytes_answer(request, data, offer.media, etag), stored, offer.media)
    return labelled(answer, etag, FOR_GOOD)


def value_of(stored: Stored, tag_path: str) -> bytes:
    """The bytes of a bulk value. Raises NotHere when the object has none at that place."""
    if not _TAG_PATH.fullmatch(tag_path.upper()):
        raise NotHere(_("There is no such value in this object."))
    stored.place.stat()
    try:
        return limited.bulk(stored.place, tag_path.upper())
    except NotUsable as why:
        if why.code == "no_such_bulk":
            raise NotHere(_("There is no such value in this object.")) from None
        raise


def is_pdf(stored: Stored, data: bytes) -> bool:
    """A document that is what it says, by its first bytes and not by its header."""
    return stored.kind == Instance.Kind.PDF and data.startswith(b"%PDF-")


def download(answer: HttpResponse, stored: Stored, media: str) -> HttpResponse:
    """Bytes of unknown intent, for keeping and not for opening."""
    suffix = "pdf" if media == PDF else "bin"
    answer["Content-Disposition"] = f'attachment; filename="{stored.sop_uid}.{suffix}"'
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer
