"""Machines that are no modalities, for whoever watches over the network. Kept in the admin."""

from rest_framework import serializers, viewsets

from equipment.api.answers import KEY
from equipment.models import Node
from equipment.models.node import NodeQuerySet
from staff.access import StaffApiRequest


class NodeSerializer(serializers.ModelSerializer[Node]):
    """A workstation, an archive, a test program: its address and what it may do here."""

    class Meta:
        model = Node
        fields = (
            *("id", "name", "ae_title", "address", "port", "may_store", "may_query_worklist"),
            *("may_report_steps", "may_ask_commitment", "may_retrieve", "must_use_tls"),
            *("speaks_tls", "character_set", "may_receive", "is_archive", "last_heard_at"),
            *("called_at", "answered_at", "trouble"),
        )
        read_only_fields = fields


class NodeViewSet(viewsets.ReadOnlyModelViewSet[Node]):
    """DICOM nodes that are not modalities."""

    request: StaffApiRequest
    queryset = Node.objects.none()
    serializer_class = NodeSerializer
    lookup_value_regex = KEY
    filterset_fields = ("ae_title", "may_store", "may_query_worklist", "may_retrieve")
    action_permissions = {"list": "equipment.view_node", "retrieve": "equipment.view_node"}

    def get_queryset(self) -> NodeQuerySet:
        return Node.objects.visible_to(self.request.user)
