"""How a door is closed, and what an open one may count on."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib.auth.decorators import user_passes_test
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django_htmx.middleware import HtmxDetails
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

if TYPE_CHECKING:
    from rest_framework.views import APIView

    from staff.models import User

Page = TypeVar("Page", bound=Callable[..., HttpResponseBase])


class StaffRequest(HttpRequest):
    """A request as views meet it: the sign-in middleware has let nobody else through."""

    user: "User"
    htmx: HtmxDetails


class StaffApiRequest(Request):
    """The same for the API."""

    user: "User"


def needs(*permissions: str) -> Callable[[Page], Page]:
    """Close a page to everybody without one of `permissions`, and say so on the page itself.

    Several permissions are alternatives: a radiologist sees all studies, a referrer their own.
    """

    def close(page: Page) -> Page:
        closed: Any = permission_required_any(*permissions)(page)
        closed.needs = frozenset(permissions)
        return closed  # type: ignore[no-any-return]

    return close


def sight_of(user: "User") -> str:
    """All that decides what a person sees of everybody's records: people of equal permissions see
    the same. (Whoever sees only their own is not meant.) Kept as long as the permissions are."""
    said: tuple[object, str] | None = getattr(user, "_sight", None)
    if said is None or said[0] is not getattr(user, "_perm_cache", None):
        words = " ".join(sorted(user.get_all_permissions()))
        said = (getattr(user, "_perm_cache", None), words)
        user._sight = said  # type: ignore[attr-defined]
    return said[1]


def permission_required_any(*permissions: str) -> Callable[[Any], Any]:
    """Django's permission_required, satisfied by any one of `permissions`."""

    def allowed(user: Any) -> bool:
        if any(user.has_perm(permission) for permission in permissions):
            return True
        raise PermissionDenied

    return user_passes_test(allowed)


class ActionPermission(BasePermission):
    """Allow an API action only if the view's table names a permission the caller holds.

    Several permissions (a tuple) are alternatives, as with `needs`.
    """

    def has_permission(self, request: Request, view: "APIView") -> bool:
        needed = getattr(view, "action_permissions", {}).get(getattr(view, "action", None))
        alternatives = (needed,) if isinstance(needed, str) else needed or ()
        return request.user.is_authenticated and any(map(request.user.has_perm, alternatives))
