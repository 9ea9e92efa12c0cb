"""How the API gives out lists."""

from rest_framework.pagination import LimitOffsetPagination
from rest_framework.request import Request

FARTHEST = 10_000_000  # no list is so long, and no database counts for ever


class BoundedPagination(LimitOffsetPagination):
    """`?limit=` and `?offset=`, with an end to what one answer may hold."""

    default_limit = 50
    max_limit = 500

    def get_offset(self, request: Request) -> int:
        """Far behind the end is as empty as just behind it."""
        return min(super().get_offset(request), FARTHEST)
