"""What was left open and what did not go by the book, for programs."""

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from staff.access import StaffApiRequest
from worklist import services
from worklist.api.listening import told
from worklist.api.shapes import (
    AcceptanceSerializer,
    NotedDiscrepancySerializer,
    ProposalSerializer,
    SettlementSerializer,
)
from worklist.models import Discrepancy, Proposal

SETTLE = "worklist.settle_discrepancy"


class ProposalFilter(filters.FilterSet):  # type: ignore[misc]
    """By what is proposed and whether somebody has decided."""

    is_decided = filters.BooleanFilter(
        field_name="decided_at", lookup_expr="isnull", exclude=True, label="Somebody has decided"
    )
    procedure = filters.NumberFilter(field_name="procedure")

    class Meta:
        model = Proposal
        fields = ("outcome", "decision")


class ProposalViewSet(viewsets.ReadOnlyModelViewSet[Proposal]):
    """What the night proposes for steps that were left open."""

    request: StaffApiRequest
    queryset = Proposal.objects.none()
    serializer_class = ProposalSerializer
    filterset_class = ProposalFilter
    action_permissions = {"list": SETTLE, "retrieve": SETTLE, "accept": SETTLE, "decline": SETTLE}

    def get_queryset(self) -> QuerySet[Proposal]:
        return Proposal.objects.with_details().order_by("-pk")

    def said(self, proposal: Proposal) -> Response:
        return Response(ProposalSerializer(self.get_queryset().get(pk=proposal.pk)).data)

    @extend_schema(request=AcceptanceSerializer, responses=ProposalSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def accept(self, request: StaffApiRequest, pk: str) -> Response:
        """Do what is proposed."""
        proposal, given = self.get_object(), told(AcceptanceSerializer, request)
        services.accept_proposal(proposal, by=request.user, **given)
        return self.said(proposal)

    @extend_schema(request=None, responses=ProposalSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def decline(self, request: StaffApiRequest, pk: str) -> Response:
        """Leave the step as it is."""
        return self.said(services.decline_proposal(self.get_object(), by=request.user))


class DiscrepancyFilter(filters.FilterSet):  # type: ignore[misc]
    """By kind, procedure, and whether it is settled."""

    is_settled = filters.BooleanFilter(
        field_name="settled_at", lookup_expr="isnull", exclude=True, label="It is settled"
    )
    procedure = filters.NumberFilter(field_name="procedure")

    class Meta:
        model = Discrepancy
        fields = ("kind",)


class DiscrepancyViewSet(viewsets.ReadOnlyModelViewSet[Discrepancy]):
    """What did not go by the book."""

    request: StaffApiRequest
    queryset = Discrepancy.objects.none()
    serializer_class = NotedDiscrepancySerializer
    filterset_class = DiscrepancyFilter
    action_permissions = {"list": SETTLE, "retrieve": SETTLE, "settle": SETTLE}

    def get_queryset(self) -> QuerySet[Discrepancy]:
        return Discrepancy.objects.with_details().order_by("-pk")

    @extend_schema(request=SettlementSerializer, responses=NotedDiscrepancySerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def settle(self, request: StaffApiRequest, pk: str) -> Response:
        """Say what was done about it."""
        found, given = self.get_object(), told(SettlementSerializer, request)
        settled = services.settle_discrepancy(found, by=request.user, **given)
        return Response(NotedDiscrepancySerializer(settled).data)
