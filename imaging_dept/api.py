"""The API router: every viewset, its description and its pages."""

from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.views import SpectacularAPIView
from rest_framework.routers import DefaultRouter

from audit.api import EntryViewSet
from equipment.api import (
    DeviceViewSet,
    DowntimeViewSet,
    MaintenanceEntryViewSet,
    MaintenancePlanViewSet,
    NodeViewSet,
    RoomViewSet,
)
from gateway.api_transfers import CarriedTransferViewSet
from imaging_dept.api_pages import docs
from patients.api import AlertViewSet, CorrectionViewSet, IdentifierViewSet, PatientViewSet
from reports.api import PreliminaryNoteViewSet, ReportTemplateViewSet, ReportViewSet
from staff.api import PersonViewSet
from studies.api import StudyViewSet
from studies.api_commitments import CommitmentViewSet
from studies.api_images import InstanceViewSet
from worklist.api import (
    ContrastAgentViewSet,
    DiscrepancyViewSet,
    FreeTimesViewSet,
    OrderViewSet,
    PerformedStepViewSet,
    ProcedureTypeViewSet,
    ProposalViewSet,
    QuestionnaireViewSet,
    ScheduledProcedureViewSet,
    WorklistQueryViewSet,
)


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How a program signs in, for the description of the API."""

    target_class = "staff.bearer.BearerAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


router = DefaultRouter()
router.register("procedures", ScheduledProcedureViewSet, basename="procedure")
router.register("orders", OrderViewSet, basename="order")
router.register("procedure-types", ProcedureTypeViewSet, basename="procedure-type")
router.register("free-times", FreeTimesViewSet, basename="free-time")
router.register("proposals", ProposalViewSet, basename="proposal")
router.register("discrepancies", DiscrepancyViewSet, basename="discrepancy")
router.register("performed-steps", PerformedStepViewSet, basename="performed-step")
router.register("worklist-queries", WorklistQueryViewSet, basename="worklist-query")
router.register("patients", PatientViewSet, basename="patient")
router.register("alerts", AlertViewSet, basename="alert")
router.register("identifiers", IdentifierViewSet, basename="identifier")
router.register("corrections", CorrectionViewSet, basename="correction")
router.register("studies", StudyViewSet, basename="study")
router.register("instances", InstanceViewSet, basename="instance")
router.register("transfers", CarriedTransferViewSet, basename="transfer")
router.register("commitments", CommitmentViewSet, basename="commitment")
router.register("reports", ReportViewSet, basename="report")
router.register("preliminary-notes", PreliminaryNoteViewSet, basename="preliminary-note")
router.register("rooms", RoomViewSet, basename="room")
router.register("devices", DeviceViewSet, basename="device")
router.register("downtimes", DowntimeViewSet, basename="downtime")
router.register("maintenance", MaintenanceEntryViewSet, basename="maintenance-entry")
router.register("maintenance-plans", MaintenancePlanViewSet, basename="maintenance-plan")
router.register("nodes", NodeViewSet, basename="node")
router.register("contrast-agents", ContrastAgentViewSet, basename="contrast-agent")
router.register("questionnaires", QuestionnaireViewSet, basename="questionnaire")
router.register("report-templates", ReportTemplateViewSet, basename="report-template")
router.register("people", PersonViewSet, basename="person")
router.register("audit-entries", EntryViewSet, basename="audit-entry")

urlpatterns: list[URLPattern | URLResolver] = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", docs, name="docs"),
    path("", include(router.urls)),
]
