"""How a DICOMweb address is opened: who may, and how every refusal becomes JSON with a reason."""

import functools
import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _

from gateway.dicomweb.ranges import NotInRange
from staff.access import needs
from studies.facts import NotUsable

logger = logging.getLogger(__name__)

View = Callable[..., HttpResponseBase]


class Trouble(Exception):
    """An answer other than the one asked for; `sentence` says why."""

    status = HTTPStatus.BAD_REQUEST

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class BadQuestion(Trouble):
    """The request cannot be understood."""


class NotHere(Trouble):
    """There is no such thing, or not for this person: the two look the same from outside."""

    status = HTTPStatus.NOT_FOUND


class NotAcceptable(Trouble):
    """None of the media types that the client takes can be made of the object."""

    status = HTTPStatus.NOT_ACCEPTABLE


class CannotBeShown(Trouble):
    """The object is here and safe, but this view of it cannot be made."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY


def door(view: View) -> View:
    """Close an address to everybody who may see no images at all, and answer in JSON.

    Which rows a person may see is asked by name in every view (`visible_to`).
    """
    closed = needs("studies.view_study", "studies.view_own_study")(view)

    @functools.wraps(closed)
    def answered(request: HttpRequest, **where: Any) -> HttpResponseBase:
        if request.method not in {"GET", "HEAD"}:
            return _refusal(HTTPStatus.METHOD_NOT_ALLOWED, _("Only GET is answered here."))
        try:
            return closed(request, **where)
        except (Trouble, NotInRange, NotUsable, PermissionDenied, FileNotFoundError) as why:
            return _answer_to(why)

    return answered


def _answer_to(why: Exception) -> JsonResponse:
    if isinstance(why, Trouble):
        return _refusal(why.status, why.sentence)
    if isinstance(why, NotUsable):
        return _unusable(why)
    if isinstance(why, PermissionDenied):
        return _refusal(HTTPStatus.FORBIDDEN, _("You may not see images."))
    if isinstance(why, NotInRange):
        answer = _refusal(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, _("No such bytes."))
        answer["Content-Range"] = f"bytes */{why.size}"
        return answer
    logger.error("A stored file is missing: %s", getattr(why, "filename", ""))
    return _refusal(HTTPStatus.NOT_FOUND, _("The stored file of this object is missing."))


def _refusal(status: int, sentence: str) -> JsonResponse:
    answer = JsonResponse({"detail": sentence}, status=status)
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        answer["Allow"] = "GET, HEAD"
    answer["Cache-Control"] = "no-store"
    return answer


def _unusable(why: NotUsable) -> JsonResponse:
    """The reader's own sentence. What may go better another time says so with 503."""
    passing = why.code in {"timeout", "crashed", "out_of_memory"} and not why.refuse
    status = HTTPStatus.SERVICE_UNAVAILABLE if passing else HTTPStatus.UNPROCESSABLE_ENTITY
    answer = JsonResponse({"detail": why.sentence, "code": why.code}, status=status)
    answer["Cache-Control"] = "no-store"
    if passing:
        answer["Retry-After"] = "10"
    return answer
