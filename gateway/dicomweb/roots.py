"""Where this service answers, as clients see it."""

from django.http import HttpRequest

PREFIX = "/dicom-web"


def root_of(request: HttpRequest) -> str:
    """The absolute address of the service's root, without a slash at its end."""
    return f"{request.scheme}://{request.get_host()}{PREFIX}"
