"""Ordered start, readiness, restart with back-off, orderly stop, and no orphans.

`program` says what is to run, `child` is one that runs, `keeper` looks after all of them.
"""

from common.supervisor.child import NotReady
from common.supervisor.keeper import Keeper, Stopped
from common.supervisor.program import Program

__all__ = ["Keeper", "NotReady", "Program", "Stopped"]
