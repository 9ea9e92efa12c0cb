"""The rules of the house, kept by machine."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from common.states import Stateful
from staff.groups import permissions_of
from staff.roles import ROLES

# Doors with a lock of their own, by namespace or by first part of the path.
LOCKED_ELSEWHERE = {"admin", "accounts", "account", "mfa", "usersessions"}
# Doors that are open on purpose, with the reason.
OPEN_PAGES = {
    "healthz": "a load balancer asks",
    "readyz": "a load balancer asks",
    "metrics": "has a token of its own",
    "events": "asks for a session itself; what it says are words without patients",
    "home": "sends everybody to the start page of their role",
    "frame_parts": "the rail shows each person their own places only",
    "theme": "everybody may choose their own colours",
    "security": "everybody keeps their own keys",
    "api-root": "lists names only, to people who have signed in",
    "schema": "the description of the API, to people who have signed in",
    "docs": "the same as pages",
    "static": "style sheets and scripts",
}


def endpoints(resolver: URLResolver, path: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every URL pattern below `resolver` with its whole path, but for doors locked elsewhere."""
    for entry in resolver.url_patterns:
        whole = path + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield whole, entry
        elif whole.split("/")[0] not in LOCKED_ELSEWHERE:
            yield from endpoints(entry, whole)


def permissions_asked(endpoint: URLPattern) -> set[str | None]:
    """The permissions a door asks for; None in the set means: for nothing."""
    viewset = getattr(endpoint.callback, "cls", None)
    if viewset is None or hasattr(endpoint.callback, "needs"):
        return set(getattr(endpoint.callback, "needs", [None]))
    table = getattr(viewset, "action_permissions", {})
    asked = [table.get(action) for action in getattr(endpoint.callback, "actions", {}).values()]
    return {one for some in asked for one in (some if isinstance(some, tuple) else (some,))}


DOORS = list(endpoints(get_resolver()))
HELD = {permission for role in ROLES for permission in permissions_of(role)}


def test_there_are_doors_to_walk_through():
    assert len(DOORS) > 20


@pytest.mark.parametrize(("path", "endpoint"), DOORS, ids=[path for path, _ in DOORS])
def test_every_door_asks_for_a_permission_that_some_role_holds(path, endpoint):
    if endpoint.name in OPEN_PAGES:
        return

    assert permissions_asked(endpoint) <= HELD


@pytest.mark.django_db
def test_every_permission_of_the_table_of_roles_exists():
    from django.contrib.auth.models import Permission  # noqa: PLC0415

    known = {
        f"{permission.content_type.app_label}.{permission.codename}"
        for permission in Permission.objects.select_related("content_type")
    }

    assert {permission for held in ROLES.values() for permission in held} <= known


@pytest.mark.parametrize("model", [m for m in apps.get_models() if issubclass(m, Stateful)])
def test_every_state_stands_in_the_table_of_moves(model):
    states = {choice for choice, _ in model._meta.get_field("status").choices}

    assert set(model.MOVES) == states
    assert set().union(*model.MOVES.values()) <= states


@pytest.mark.parametrize(
    "app", ["staff", "audit", "patients", "equipment", "worklist", "studies", "reports", "gateway"]
)
def test_every_app_says_what_it_is_for(app):
    assert len((apps.get_app_config(app).module.__doc__ or "").split()) > 5


def test_no_live_part_hands_its_queue_of_refreshes_down_to_the_verbs_in_it():
    """htmx inherits hx-sync: a press that waits in such a queue is dropped by the next refresh."""
    queues = [
        page.name
        for page in (settings.BASE_DIR / "templates").rglob("*.html")
        if 'hx-sync="this:queue' in page.read_text()
    ]

    assert queues == []
