"""The people who work here, for programs of those who keep the accounts."""

from django.db.models import QuerySet
from rest_framework import serializers, viewsets

from staff.access import StaffApiRequest
from staff.models import User


class PersonInRolesSerializer(serializers.ModelSerializer[User]):
    """Somebody who signs in. Nothing here opens a door: no passwords, keys or tokens."""

    roles = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = User
        fields = (
            *("id", "username", "first_name", "last_name", "email"),
            *("is_active", "roles", "date_joined", "last_login"),
        )
        read_only_fields = fields


class PersonViewSet(viewsets.ReadOnlyModelViewSet[User]):
    """People and their roles. They are added and changed in the admin."""

    request: StaffApiRequest
    queryset = User.objects.none()
    serializer_class = PersonInRolesSerializer
    filterset_fields = ("username", "is_active")
    action_permissions = {"list": "staff.view_user", "retrieve": "staff.view_user"}

    def get_queryset(self) -> QuerySet[User]:
        return User.objects.order_by("username").prefetch_related("groups")
