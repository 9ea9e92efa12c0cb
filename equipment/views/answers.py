"""How the pages of this app answer a form."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from staff.access import StaffRequest


def ask_again(
    request: StaffRequest, template: str, context: Mapping[str, Any], part: str = "form"
) -> HttpResponse:
    """The form once more, each error beside its field (422); htmx gets that part alone."""
    name = f"{template}#{part}" if request.htmx else template
    return render(request, name, dict(context), status=422)
