"""Transfers for programs: what travels to other machines and from them."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from staff.access import StaffApiRequest
from studies import services
from studies.models import Transfer
from studies.models.transfer import TransferQuerySet


class TransferSerializer(serializers.ModelSerializer[Transfer]):
    """A study or series on its way to a node, or a study on its way to us."""

    class Meta:
        model = Transfer
        fields = (
            *("id", "kind", "status", "node", "patient", "study", "series", "study_uid", "label"),
            *("total", "done", "failed", "reason", "attempts", "asked_by", "asked_at", "ended_at"),
        )
        read_only_fields = fields


class TransferViewSet(viewsets.ReadOnlyModelViewSet[Transfer]):
    """Transfers, the newest first."""

    request: StaffApiRequest
    queryset = Transfer.objects.none()
    serializer_class = TransferSerializer
    lookup_value_regex = "[0-9]{1,18}"
    filterset_fields = ("kind", "status", "patient", "study")
    action_permissions = {
        "list": "studies.view_transfer",
        "retrieve": "studies.view_transfer",
        "cancel": "studies.send_study",
        "retry": "studies.send_study",
    }

    def get_queryset(self) -> TransferQuerySet:
        return Transfer.objects.visible_to(self.request.user).newest_first()

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Stop it; what has arrived stays where it is."""
        transfer = services.cancel_transfer(self.get_object(), by=self.request.user)
        return Response(self.get_serializer(transfer).data)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, pk: str) -> Response:
        """Once more; what has arrived is not sent again."""
        transfer = services.retry_transfer(self.get_object(), by=self.request.user)
        return Response(self.get_serializer(transfer).data)
