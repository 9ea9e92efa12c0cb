"""Pictures drawn for people: rendered images (PS3.18 10.4.1.1.3), and documents as they are."""

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from common.files import absolute
from gateway.dicomweb import finding
from gateway.dicomweb.accept import Offer, choose
from gateway.dicomweb.answers import (
    ASK_AGAIN,
    FOR_GOOD,
    Part,
    boundary_for,
    bytes_answer,
    etag_of,
    file_answer,
    labelled,
    multipart,
    unchanged,
)
from gateway.dicomweb.bulkdata import DOCUMENT, PDF, download, is_pdf, value_of
from gateway.dicomweb.cine import GIF, moving
from gateway.dicomweb.doors import CannotBeShown, NotAcceptable, Trouble, door
from gateway.dicomweb.finding import Stored
from gateway.dicomweb.frames import numbers_in
from gateway.dicomweb.kept_pictures import SIDE, Kept, kept_picture
from gateway.dicomweb.roots import root_of
from gateway.dicomweb.wishes import Wishes, wishes_in
from staff.access import StaffRequest
from studies import limited
from studies.facts import NotUsable, Picture
from studies.models import Instance

if TYPE_CHECKING:
    from studies.models.queries import InstanceQuerySet

VERSION = 2  # of how pictures are drawn: part of the validator
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG"}
ALONE = [Offer(media) for media in FORMATS]
TOGETHER = [Offer(media, is_multipart=True) for media in FORMATS]
MOVING = [Offer(GIF)]


@door
def instance(request: StaffRequest, **where: str) -> HttpResponseBase:
    """One instance: its telling frame, or all frames to who asks for multipart."""
    stored = finding.one(request, where, with_layout=True)
    finding.viewed(request, stored)
    if stored.kind == Instance.Kind.PDF:
        return _document(request, stored)
    if not stored.has_pixels:
        raise NotAcceptable(_("There is nothing to draw in this object."))
    offer = choose(request, [*ALONE, *TOGETHER, *(MOVING if stored.frames > 1 else ())])
    if offer.media == GIF:
        return _moving(request, stored, numbers_in("", stored), offer)
    if offer.is_multipart:
        numbers = numbers_in("", stored)
        return _together(request, ((stored, number) for number in numbers), offer)
    return _alone(request, stored, None, offer)


@door
def frames(request: StaffRequest, frames: str, **where: str) -> HttpResponseBase:
    """The frames of a list; a single one also outside of multipart."""
    stored = finding.one(request, where, with_layout=True)
    numbers = numbers_in(frames, stored)
    finding.viewed(request, stored)
    offer = choose(request, ALONE + TOGETHER if len(numbers) == 1 else TOGETHER + MOVING)
    if offer.media == GIF:
        return _moving(request, stored, numbers, offer)
    if offer.is_multipart:
        return _together(request, ((stored, number) for number in numbers), offer)
    return _alone(request, stored, numbers[0], offer)


@door
def several(request: StaffRequest, **where: str) -> HttpResponseBase:
    """A study or series: one picture that stands for it, or all of them in multipart."""
    offer = choose(request, ALONE + TOGETHER)
    if not offer.is_multipart:
        stored = finding.telling(request, where)
        finding.viewed(request, stored)
        if not stored.has_pixels:
            raise NotAcceptable(_("There is nothing to draw in these objects."))
        return _alone(request, stored, None, offer, ASK_AGAIN)
    instances = finding.scope(request.user, **where)
    finding.viewed(request, finding.extent(instances))
    return _together(request, _all_frames(instances), offer)


def _all_frames(instances: "InstanceQuerySet") -> Iterator[tuple[Stored, int]]:
    for stored in finding.each(instances.with_pixels()):
        for number in range(1, stored.frames + 1):
            yield stored, number


def drawn(stored: Stored, number: int | None, wishes: Wishes, media: str) -> Picture:
    """One frame (from 1; None: a telling one) as a picture.

    Raises CannotBeShown or NotUsable: nobody is shown a pictogram where an image was asked for.
    """
    stored.place.stat()
    picture = limited.draw(
        stored.place,
        frame=None if number is None else number - 1,
        size=wishes.longer_side(stored),
        window=wishes.window,
        image_format=FORMATS[media],
        quality=wishes.quality,
        region=wishes.part_of(stored),
        function=wishes.function,
        annotation=wishes.annotation,
    )
    if picture.kind != "MADE":
        raise CannotBeShown(picture.fault or _("This frame cannot be shown."))
    return picture


def _alone(
    request: StaffRequest, stored: Stored, number: int | None, offer: Offer, keep: str = FOR_GOOD
) -> HttpResponseBase:
    wishes = wishes_in(request)
    kept = _kept(request, stored, number, wishes, offer.media)
    etag = etag_of(stored.sha256, "rendered", VERSION, number, wishes, offer, kept)
    answer = unchanged(request, etag, keep)
    if answer is None and kept is not None:
        answer = file_answer(request, absolute(kept.path), offer.media, etag)
    elif answer is None:
        picture = drawn(stored, number, wishes, offer.media)
        answer = HttpResponse(picture.data, content_type=picture.media_type)
    return labelled(answer, etag, keep)


def _kept(
    request: StaffRequest, stored: Stored, number: int | None, wishes: Wishes, media: str
) -> Kept | None:
    """The picture that a worker has drawn already, where it is the one that is wished."""
    if not wishes.are_plain or wishes.longer_side(stored) != SIDE:
        return None
    kept = kept_picture(request, stored, number)
    if kept is None or not kept.shows_pixels or kept.media != media:
        return None
    return kept if absolute(kept.path).exists() else None


def _moving(
    request: StaffRequest, stored: Stored, numbers: list[int], offer: Offer
) -> HttpResponseBase:
    """Several frames as one picture that plays."""
    wishes = wishes_in(request)
    etag = etag_of(stored.sha256, "moving", VERSION, numbers, wishes, offer)
    answer = unchanged(request, etag, FOR_GOOD)
    if answer is None:
        stored.place.stat()
        answer = HttpResponse(moving(stored, numbers, wishes), content_type=offer.media)
    return labelled(answer, etag, FOR_GOOD)


def _together(
    request: StaffRequest, wanted: Iterable[tuple[Stored, int]], offer: Offer
) -> HttpResponseBase:
    """Drawn one after the other while they are sent. A broken one is a part that says why."""
    parts = _parts(wanted, wishes_in(request), offer, root_of(request))
    boundary = boundary_for(etag_of(request.get_full_path(), offer))
    return labelled(multipart(parts, offer.media, boundary), "", "private, no-cache")


def _parts(
    wanted: Iterable[tuple[Stored, int]], wishes: Wishes, offer: Offer, root: str
) -> Iterator[Part]:
    for stored, number in wanted:
        location = f"{root}{stored.address}/frames/{number}/rendered"
        try:
            picture = drawn(stored, number, wishes, offer.media)
        except (Trouble, NotUsable, OSError) as why:
            sentence = getattr(why, "sentence", _("The stored file of this object is missing."))
            reason = json.dumps({"detail": str(sentence)}).encode()
            yield Part("application/json", [reason], location)
        else:
            yield Part(picture.media_type, [picture.data], location)


def _document(request: StaffRequest, stored: Stored) -> HttpResponseBase:
    """A PDF is its own rendering, if it is one."""
    offer = choose(request, [Offer(PDF)])
    etag = etag_of(stored.sha256, "document", offer)
    answer = unchanged(request, etag, FOR_GOOD)
    if answer is None:
        data = value_of(stored, DOCUMENT)
        if not is_pdf(stored, data):
            raise CannotBeShown(_("The document in this object is not a PDF."))
        answer = download(bytes_answer(request, data, PDF, etag), stored, PDF)
    return labelled(answer, etag, FOR_GOOD)
