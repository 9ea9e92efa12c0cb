"""Who has just come in: so that the next frame need not ask again (docs/decisions/0017)."""

import hashlib
import time
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest

from staff.bearer import secret_in

if TYPE_CHECKING:
    from staff.access import StaffRequest
    from staff.models import User

REMEMBERED_SECONDS = 1.0  # so long a withdrawn token or a closed session still opens a frame
MOST_REMEMBERED = 1000


class Callers:
    """People by what they showed at the door: a token or a session. Only digests are kept."""

    def __init__(self) -> None:
        self._known: dict[bytes, tuple[float, User]] = {}

    def remember(self, request: "StaffRequest") -> None:
        """This request passed every check of the full way."""
        shown = _shown(request)
        if shown:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            self._known[shown] = (time.monotonic() + REMEMBERED_SECONDS, request.user)

    def find(self, request: HttpRequest) -> "User | None":
        """Whoever came in with the same a moment ago; None when nobody did."""
        until, user = self._known.get(_shown(request), (0.0, None))
        return user if until > time.monotonic() else None

    def forget(self) -> None:
        """Everybody shows again what they have."""
        self._known.clear()


def _shown(request: HttpRequest) -> bytes:
    """A digest of what opens the door: a token goes before a session, as at the door itself."""
    secret = secret_in(request)
    if secret is None:
        kind, secret = "session", request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    else:
        kind = "token"
    return hashlib.sha256(f"{kind} {secret}".encode()).digest() if secret else b""


callers = Callers()
