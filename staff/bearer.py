"""Programs sign in with `Authorization: Bearer <token>`: the person's permissions, no session."""

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from common.machines import MACHINE_PREFIXES
from staff.models import ApiToken, User

SCHEME = "bearer"


def owner_of(secret: str) -> User | None:
    """The person whose program holds this token, or None. Notes the use, once a minute at most."""
    token = ApiToken.objects.usable().of_secret(secret).select_related("user").first()
    if token is None:
        return None
    now = timezone.now()
    if token.last_used_at is None or now - token.last_used_at > timedelta(minutes=1):
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token.user


def secret_in(request: HttpRequest) -> str | None:
    scheme, _sep, secret = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    return secret.strip() if scheme.lower() == SCHEME else None


class BearerMiddleware:
    """Lets tokens in on the machines' paths, and answers those paths in JSON instead of a page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(MACHINE_PREFIXES):
            secret = secret_in(request)
            if secret is not None:
                user = owner_of(secret)
                if user is None:
                    return unauthorised(_("That token is not valid."))
                request.user = user
                request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]
            elif not request.user.is_authenticated:
                return unauthorised(_("Sign in, or send Authorization: Bearer <token>."))
        return self.get_response(request)


def unauthorised(sentence: str) -> HttpResponse:
    """401 as RFC 6750 wants it, with the reason in JSON."""
    answer = JsonResponse({"detail": sentence}, status=401)
    answer["WWW-Authenticate"] = f'Bearer realm="{settings.DICOM_AE_TITLE}"'
    return answer


class BearerAuthentication(BaseAuthentication):
    """REST framework's view of the same token."""

    def authenticate(self, request: Request) -> tuple[User, None] | None:
        secret = secret_in(request._request)
        if secret is None:
            return None
        user = owner_of(secret)
        if user is None:
            raise AuthenticationFailed(_("That token is not valid."))
        return user, None

    def authenticate_header(self, request: Request) -> str:
        return f'Bearer realm="{settings.DICOM_AE_TITLE}"'
