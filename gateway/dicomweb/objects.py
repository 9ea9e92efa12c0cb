"""Whole objects of an instance, a series or a study (PS3.18 10.4.1.1.1): as they are stored, or
rewritten into an uncompressed or a lossless syntax for who asks for that."""

import contextlib
import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from django.http import HttpResponseBase, StreamingHttpResponse

from gateway.dicomweb import finding
from gateway.dicomweb.accept import Offer, choose, liked
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
from gateway.dicomweb.lossless import chosen, is_better
from gateway.dicomweb.ranges import Slice, pieces_of
from gateway.dicomweb.roots import root_of
from gateway.dicomweb.zipped import ZIP, zip_pieces
from staff.access import StaffRequest
from studies.facts import NotUsable
from studies.part10 import own_head
from studies.transcoding import EVERY_TARGET, LOSSLESS, TARGETS, Transcoded, transcoded

if TYPE_CHECKING:
    from studies.models.queries import InstanceQuerySet

DICOM = "application/dicom"


@door
def instance(request: StaffRequest, **where: str) -> HttpResponseBase:
    """One object: in a multipart answer, or alone (as stored by byte ranges too)."""
    stored = finding.one(request, where)
    finding.retrieved(request, stored)
    usual = _forms(dict.fromkeys((stored.transfer_syntax, *TARGETS)))
    offer = chosen(request, stored, usual, _forms)
    etag = etag_of(stored.sha256, offer)
    answer = unchanged(request, etag, FOR_GOOD)
    if answer is None and offer.is_multipart:
        stored.place.stat()  # a missing file is said before the answer has begun
        part = _part(stored, offer.syntax, root_of(request))
        answer = multipart(iter([part]), DICOM, boundary_for(etag))
    elif answer is None and offer.media == ZIP:
        part = _part(stored, offer.syntax, root_of(request))
        answer = _packed([(stored, part)], stored.sop_uid)
    elif answer is None:
        answer = _alone(request, stored, offer, etag)
    return labelled(answer, etag, FOR_GOOD)


def _forms(syntaxes: Iterable[str]) -> list[Offer]:
    forms = ((DICOM, True), (DICOM, False), (ZIP, False))
    known = list(syntaxes)
    return [Offer(media, one, together) for media, together in forms for one in known]


def _forms_of_many(syntaxes: Iterable[str]) -> list[Offer]:
    known = list(syntaxes)
    together = [Offer(DICOM, one, is_multipart=True) for one in known]
    return [*together, *(Offer(ZIP, one) for one in known)]


@door
def several(request: StaffRequest, **where: str) -> HttpResponseBase:
    """All objects of a study or series, one after the other; memory does not grow with them."""
    instances = finding.scope(request.user, **where)
    extent = finding.extent(instances)
    finding.retrieved(request, extent)
    usual = _forms_of_many(dict.fromkeys((_syntax_of(instances), *TARGETS)))
    made = _forms_of_many(LOSSLESS)
    if is_better(request, made, usual):
        offer = choose(request, made)
    else:
        offer = choose(request, usual, also=made)
    wanted = _wanted(offer, liked(request, [*usual, *made]))
    etag = etag_of("objects", extent, offer, wanted, root_of(request), *where.values())
    answer = unchanged(request, etag, ASK_AGAIN)
    if answer is None:
        found = _parts(finding.each(instances), wanted, root_of(request))
        if offer.media == ZIP:
            answer = _packed(found, where.get("series") or where["study"])
        else:
            answer = multipart((part for _stored, part in found), DICOM, boundary_for(etag))
    return labelled(answer, etag, ASK_AGAIN)


def _wanted(offer: Offer, liked_ones: Iterable[Offer]) -> list[str]:
    """What is to be made of each object: the syntax that is offered, or the next one that the
    client likes; nothing that it likes less than objects as they are."""
    others = (one.syntax for one in (offer, *liked_ones) if one.media == offer.media)
    return list(dict.fromkeys(itertools.takewhile(EVERY_TARGET.__contains__, others)))


def _syntax_of(instances: "InstanceQuerySet") -> str:
    """The transfer syntax of all of them, or a word that only fits who does not ask for one."""
    syntaxes = set(instances.values_list("transfer_syntax", flat=True).distinct())
    return syntaxes.pop() if len(syntaxes) == 1 else "various"


def _alone(request: StaffRequest, stored: Stored, offer: Offer, etag: str) -> HttpResponseBase:
    answer: HttpResponseBase
    if offer.syntax == stored.transfer_syntax:
        answer = file_answer(request, stored.place, offer.content_type, etag)
    else:
        head, made = _converted(stored, offer.syntax)
        pieces = itertools.chain([head], made.pieces())
        answer = StreamingHttpResponse(pieces, content_type=offer.content_type)
        if made.size is not None:
            answer["Content-Length"] = str(len(head) + made.size)
    answer["Content-Disposition"] = f'attachment; filename="{stored.sop_uid}.dcm"'
    return answer


def _packed(found: Iterable[tuple[Stored, Part]], name: str) -> StreamingHttpResponse:
    """A ZIP file with a folder for each series."""
    members = ((f"{stored.series_uid}/{stored.sop_uid}.dcm", part.pieces) for stored, part in found)
    answer = StreamingHttpResponse(zip_pieces(members), content_type=ZIP)
    answer["Content-Disposition"] = f'attachment; filename="{name}.zip"'
    return answer


def _parts(
    objects: Iterator[Stored], wanted: Sequence[str], root: str
) -> Iterator[tuple[Stored, Part]]:
    """Each in the first syntax that is wanted and can be had (none: its own). What cannot be
    converted comes as it is, and says so. A missing file breaks the answer off: a client must not
    take it for complete."""
    for stored in objects:
        yield stored, _best_part(stored, wanted, root)


def _best_part(stored: Stored, wanted: Sequence[str], root: str) -> Part:
    for syntax in wanted:
        with contextlib.suppress(NotUsable):
            return _part(stored, syntax, root)
    return _part(stored, stored.transfer_syntax, root)


def _part(stored: Stored, syntax: str, root: str) -> Part:
    """One object in this syntax. Raises NotUsable when it cannot be had in that."""
    if syntax == stored.transfer_syntax:
        pieces = pieces_of(stored.place, Slice(0, stored.size))
    else:
        head, made = _converted(stored, syntax)
        pieces = itertools.chain([head], made.pieces())
    return Part(Offer(DICOM, syntax).content_type, pieces, location=root + stored.address)


def _converted(stored: Stored, syntax: str) -> tuple[bytes, Transcoded]:
    """The head of the object in another syntax, and its data set."""
    made = transcoded(stored.place, syntax)
    return own_head(stored.sop_class_uid, stored.sop_uid, syntax), made
