"""Storage commitments for programs: who was promised what, and whether they have been told."""

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from staff.access import StaffApiRequest
from studies import services
from studies.models import Commitment, CommitmentItem

SEE, MEND = "studies.view_incomingfile", "studies.resolve_incomingfile"


class CommitmentSerializer(serializers.ModelSerializer[Commitment]):
    """One request to say that objects are safe, and how many of them are."""

    objects = serializers.IntegerField(source="object_count", read_only=True)
    safe = serializers.IntegerField(source="safe_count", read_only=True)
    failed = serializers.IntegerField(source="failed_count", read_only=True)

    class Meta:
        model = Commitment
        fields = (
            *("id", "transaction_uid", "asker", "source", "status", "is_duplicate"),
            *("objects", "safe", "failed", "asked_at", "decided_at", "reported_at"),
            *("attempts", "next_attempt_at", "trouble"),
        )


class CommitmentItemSerializer(serializers.ModelSerializer[CommitmentItem]):
    """One object of it; `reason` is the standard's Failure Reason (0008,1197)."""

    class Meta:
        model = CommitmentItem
        fields = ("sop_class_uid", "sop_instance_uid", "outcome", "reason")


class WholeCommitmentSerializer(CommitmentSerializer):
    """The same, object by object: what is not safe comes first."""

    items = CommitmentItemSerializer(many=True, read_only=True)

    class Meta(CommitmentSerializer.Meta):
        fields = (*CommitmentSerializer.Meta.fields, "items")  # type: ignore[assignment]


class CommitmentFilter(filters.FilterSet):  # type: ignore[misc]
    """By who asked, how it stands, and an object that was asked about."""

    sop_instance_uid = filters.CharFilter(field_name="items__sop_instance_uid")

    class Meta:
        model = Commitment
        fields = ("asker", "source", "status", "transaction_uid")

    def filter_queryset(self, queryset: QuerySet[Commitment]) -> QuerySet[Commitment]:
        """By the keys of those that fit, so that the counts are of whole requests."""
        fitting = super().filter_queryset(Commitment.objects.all())
        return queryset.filter(pk__in=fitting.order_by().values("pk"))


class CommitmentViewSet(viewsets.ReadOnlyModelViewSet[Commitment]):
    """Who asked whether objects are safe here; the newest first."""

    request: StaffApiRequest
    queryset = Commitment.objects.none()
    serializer_class = CommitmentSerializer
    filterset_class = CommitmentFilter
    lookup_value_regex = "[0-9]{1,18}"
    action_permissions = {"list": SEE, "retrieve": SEE, "retry": MEND}

    def get_queryset(self) -> QuerySet[Commitment]:
        return Commitment.objects.visible_to(self.request.user).with_counts().newest_first()

    @extend_schema(responses=WholeCommitmentSerializer)
    def retrieve(self, request: Request, *args: object, **kwargs: object) -> Response:
        return Response(WholeCommitmentSerializer(self.get_object()).data)

    @extend_schema(request=None, responses=CommitmentSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def retry(self, request: StaffApiRequest, pk: str) -> Response:
        """Call the machine after all, that could not be told for a day."""
        found = services.retry_commitment(self.get_object(), by=request.user)
        return Response(CommitmentSerializer(self.get_queryset().get(pk=found.pk)).data)
