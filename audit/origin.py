"""Where a request comes from: every entry written while it is answered notes its address."""

import ipaddress
from collections.abc import Callable
from contextvars import ContextVar
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse

_origin: ContextVar[str] = ContextVar("origin", default="")


def origin() -> str:
    """The address of the computer that asks right now; empty where no computer does."""
    return _origin.get()


def address_of(request: HttpRequest) -> str:
    """The caller's address. What a proxy forwards is believed only when we stand behind one."""
    told = request.META.get("REMOTE_ADDR", "")
    if settings.SECURE_PROXY_SSL_HEADER:
        told = request.META.get("HTTP_X_FORWARDED_FOR", told).rpartition(",")[2].strip()
    return _in_usual_form(told)


@lru_cache(maxsize=1024)  # the same computer asks again and again
def _in_usual_form(address: str) -> str:
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return ""  # a socket file has no address


class OriginMiddleware:
    """Remembers the caller's address for as long as the request is answered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = _origin.set(address_of(request))
        try:
            return self.get_response(request)
        finally:
            _origin.reset(token)
