"""How a DICOMweb address is opened: who may, and how every refusal becomes JSON with a reason."""

import functools
import logging
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any, cast

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt

from gateway.dicomweb.callers import callers
from gateway.dicomweb.ranges import NotInRange
from staff.access import StaffRequest, needs
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


class NotAllowed(Trouble):
    """This person may do it, but not from where the request comes."""

    status = HTTPStatus.FORBIDDEN


class NotAcceptable(Trouble):
    """None of the media types that the client takes can be made of the object."""

    status = HTTPStatus.NOT_ACCEPTABLE


class TooMuch(Trouble):
    """More than is looked through, or sent, at once; a narrower question gets an answer."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class CannotBeShown(Trouble):
    """The object is here and safe, but this view of it cannot be made."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY


READERS = ("studies.view_study", "studies.view_own_study")
SENDERS = ("studies.add_upload",)  # who may send images with a browser may let a program do it
READING = ("GET", "HEAD")


def door(view: View) -> View:
    """Close an address to everybody who may see no images at all, and answer in JSON.

    Which rows a person may see is asked by name in every view (`visible_to`).
    """
    return opened(view, READERS, READING, gettext_lazy("You may not see images."))


def store_door(view: View) -> View:
    """The same for those who send objects: programs, and pages of our own."""

    @functools.wraps(view)
    def from_here(request: HttpRequest, **where: Any) -> HttpResponseBase:
        if not comes_from_here(request):
            raise NotAllowed(_("Pages of other sites may not send objects."))
        return view(request, **where)

    return opened(from_here, SENDERS, ("POST",), gettext_lazy("You may not send images."))


def comes_from_here(request: HttpRequest) -> bool:
    """A page of another site would come with the person's own cookie; browsers name that site.

    This stands for Django's form token, which no DICOMweb client knows (docs/decisions/0020).
    """
    origin = request.headers.get("Origin")
    if origin is None or "Authorization" in request.headers:
        return True
    here = f"{request.scheme}://{request.get_host()}"
    return origin == here or origin in settings.CSRF_TRUSTED_ORIGINS


def opened(
    view: View, permissions: Sequence[str], methods: Sequence[str], closed_to: "str | Promise"
) -> View:
    """A view behind a closed door; `closed_to` is the sentence for those without a key."""
    closed = needs(*permissions)(view)

    @functools.wraps(closed)
    def answered(request: HttpRequest, **where: Any) -> HttpResponseBase:
        if request.method not in methods:
            return not_answered(methods)
        try:
            found = closed(request, **where)
            if not hasattr(request, "came_quickly"):
                callers.remember(cast(StaffRequest, request))
            return found
        except PermissionDenied:
            return _refusal(HTTPStatus.FORBIDDEN, str(closed_to))
        except (Trouble, NotInRange, NotUsable, FileNotFoundError) as why:
            return _answer_to(why)

    return csrf_exempt(answered)


def by_method(read: View, store: View) -> View:
    """One address, two deeds: GET and HEAD look, POST sends."""

    def either(request: HttpRequest, **where: Any) -> HttpResponseBase:
        if request.method in READING:
            return read(request, **where)
        return store(request, **where) if request.method == "POST" else not_answered(BOTH)

    either.needs = read.needs | store.needs  # type: ignore[attr-defined]
    return csrf_exempt(either)


BOTH = (*READING, "POST")


def not_answered(methods: Sequence[str]) -> JsonResponse:
    """405, with what is answered."""
    told = ", ".join(methods)
    answer = _refusal(
        HTTPStatus.METHOD_NOT_ALLOWED, _("Only %(methods)s is answered here.") % {"methods": told}
    )
    answer["Allow"] = told
    return answer


def _answer_to(why: Exception) -> JsonResponse:
    if isinstance(why, Trouble):
        return _refusal(why.status, why.sentence)
    if isinstance(why, NotUsable):
        return _unusable(why)
    if isinstance(why, NotInRange):
        answer = _refusal(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, _("No such bytes."))
        answer["Content-Range"] = f"bytes */{why.size}"
        return answer
    logger.error("A stored file is missing: %s", getattr(why, "filename", ""))
    return _refusal(HTTPStatus.NOT_FOUND, _("The stored file of this object is missing."))


def _refusal(status: int, sentence: str) -> JsonResponse:
    answer = JsonResponse({"detail": sentence}, status=status)
    answer["Cache-Control"] = "no-store"
    return answer


def _unusable(why: NotUsable) -> JsonResponse:
    """The reader's own sentence. What may go better another time says so with 503."""
    passing = why.code in {"timeout", "crashed", "out_of_memory"} and not why.refuse
    status = HTTPStatus.SERVICE_UNAVAILABLE if passing else HTTPStatus.UNPROCESSABLE_ENTITY
    if why.code == "not_exact":  # every other form can be had
        status = HTTPStatus.NOT_ACCEPTABLE
    answer = JsonResponse({"detail": why.sentence, "code": why.code}, status=status)
    answer["Cache-Control"] = "no-store"
    if passing:
        answer["Retry-After"] = "10"
    return answer
