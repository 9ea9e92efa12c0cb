"""Data sets as answers: a list of them or a single one, in JSON or in XML (PS3.18 8.7.3.2)."""

import hashlib
import json
from collections.abc import Iterable, Sequence

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from gateway.dicomweb.accept import Offer, choose
from gateway.dicomweb.answers import (
    ASK_AGAIN,
    Answer,
    Part,
    etag_of,
    labelled,
    multipart_pieces,
    multipart_type,
    unchanged,
)
from gateway.dicomweb.xml_model import XML, Model, document

JSON = "application/dicom+json"
OFFERS = (
    Offer(JSON),
    Offer("application/json"),
    Offer(XML, is_multipart=True),
    Offer(JSON, is_multipart=True),
    Offer(XML),
)


def offered(request: HttpRequest) -> Offer:
    """The form that the client likes best; JSON when it does not care. Raises NotAcceptable."""
    return choose(request, OFFERS)


def listed(models: Sequence[Model], offer: Offer) -> HttpResponse:
    """A list: one JSON array, or one XML document a part. XML alone has no lists, so whoever asks
    for it gets parts as well."""
    if offer.media == XML:
        return _in_parts([document(model) for model in models], XML)
    return of_json(json_of(models), offer)


def found(
    request: HttpRequest, offer: Offer, models: Sequence[Model], warnings: Iterable[str] = ()
) -> HttpResponseBase:
    """The answer to a search: a list, what was not done for it, and 304 when it is an old one."""
    answer = listed(models, offer)
    etag = etag_of("found", offer, answer.content)
    kept = unchanged(request, etag, ASK_AGAIN) or labelled(answer, etag, ASK_AGAIN)
    return warned(request, kept, warnings)


def warned(request: HttpRequest, answer: Answer, warnings: Iterable[str]) -> Answer:
    """The same answer, saying what was not done for it (8.3.4)."""
    notes = [f'299 {request.get_host()} "{text}"' for text in warnings]
    if notes:
        answer["Warning"] = ", ".join(notes)
    return answer


def single(model: Model, offer: Offer) -> HttpResponse:
    """One data set that has an address of its own; in JSON an array of one, as everywhere else."""
    if offer.media == XML and not offer.is_multipart:
        return HttpResponse(document(model), content_type=XML)
    return listed([model], offer)


def of_json(body: bytes, offer: Offer) -> HttpResponse:
    """A JSON array that is written already."""
    if offer.is_multipart:
        return _in_parts([body], offer.media)
    return HttpResponse(body, content_type=offer.media)


def json_of(models: Sequence[Model]) -> bytes:
    """A JSON array in UTF-8."""
    text = json.dumps(models, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")


def _in_parts(bodies: Iterable[bytes], media: str) -> HttpResponse:
    """multipart/related. The boundary comes from the content, so the same answer is the same."""
    bodies = list(bodies)
    boundary = f"part-{hashlib.sha256(b''.join(bodies)).hexdigest()[:32]}"
    parts = [Part(media, [body]) for body in bodies]
    body = b"".join(multipart_pieces(parts, boundary))
    return HttpResponse(body, content_type=multipart_type(media, boundary))
