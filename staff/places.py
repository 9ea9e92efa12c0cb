"""The few places of each role: what the rail shows, in which order, with the counts that matter.

A place is hidden from whoever could not open its door: the permission is read from the page itself
(`@needs`), so the rail and the door never disagree. Higher apps give their counts and notices by
registering a function here when they are ready; this app knows none of them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from django.urls import NoReverseMatch, resolve, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from staff.models import User


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the rail. `count` names a registered counting function."""

    key: str
    label: str | Promise
    url_name: str
    count: str = ""

    @property
    def icon(self) -> str:
        return self.key


@dataclass(frozen=True, slots=True)
class Count:
    """How many wait at a place, and for what: "3 waiting"."""

    number: int
    words: str
    is_urgent: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a person should know. Trouble also stands in the strip above every page."""

    sentence: str
    url: str = ""
    is_trouble: bool = False


PLACES = {
    place.key: place
    for place in (
        Place("worklist", _("Worklist"), "worklist:board", "worklist"),
        Place("schedule", _("Schedule"), "worklist:schedule"),
        Place("orders", _("Orders"), "worklist:orders", "orders"),
        Place("open-steps", _("Open steps"), "worklist:open_steps", "open-steps"),
        Place("reading", _("Reading"), "reports:list", "reading"),
        Place("results", _("Results"), "reports:results", "results"),
        Place("patients", _("Patients"), "patients:list"),
        Place("studies", _("Studies"), "studies:list"),
        Place("set-aside", _("Set aside"), "studies:set_aside_list", "set-aside"),
        Place("upload", _("Upload"), "upload:page"),
        Place("equipment", _("Equipment"), "equipment:list", "equipment"),
        Place("audit", _("Audit"), "audit:trail"),
        Place("settings", _("Settings"), "admin:index"),
        Place("styleguide", _("Styleguide"), "staff:styleguide"),
    )
}

# The first place a person may open is where they start.
ROLE_PLACES: dict[str, tuple[str, ...]] = {
    "Technician": (
        "worklist",
        "schedule",
        "open-steps",
        "studies",
        "set-aside",
        "upload",
        "patients",
        "equipment",
    ),
    "Radiologist": ("reading", "studies", "worklist", "patients", "upload", "set-aside"),
    "Referrer": ("results", "patients", "orders", "studies"),
    "Scheduler": ("worklist", "schedule", "orders", "patients", "open-steps", "equipment"),
    "Engineer": ("equipment", "worklist"),
    "Administrator": (
        "worklist",
        "open-steps",
        "patients",
        "studies",
        "set-aside",
        "upload",
        "equipment",
        "audit",
        "settings",
        "styleguide",
    ),
}

Counter = Callable[["User"], Count | None]
NoticeFinder = Callable[["User"], list[Notice]]

_counters: dict[str, Counter] = {}
_notice_finders: list[NoticeFinder] = []


def count_at(place_key: str) -> Callable[[Counter], Counter]:
    """Register what is counted at a place: `@count_at("set-aside")`, from an app's `ready`."""

    def register(counter: Counter) -> Counter:
        _counters[place_key] = counter
        return counter

    return register


def finds_notices(finder: NoticeFinder) -> NoticeFinder:
    """Register a function that finds what a person should know right now."""
    if finder not in _notice_finders:
        _notice_finders.append(finder)
    return finder


@cache
def _address(url_name: str) -> tuple[str, frozenset[str]] | None:
    """The path of a page and the permissions its door asks for; None while it is not built."""
    try:
        path = reverse(url_name)
    except NoReverseMatch:
        return None
    return path, getattr(resolve(path).func, "needs", frozenset())


def _may_open(user: "User", place: Place, permissions: frozenset[str]) -> bool:
    if place.key == "settings":
        return user.is_staff  # Django's admin keeps its own door
    return not permissions or any(user.has_perm(permission) for permission in permissions)


def places_of(user: "User") -> Iterator[tuple[Place, str]]:
    """The places this person may go to, with their paths, best first; several roles add up."""
    roles = user.roles or (list(ROLE_PLACES) if user.is_superuser else [])
    keys = dict.fromkeys(key for role in roles for key in ROLE_PLACES.get(role, ()))
    for place in (PLACES[key] for key in keys):
        address = _address(place.url_name)
        if address is not None and _may_open(user, place, address[1]):
            yield place, address[0]


def count_for(user: "User", place: Place) -> Count | None:
    """What waits at a place for this person, if anything does."""
    counter = _counters.get(place.count)
    count = counter(user) if counter else None
    return count if count and count.number else None


def notices_for(user: "User") -> list[Notice]:
    """Everything registered that this person should know, trouble first."""
    found = [notice for finder in _notice_finders for notice in finder(user)]
    return sorted(found, key=lambda notice: not notice.is_trouble)
