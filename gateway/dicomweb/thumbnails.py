"""Small pictures (PS3.18 10.4.1.1.4): the stored one where there is one, else drawn now.

A thumbnail never fails for what is in the object: what cannot be drawn gets a pictogram.
"""

from django.http import HttpResponse, HttpResponseBase

from common.files import absolute
from gateway.dicomweb import finding
from gateway.dicomweb.accept import Offer, choose
from gateway.dicomweb.answers import (
    ASK_AGAIN,
    FOR_GOOD,
    KEEP_NOTHING,
    etag_of,
    file_answer,
    labelled,
    unchanged,
)
from gateway.dicomweb.doors import door
from gateway.dicomweb.finding import Stored
from gateway.dicomweb.frames import numbers_in
from gateway.dicomweb.kept_pictures import SIDE, kept_picture
from gateway.dicomweb.rendered import ALONE, FORMATS
from gateway.dicomweb.trail import note
from gateway.dicomweb.wishes import wishes_in
from staff.access import StaffRequest
from studies import limited

QUALITY = 85


@door
def several(request: StaffRequest, **where: str) -> HttpResponseBase:
    """The picture that stands for a study or series. It may be another one when more arrives."""
    stored = finding.telling(request, where)
    return _answer(request, stored, None, ASK_AGAIN)


@door
def instance(request: StaffRequest, **where: str) -> HttpResponseBase:
    """The instance's own small picture."""
    return _answer(request, finding.one(request, where), None, FOR_GOOD)


@door
def frame(request: StaffRequest, frames: str, **where: str) -> HttpResponseBase:
    """A small picture of one frame; of a list, of its first."""
    stored = finding.one(request, where, with_layout=True)
    return _answer(request, stored, numbers_in(frames, stored)[0], FOR_GOOD)


def _answer(
    request: StaffRequest, stored: Stored, number: int | None, keep: str
) -> HttpResponseBase:
    note("study.previewed", stored.study_pk, stored.patient_pk, request.user)
    kept = kept_picture(request, stored, number) if "viewport" not in request.GET else None
    offer = choose(request, [Offer(kept.media), *ALONE] if kept else ALONE)
    if kept is not None and offer.media != kept.media:
        kept = None
    etag = etag_of(stored.sha256, "thumbnail", number, kept.path if kept else "", offer)
    if kept is None:
        return _drawn(request, stored, number, offer)
    answer = unchanged(request, etag, keep)
    if answer is not None:
        return answer
    try:
        answer = file_answer(request, absolute(kept.path), offer.media, etag)
    except FileNotFoundError:  # it can be made again at any time
        return _drawn(request, stored, number, offer)
    return labelled(answer, etag, keep)


def _drawn(
    request: StaffRequest, stored: Stored, number: int | None, offer: Offer
) -> HttpResponseBase:
    wishes = wishes_in(request, QUALITY)
    stored.place.stat()
    picture = limited.draw(
        stored.place,
        frame=None if number is None else number - 1,
        size=min(max(wishes.viewport), 1024) if wishes.viewport else SIDE,
        window=wishes.window,
        image_format=FORMATS[offer.media],
        quality=wishes.quality,
        function=wishes.function,
    )
    answer = HttpResponse(picture.data, content_type=picture.media_type)
    return labelled(answer, "", KEEP_NOTHING)
