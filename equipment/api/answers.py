"""How the API of this app reads what is sent, and refuses."""

from typing import Any

from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers
from rest_framework.request import Request

KEY = "[0-9]{1,18}"


class RefusalSerializer(serializers.Serializer[None]):
    """A rule said no, and here is the sentence."""

    detail = serializers.CharField(read_only=True)


REFUSED = {409: OpenApiResponse(RefusalSerializer, "A rule forbids it; nothing was changed.")}


def read(shape: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    """What was sent, in the shape it must have; 400 with the field and the reason if it has not."""
    given = shape(data=request.data)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)
