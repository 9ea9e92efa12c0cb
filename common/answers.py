"""How a refusal is answered: to pages as 409 and one sentence, to the API as 409 and JSON."""

import sys
from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import DataError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.defaults import page_not_found
from django.views.defaults import server_error as plainly_wrong
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

from common.machines import MACHINE_PREFIXES
from common.refusals import Refused

AWAY = (OperationalError, InterfaceError)
FOR_ANYBODY = ("/healthz", "/readyz", "/metrics")

# The two shapes in which the API refuses, for its description.
SENTENCE: dict[str, Any] = {
    "type": "object",
    "description": "Why not, in one sentence.",
    "properties": {"detail": {"type": "string"}},
    "required": ["detail"],
}
WHAT_IS_WRONG: dict[str, Any] = {
    "type": "object",
    "description": "Sentences by the field they are about, or one sentence as `detail`.",
    "minProperties": 1,
    "additionalProperties": {
        "anyOf": [
            {"type": "string"},
            {"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "object"}]}},
            {"type": "object"},
        ]
    },
}


def sentence_of(refusal: Refused | ValidationError) -> str:
    """The words for the person, without Django's wrapping."""
    if isinstance(refusal, Refused):
        return refusal.sentence
    return " ".join(str(message) for message in refusal.messages)


class PersonMiddleware:
    """Finds out who asks before anything else wants to know, so that a database which is away at
    that very moment is answered like one which goes away later.

    Django hands what a middleware raises to no `process_exception`, and whoever notes the mishap
    asks for the person again.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            bool(request.user.is_authenticated)
        except AWAY:
            if request.path not in FOR_ANYBODY:
                return unavailable(request)
            request.user = AnonymousUser()
        return self.get_response(request)


class RefusalMiddleware:
    """Answers what services refuse, and a database that is away, in one place for all pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, why: Exception) -> HttpResponse | None:
        """409 with the sentence for a refusal, 503 when the database is away, else Django's way."""
        if isinstance(why, Refused | ValidationError):
            return HttpResponse(
                sentence_of(why), status=409, content_type="text/plain; charset=utf-8"
            )
        if isinstance(why, AWAY):
            return unavailable(request)
        return None


def unavailable(request: HttpRequest) -> HttpResponse:
    """503: the work that was acknowledged is safe, and the page asks to be tried again."""
    if request.path.startswith(MACHINE_PREFIXES):
        answer: HttpResponse = JsonResponse({"detail": _("The database is away.")}, status=503)
    else:
        # Without the request: its person and every count of the frame would ask the database again.
        answer = HttpResponse(render_to_string("503.html"), status=503)
    answer["Retry-After"] = "5"
    return answer


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 where it was a middleware that found the database away."""
    return unavailable(request) if isinstance(sys.exception(), AWAY) else plainly_wrong(request)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: in JSON for programs, as a page for people."""
    if request.path.startswith(MACHINE_PREFIXES):
        return JsonResponse({"detail": _("Nothing is found here.")}, status=404)
    return page_not_found(request, exception)


def answer_api_error(why: Exception, context: dict[str, Any]) -> Response | None:
    """REST framework's exception handler, taught our refusals (409), an absent database, and what
    no column can hold (400)."""
    if isinstance(why, Refused | ValidationError):
        return Response({"detail": sentence_of(why)}, status=409)
    if isinstance(why, AWAY):
        return Response(
            {"detail": _("The database is away.")}, status=503, headers={"Retry-After": "5"}
        )
    if isinstance(why, DataError):
        set_rollback()
        return Response({"detail": _("No record can hold what was sent.")}, status=400)
    answer = exception_handler(why, context)
    if answer is not None and isinstance(answer.data, list):
        answer.data = {"detail": " ".join(map(str, answer.data))}
    return answer
