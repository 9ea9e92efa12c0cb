"""Whole objects of an instance, a series or a study, as they are stored (PS3.18 10.4.1.1.1)."""

import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.http import HttpResponseBase

from gateway.dicomweb import finding
from gateway.dicomweb.accept import Offer, choose
from gateway.dicomweb.answers import (
    ASK_AGAIN,
    FOR_GOOD,
    Part,
    boundary_for,
    etag_of,
    file_answer,
    labelled,
    multipart,
    unchanged,
)
from gateway.dicomweb.doors import door
from gateway.dicomweb.finding import Stored
from gateway.dicomweb.ranges import Slice, pieces_of
from gateway.dicomweb.roots import root_of
from staff.access import StaffRequest

if TYPE_CHECKING:
    from studies.models.queries import InstanceQuerySet

DICOM = "application/dicom"


@door
def instance(request: StaffRequest, **where: str) -> HttpResponseBase:
    """One object: in a multipart answer, or alone (then by byte ranges too)."""
    stored = finding.one(request, where)
    finding.retrieved(request, stored)
    offers = [
        Offer(DICOM, stored.transfer_syntax, is_multipart=is_multipart)
        for is_multipart in (True, False)
    ]
    offer = choose(request, offers)
    etag = etag_of(stored.sha256, offer)
    answer = unchanged(request, etag, FOR_GOOD)
    if answer is None and offer.is_multipart:
        stored.place.stat()  # a missing file is said before the answer has begun
        parts = _parts(iter([stored]), root_of(request))
        answer = multipart(parts, DICOM, boundary_for(etag))
    elif answer is None:
        answer = file_answer(request, stored.place, offer.content_type, etag)
        answer["Content-Disposition"] = f'attachment; filename="{stored.sop_uid}.dcm"'
    return labelled(answer, etag, FOR_GOOD)


@door
def several(request: StaffRequest, **where: str) -> HttpResponseBase:
    """All objects of a study or series, one after the other; memory does not grow with them."""
    instances = finding.scope(request.user, **where)
    extent = finding.extent(instances)
    finding.retrieved(request, extent)
    choose(request, [Offer(DICOM, _syntax_of(instances), is_multipart=True)])
    parts = _parts(finding.each(instances), root_of(request))
    return labelled(multipart(parts, DICOM, uuid.uuid4().hex), "", ASK_AGAIN)


def _syntax_of(instances: "InstanceQuerySet") -> str:
    """The transfer syntax of all of them, or a word that only fits who does not ask for one."""
    syntaxes = set(instances.values_list("transfer_syntax", flat=True).distinct())
    return syntaxes.pop() if len(syntaxes) == 1 else "various"


def _parts(objects: Iterator[Stored], root: str) -> Iterator[Part]:
    """A missing file breaks the answer off: a client must not take it for complete."""
    for stored in objects:
        yield Part(
            Offer(DICOM, stored.transfer_syntax).content_type,
            pieces_of(stored.place, Slice(0, stored.size)),
            location=root + stored.address,
        )
