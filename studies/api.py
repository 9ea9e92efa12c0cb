"""Studies for programs. Their images are fetched through DICOMweb, not here."""

from django.db.models import Prefetch
from django_filters import rest_framework as filters
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from staff.access import StaffApiRequest
from studies.models import Series, Study
from studies.models.study import StudyQuerySet
from studies.services import view_study


class SeriesSerializer(serializers.ModelSerializer[Series]):
    """Images of one kind from one device."""

    class Meta:
        model = Series
        fields = (
            "series_instance_uid",
            "modality",
            "number",
            "description",
            "instance_count",
            "rejected_count",
            "clinical_count",
        )


class StudySerializer(serializers.ModelSerializer[Study]):
    """All images of one visit for one order. `series` are those that readers see; the counts named
    clinical leave out what was rejected."""

    modalities = serializers.ListField(
        source="modality_list", child=serializers.CharField(), read_only=True
    )
    series = SeriesSerializer(many=True, read_only=True)

    class Meta:
        model = Study
        fields = (
            "id",
            "study_instance_uid",
            "patient",
            "order",
            "accession_number",
            "description",
            "study_date",
            "study_time",
            "modalities",
            "series_count",
            "instance_count",
            "rejected_count",
            "clinical_series_count",
            "clinical_count",
            "status",
            "last_image_at",
            "series",
        )


class StudyFilter(filters.FilterSet):  # type: ignore[misc]
    """By patient, order, identifiers and date."""

    study_date_from = filters.DateFilter(field_name="study_date", lookup_expr="gte")
    study_date_to = filters.DateFilter(field_name="study_date", lookup_expr="lte")

    class Meta:
        model = Study
        fields = ("patient", "order", "accession_number", "study_instance_uid", "status")


class StudyViewSet(viewsets.ReadOnlyModelViewSet[Study]):
    """Studies of the department."""

    request: StaffApiRequest
    queryset = Study.objects.none()
    serializer_class = StudySerializer
    filterset_class = StudyFilter
    action_permissions = {"list": "studies.view_study", "retrieve": "studies.view_study"}

    def get_queryset(self) -> StudyQuerySet:
        visible = Study.objects.visible_to(self.request.user)
        return visible.newest_first().prefetch_related(
            Prefetch("series", queryset=Series.objects.clinical())
        )

    def retrieve(self, request: Request, *args: object, **kwargs: object) -> Response:
        study = self.get_object()
        view_study(study, by=self.request.user, how="api")
        return Response(self.get_serializer(study).data)
