"""Words to begin a report with, for programs that help to write one."""

from django.db.models import QuerySet
from rest_framework import serializers, viewsets

from reports.models import ReportTemplate
from staff.access import StaffApiRequest

SEE = "reports.view_report"


class ReportTemplateSerializer(serializers.ModelSerializer[ReportTemplate]):
    """A template; what stands in [brackets] is meant to be replaced."""

    procedure_codes = serializers.SlugRelatedField[ReportTemplate](
        source="procedure_types", slug_field="code", many=True, read_only=True
    )

    class Meta:
        model = ReportTemplate
        fields = (
            *("id", "name", "modality", "procedure_codes"),
            *("technique", "findings", "impression", "is_active"),
        )
        read_only_fields = fields


class ReportTemplateViewSet(viewsets.ReadOnlyModelViewSet[ReportTemplate]):
    """Templates of reports. They are kept in the admin."""

    request: StaffApiRequest
    queryset = ReportTemplate.objects.none()
    serializer_class = ReportTemplateSerializer
    filterset_fields = ("modality", "is_active")
    action_permissions = {"list": SEE, "retrieve": SEE}

    def get_queryset(self) -> QuerySet[ReportTemplate]:
        return ReportTemplate.objects.prefetch_related("procedure_types")
