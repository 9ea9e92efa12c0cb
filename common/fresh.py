"""A live part of a page is drawn once for everybody who would see the same, and never twice
unchanged.

Two hundred tabs ask again after every change. What they would get is known beforehand: it depends
on when its topics were last poked, on who looks, and on the minute (waits and lateness are said in
minutes). Drawn parts stay in the memory of this process, for a minute, and are written nowhere.
"""

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from threading import Lock

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.translation import get_language

from common.live import versions
from common.pages import unless_unchanged

MOST_PARTS = 64
MINUTE = 60


class Shelf:
    """The parts drawn last. Whoever asks for one that is being drawn waits for it."""

    def __init__(self, most: int = MOST_PARTS) -> None:
        self._most = most
        self._parts: OrderedDict[str, bytes] = OrderedDict()
        self._drawing: dict[str, Lock] = {}
        self._lock = Lock()

    def take(self, key: str, draw: Callable[[], bytes]) -> bytes:
        """The part of this key, drawn now if it is not here."""
        with self._lock:
            drawing = self._drawing.setdefault(key, Lock())
        with drawing:
            with self._lock:
                if key in self._parts:
                    self._parts.move_to_end(key)
                    return self._parts[key]
            try:
                part = draw()
            finally:
                with self._lock:
                    self._drawing.pop(key, None)
            with self._lock:
                self._parts[key] = part
                while len(self._parts) > self._most:
                    self._parts.popitem(last=False)
        return part


shelf = Shelf()


def drawn_once(
    request: HttpRequest,
    topics: Sequence[str],
    seen_by: Hashable,
    draw: Callable[[], HttpResponse],
) -> HttpResponse:
    """The live part that `draw` makes, or 304 when this browser has it already.

    `topics` are all words whose poke may change it; `seen_by` is what it depends on besides its
    address: permissions, and the person where it is personal. While Valkey is away it is drawn.
    """
    known = versions(topics)
    if known is None:
        return unless_unchanged(request, draw())
    minute = int(time.time()) // MINUTE
    about = (request.get_full_path(), get_language(), seen_by, known, minute)
    etag = f'"{hashlib.sha256(repr(about).encode()).hexdigest()[:32]}"'
    answer = get_conditional_response(request, etag=etag)
    if answer is None:
        answer = HttpResponse(shelf.take(etag, lambda: draw().content))
    answer["ETag"] = etag
    patch_cache_control(answer, private=True, no_cache=True)
    patch_vary_headers(answer, ["HX-Request"])
    return answer
