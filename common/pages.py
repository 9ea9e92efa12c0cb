"""Small manners of pages: say nothing twice, go back where somebody came from."""

import hashlib
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect


def unless_unchanged(request: HttpRequest, page: HttpResponse) -> HttpResponse:
    """`page`, or 304 when the browser has just this one: most polls of a live page carry nothing.

    The browser must ask each time, and nobody between may keep a clinical page.
    """
    etag = f'"{hashlib.sha256(page.content).hexdigest()[:32]}"'
    page["ETag"] = etag
    patch_cache_control(page, private=True, no_cache=True)
    patch_vary_headers(page, ["HX-Request"])
    answer = get_conditional_response(request, etag=etag, response=page)
    return answer if answer is not None else page


def came_from(request: HttpRequest, fallback: str, *keys: Any) -> str:
    """The page of ours that sent this form, or the named one."""
    back = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
    return back if is_ours else resolve_url(fallback, *keys)


def go_to(request: HttpRequest, to: str, *keys: Any) -> HttpResponse:
    """Open another page after a verb, whether a form or htmx asked: so a refusal can be said."""
    address = resolve_url(to, *keys)
    if getattr(request, "htmx", None):
        return HttpResponseClientRedirect(address)
    return HttpResponseRedirect(address)
