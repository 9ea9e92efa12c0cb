"""Signing in and out leaves a trace. A failed try is noted without the name that was typed."""

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver

from audit.services import record
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
