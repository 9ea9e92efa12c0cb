"""Orders, their scheduled procedures, and what is asked, checked and done about them."""

from worklist.models.catalogue import (
    ContrastAgent,
    ExpectedView,
    Guide,
    ProcedureText,
    ProcedureType,
)
from worklist.models.exceptions import Discrepancy, Proposal
from worklist.models.move import Move
from worklist.models.order import Order
from worklist.models.performed import Administration, Check, Draft, Exposure, PerformedProcedure
from worklist.models.performed_series import PerformedObject, PerformedSeries
from worklist.models.procedure import ScheduledProcedure
from worklist.models.screening import UNKNOWN, Answer, Concern, Question, Questionnaire
from worklist.models.worklist_query import WorklistQuery

__all__ = [
    "UNKNOWN",
    "Administration",
    "Answer",
    "Check",
    "Concern",
    "ContrastAgent",
    "Discrepancy",
    "Draft",
    "ExpectedView",
    "Exposure",
    "Guide",
    "Move",
    "Order",
    "PerformedObject",
    "PerformedProcedure",
    "PerformedSeries",
    "ProcedureText",
    "ProcedureType",
    "Proposal",
    "Question",
    "Questionnaire",
    "ScheduledProcedure",
    "WorklistQuery",
]
