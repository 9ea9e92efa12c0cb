"""Orders and their scheduled procedures."""

from worklist.models.move import Move
from worklist.models.order import Order, ProcedureType
from worklist.models.procedure import ScheduledProcedure

__all__ = ["Move", "Order", "ProcedureType", "ScheduledProcedure"]
