"""What may be done with devices: by whom they are cared for, and who of them is calling."""

from equipment.services.attachments import attach
from equipment.services.blocks import Block, move_block, plan_block, withdraw_block
from equipment.services.callers import Caller, caller_of, identify_caller
from equipment.services.calls import destination, note_call
from equipment.services.faults import Fault, add_to_fault, report_fault
from equipment.services.maintenance import (
    Opening,
    UsedPart,
    Work,
    begin_work,
    finish_work,
    hand_back,
    note_work,
    open_entry,
)
from equipment.services.plans import change_plan, list_due, make_plan
from equipment.services.promises import promise, release, what_is_there
from equipment.services.status import change_device_status

__all__ = [
    "Block",
    "Caller",
    "Fault",
    "Opening",
    "UsedPart",
    "Work",
    "add_to_fault",
    "attach",
    "begin_work",
    "caller_of",
    "change_device_status",
    "change_plan",
    "destination",
    "finish_work",
    "hand_back",
    "identify_caller",
    "list_due",
    "make_plan",
    "move_block",
    "note_call",
    "note_work",
    "open_entry",
    "plan_block",
    "promise",
    "release",
    "report_fault",
    "what_is_there",
    "withdraw_block",
]
