"""How the API gives out lists."""

from rest_framework.pagination import LimitOffsetPagination


class BoundedPagination(LimitOffsetPagination):
    """`?limit=` and `?offset=`, with an end to what one answer may hold."""

    default_limit = 50
    max_limit = 500
