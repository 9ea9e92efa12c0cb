"""We call other machines: one module opens the association, one for each thing we then ask."""

from gateway.calling.line import Line, NoAnswer, calling, context

__all__ = ["Line", "NoAnswer", "calling", "context"]
