"""For machines that watch over us: alive, and able to work. Nobody needs to sign in."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from common import health


@require_safe
@never_cache
@login_not_required
def healthz(_: HttpRequest) -> JsonResponse:
    """This process answers. Asks nobody else."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
@login_not_required
def readyz(_: HttpRequest) -> JsonResponse:
    """Every part by name; 503 when one of them does not work."""
    parts = health.report()
    ready = all(state == health.OK for state in parts.values())
    status = "ok" if ready else "not ready"
    return JsonResponse({"status": status, "parts": parts}, status=200 if ready else 503)
