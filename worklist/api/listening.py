"""What a program says, understood or answered with 400."""

from typing import Any

from rest_framework.serializers import Serializer

from staff.access import StaffApiRequest


def told(shape: type[Serializer[Any]], request: StaffApiRequest) -> dict[str, Any]:
    """The body of a request in the shape of `shape`. Raises ValidationError, which becomes 400."""
    given = shape(data=request.data, context={"request": request})
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)
