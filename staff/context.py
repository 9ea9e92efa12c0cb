"""What the frame of every page needs: places, counts, notices, theme.

Everything is lazy: a fragment that draws no frame asks the database nothing.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from staff.access import sight_of
from staff.models import User
from staff.places import Count, Notice, Place, count_for, notices_for, places_of

# Whatever a count or a notice of the frame may depend on.
FRAME_TOPICS = ("board", "incoming", "devices", "reading", "orders", "open-steps", "studies")
ON_THE_PHONE = 4  # places beside "More" in the bottom bar


@dataclass(frozen=True, slots=True)
class Stop:
    """One entry of the rail as it is drawn."""

    place: Place
    path: str
    is_current: bool
    count: Count | None


class Frame:
    """The frame around one page for one person."""

    def __init__(self, user: User, path: str) -> None:
        self.user = user
        self.path = path

    @cached_property
    def stops(self) -> list[Stop]:
        places = list(places_of(self.user))
        fitting = [path for _place, path in places if self.path.startswith(path)]
        current = max(fitting, key=len, default="")
        return [
            Stop(place, path, path == current, count_for(self.user, place))
            for place, path in places
        ]

    @property
    def first_stops(self) -> list[Stop]:
        """What the bottom bar of a phone has room for."""
        return self.stops if len(self.stops) <= ON_THE_PHONE + 1 else self.stops[:ON_THE_PHONE]

    @property
    def further_stops(self) -> list[Stop]:
        return self.stops[len(self.first_stops) :]

    @cached_property
    def notices(self) -> list[Notice]:
        return notices_for(self.user)

    @property
    def troubles(self) -> list[Notice]:
        return [notice for notice in self.notices if notice.is_trouble]

    @property
    def initials(self) -> str:
        names = [self.user.first_name, self.user.last_name]
        return "".join(name[0] for name in names if name).upper() or self.user.username[:2].upper()


def words_for_scripts() -> dict[str, str]:
    """The sentences the browser's modules say, in the person's language (no inline scripts)."""
    return {
        "now": _("now"),
        "minutes": _("%(minutes)s min"),
        "hours": _("%(hours)s h %(minutes)s min"),
        "days": _("%(days)s d"),
        "in": _("in %(span)s"),
        "ago": _("%(span)s ago"),
        "waiting": _("waiting %(span)s"),
        "live": _("Live"),
        "notLive": _("Not live – retrying"),
        "paused": _("Paused while hidden"),
        "networkAway": _("The network is away. Nothing was changed; try again in a moment."),
        "timedOut": _("That took too long. Look whether it happened before you try again."),
        "signedOut": _("You have been signed out. What you typed is kept; sign in again."),
        "signIn": _("Sign in"),
        "forbidden": _("Your role may not do this."),
        "gone": _("This is no longer here. Somebody may have changed it; reload the page."),
        "tooLarge": _("That is too large to send."),
        "tooMany": _("Too many tries. Wait a minute."),
        "unavailable": _("The department's server is busy or away. Nothing was changed."),
        "failed": _("Something went wrong on our side. Nothing was changed."),
        "dismiss": _("Dismiss"),
        "restored": _("Restored what you typed at %(time)s."),
        "discardDraft": _("Discard it"),
        "working": _("Working …"),
        "confirm": _("Confirm"),
    }


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context of every template: `frame` for signed-in people, and what even the door shows."""
    user = getattr(request, "user", None)
    signed_in = user is not None and user.is_authenticated
    # A fragment is drawn for the page it will stand on, not for its own address.
    page = getattr(getattr(request, "htmx", None), "current_url_abs_path", None) or request.path
    return {
        "frame": Frame(cast(User, user), page) if signed_in else None,
        "theme": cast(User, user).theme if signed_in else User.Theme.AUTO,
        "themes": User.Theme.choices,
        "department_name": settings.DEPARTMENT_NAME,
        "words_for_scripts": words_for_scripts,
    }


def frame_seen_by(request: Any) -> Hashable:
    """What the frame depends on besides its topics: permissions, the page, and the person where
    counts are personal."""
    user = request.user
    alone = user.pk if user.has_perm("worklist.view_own_order") else None
    return sight_of(user), alone, request.htmx.current_url_abs_path
