"""Who works here, and the tokens of their programs."""

import hashlib
import secrets
from typing import Self

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """A person who signs in. What they may do comes from their roles (groups)."""

    class Theme(models.TextChoices):
        AUTO = "auto", _("As the computer")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    theme = models.CharField(_("theme"), max_length=8, choices=Theme, default=Theme.AUTO)

    class Meta:
        permissions = [("view_styleguide", "Can see the styleguide")]

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    @property
    def roles(self) -> list[str]:
        """The names of this person's roles, alphabetically; asked once, until they change."""
        models.prefetch_related_objects([self], "groups")
        return sorted(group.name for group in self.groups.all())


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def usable(self) -> Self:
        """Tokens that open a door: not withdrawn, of people who still work here."""
        return self.filter(is_active=True, user__is_active=True)

    def of_secret(self, secret: str) -> Self:
        return self.filter(digest=ApiToken.digest_of(secret))


class ApiToken(models.Model):
    """A program's key to a person's permissions. Only its digest is kept."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens"
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)
    label = models.CharField(_("what it is for"), max_length=100, blank=True, default="")
    is_active = models.BooleanField(_("may be used"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.user} {self.label}".strip()

    @staticmethod
    def digest_of(secret: str) -> str:
        """How a token is stored: high-entropy secrets need no slow hash."""
        return hashlib.sha256(secret.encode()).hexdigest()

    @staticmethod
    def new_secret() -> str:
        return secrets.token_urlsafe(32)
