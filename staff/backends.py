"""What a person may do, asked of the database in one question: every page and every frame asks."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import Model

from staff.models import User

HELD = """
SELECT kind.app_label || '.' || held.codename
FROM auth_permission held
JOIN django_content_type kind ON kind.id = held.content_type_id
WHERE held.id IN (
    SELECT permission_id FROM staff_user_user_permissions WHERE user_id = %(user)s
    UNION ALL
    SELECT permission_id FROM auth_group_permissions
    WHERE group_id IN (SELECT group_id FROM staff_user_groups WHERE user_id = %(user)s)
)
"""


class OneQuestionBackend(AuthenticationBackend):  # type: ignore[misc]
    """Django's own backend asks twice and builds both questions anew each time. The answer is the
    same and is kept as long: for this one request."""

    def get_all_permissions(
        self, user_obj: User | AnonymousUser, obj: Model | None = None
    ) -> set[str]:
        if obj is None and isinstance(user_obj, User) and is_undecided(user_obj):
            user_obj._perm_cache = held_by(user_obj)  # type: ignore[attr-defined]
        held: set[str] = super().get_all_permissions(user_obj, obj)
        return held


def is_undecided(user: User) -> bool:
    """Nobody has asked about this person yet; superusers and who left are Django's business."""
    return user.is_active and not user.is_superuser and not hasattr(user, "_perm_cache")


def held_by(user: User) -> set[str]:
    """The permissions of a person and of their roles, as "app.codename"."""
    asked: dict[str, Any] = {"user": user.pk}
    with connection.cursor() as cursor:
        cursor.execute(HELD, asked)
        return {name for (name,) in cursor.fetchall()}
