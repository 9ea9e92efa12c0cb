"""Signing in and out leaves a trace. A failed try is noted without the name that was typed."""

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models import Model
from django.dispatch import receiver

from audit.services import record
from common.signals import configured
from staff.models import User


@receiver(user_logged_in)
def note_sign_in(user: User, **_: Any) -> None:
    record("person.signed_in", user, by=user)


@receiver(user_logged_out)
def note_sign_out(user: User | None, **_: Any) -> None:
    if user is not None:
        record("person.signed_out", user, by=user)


@receiver(user_login_failed)
def note_failure(**_: Any) -> None:
    """Somebody may have typed a password where the name belongs: it is not written down."""
    record("person.failed_to_sign_in", None, by=None)


CONFIGURATION = {
    "added": "configuration.added",
    "changed": "configuration.changed",
    "deleted": "configuration.deleted",
    "imported": "configuration.imported",
    "exported": "configuration.exported",
}


@receiver(configured)
def note_configuration(
    deed: str, subject: Model | None, by: User, details: dict[str, Any], **_: Any
) -> None:
    """What an administrator did to the catalogues and to people's accounts: which fields, not what
    stands in them."""
    record(CONFIGURATION[deed], subject, by=by, **details)
