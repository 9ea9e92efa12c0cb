"""Single images for programs: what they are, and the verbs of the technician's eye."""

from typing import Any

from django.db.models import Exists, OuterRef
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from staff.access import StaffApiRequest
from studies import services
from studies.models import ImageReview, Instance, KeyImage
from studies.models.queries import InstanceQuerySet
from studies.reject_reasons import REASONS


class ImageReviewSerializer(serializers.ModelSerializer[ImageReview]):
    """One decision about an image."""

    by = serializers.CharField(source="by.username", read_only=True)

    class Meta:
        model = ImageReview
        fields = ("decision", "reason_code", "reason_scheme", "comment", "at", "by")


class InstanceSerializer(serializers.ModelSerializer[Instance]):
    """One object of a study. Its bytes are fetched through DICOMweb."""

    study = serializers.IntegerField(source="series.study_id", read_only=True)
    series_instance_uid = serializers.CharField(source="series.series_instance_uid", read_only=True)
    is_key = serializers.BooleanField(read_only=True)

    class Meta:
        model = Instance
        fields = (
            "id",
            "sop_instance_uid",
            "sop_class_uid",
            "study",
            "series_instance_uid",
            "number",
            "kind",
            "rows",
            "columns",
            "frames",
            "view_position",
            "laterality",
            "is_rejected",
            "is_key",
        )


class InstanceWithReviewsSerializer(InstanceSerializer):
    """The same with every decision about it, the first one first."""

    reviews = ImageReviewSerializer(many=True, read_only=True)

    class Meta(InstanceSerializer.Meta):
        fields = (*InstanceSerializer.Meta.fields, "reviews")  # type: ignore[assignment]


class RejectionSerializer(serializers.Serializer[None]):
    """A reason of CID 7011 or one of our own, and words if they help."""

    reason_code = serializers.ChoiceField(choices=list(REASONS))
    comment = serializers.CharField(required=False, allow_blank=True, max_length=200)


class RestoringSerializer(serializers.Serializer[None]):
    """Why it comes back; needed when it was rejected more than an hour ago."""

    reason = serializers.CharField(required=False, allow_blank=True, max_length=200)


class InstanceFilter(filters.FilterSet):  # type: ignore[misc]
    """The images of one study."""

    study = filters.NumberFilter(field_name="series__study", required=True)
    series_instance_uid = filters.CharFilter(field_name="series__series_instance_uid")

    class Meta:
        model = Instance
        fields = ("kind", "is_rejected", "view_position", "laterality")


class InstanceViewSet(viewsets.ReadOnlyModelViewSet[Instance]):
    """Images of a study. Rejected ones are shown to those who review images."""

    request: StaffApiRequest
    queryset = Instance.objects.none()
    serializer_class = InstanceWithReviewsSerializer
    filterset_class = InstanceFilter
    action_permissions = {
        "list": "studies.view_study",
        "retrieve": "studies.view_study",
        "keep": "studies.review_image",
        "reject": "studies.review_image",
        "restore": "studies.review_image",
        "mark_key": "studies.review_image",
        "unmark_key": "studies.review_image",
    }

    def get_queryset(self) -> InstanceQuerySet:
        marks = KeyImage.objects.filter(instance=OuterRef("pk"))
        shown = Instance.objects.shown_to(self.request.user).annotate(is_key=Exists(marks))
        rows = shown.select_related("series__study__patient")
        return rows.in_order() if self.action == "list" else rows.prefetch_related("reviews__by")

    def filter_queryset(self, queryset: Any) -> Any:
        """A list is of one study; one image is found by its key alone."""
        return super().filter_queryset(queryset) if self.action == "list" else queryset

    @extend_schema(responses=InstanceSerializer(many=True))
    def list(self, request: Request, *args: object, **kwargs: object) -> Response:
        """The images of one study, as a person pages through them."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(InstanceSerializer(page or [], many=True).data)

    def retrieve(self, request: Request, *args: object, **kwargs: object) -> Response:
        """One image and what was decided about it."""
        instance = self.get_object()
        services.view_study(instance.series.study, by=self.request.user, how="api")
        return Response(self.get_serializer(instance).data)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def keep(self, request: Request, pk: str) -> Response:
        """Say that it is good as it is."""
        services.keep_image(self.get_object(), by=self.request.user)
        return self._as_it_is_now()

    @extend_schema(request=RejectionSerializer)
    @action(detail=True, methods=["post"])
    def reject(self, request: Request, pk: str) -> Response:
        """Take it out of clinical views, for a coded reason."""
        given = self._given(RejectionSerializer)
        services.reject_image(
            self.get_object(),
            by=self.request.user,
            reason=given["reason_code"],
            comment=given.get("comment", ""),
        )
        return self._as_it_is_now()

    @extend_schema(request=RestoringSerializer)
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: str) -> Response:
        """Bring it back into clinical views."""
        given = self._given(RestoringSerializer)
        services.restore_image(
            self.get_object(), by=self.request.user, reason=given.get("reason", "")
        )
        return self._as_it_is_now()

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def mark_key(self, request: Request, pk: str) -> Response:
        """Point at it: look here first."""
        services.mark_key(self.get_object(), by=self.request.user)
        return self._as_it_is_now()

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def unmark_key(self, request: Request, pk: str) -> Response:
        """Take the mark away."""
        services.unmark_key(self.get_object(), by=self.request.user)
        return self._as_it_is_now()

    def _given(self, kind: type[serializers.Serializer[None]]) -> dict[str, Any]:
        given = kind(data=self.request.data)
        given.is_valid(raise_exception=True)
        return dict(given.validated_data)

    def _as_it_is_now(self) -> Response:
        return Response(self.get_serializer(self.get_object()).data)
