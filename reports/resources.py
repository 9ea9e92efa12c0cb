"""Templates and targets as files."""

from import_export.fields import Field

from common.exchange import CatalogueResource, Codes
from reports.models import ReadingTarget, ReportTemplate
from worklist.models import ProcedureType


class ReportTemplateResource(CatalogueResource):
    procedure_types = Field(
        "procedure_types", "procedure_types", Codes(ProcedureType, field="code")
    )

    class Meta(CatalogueResource.Meta):
        model = ReportTemplate
        import_id_fields = ("name",)
        fields = (
            *("name", "modality", "procedure_types", "technique", "findings", "impression"),
            "is_active",
        )


class ReadingTargetResource(CatalogueResource):
    class Meta(CatalogueResource.Meta):
        model = ReadingTarget
        import_id_fields = ("priority",)
        fields = ("priority", "minutes")
