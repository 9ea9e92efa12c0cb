"""The worklist for programs: the same lists and the same verbs as the pages."""

from worklist.api.asked import WorklistQueryViewSet
from worklist.api.catalogue import FreeTimesViewSet, ProcedureTypeViewSet
from worklist.api.kept import ContrastAgentViewSet, QuestionnaireViewSet
from worklist.api.open_steps import DiscrepancyViewSet, ProposalViewSet
from worklist.api.orders import OrderViewSet
from worklist.api.performed import PerformedStepViewSet
from worklist.api.procedures import ScheduledProcedureViewSet

__all__ = [
    "ContrastAgentViewSet",
    "DiscrepancyViewSet",
    "FreeTimesViewSet",
    "OrderViewSet",
    "PerformedStepViewSet",
    "ProcedureTypeViewSet",
    "ProposalViewSet",
    "QuestionnaireViewSet",
    "ScheduledProcedureViewSet",
    "WorklistQueryViewSet",
]
