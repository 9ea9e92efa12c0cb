"""Orders and their scheduled procedures."""

from worklist.models.order import Order, ProcedureType
from worklist.models.procedure import Move, ScheduledProcedure

__all__ = ["Move", "Order", "ProcedureType", "ScheduledProcedure"]
