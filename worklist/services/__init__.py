"""What may be done with orders and scheduled procedures. One verb, one function."""

from worklist.services.booking import book_step, schedule_procedure, walk_in
from worklist.services.images import note_images, settle_images
from worklist.services.matching import procedure_for
from worklist.services.moving_day import move_procedure
from worklist.services.orders import place_order
from worklist.services.procedures import (
    complete_procedure,
    discontinue_procedure,
    register_arrival,
    start_procedure,
)
from worklist.services.stranded import (
    hold_stranded,
    move_stranded,
    out_until,
    refuse_to_retire,
    stranded_on,
)
from worklist.services.sweep import (
    accept_proposal,
    decide_all,
    decline_proposal,
    propose_outcomes,
    settle_discrepancy,
)
from worklist.services.waiting import (
    cancel_order,
    cancel_procedure,
    hold_procedure,
    mark_no_show,
    mark_ready,
    resume_procedure,
)

__all__ = [
    "accept_proposal",
    "book_step",
    "cancel_order",
    "cancel_procedure",
    "complete_procedure",
    "decide_all",
    "decline_proposal",
    "discontinue_procedure",
    "hold_procedure",
    "hold_stranded",
    "mark_no_show",
    "mark_ready",
    "move_procedure",
    "move_stranded",
    "note_images",
    "out_until",
    "place_order",
    "procedure_for",
    "propose_outcomes",
    "refuse_to_retire",
    "register_arrival",
    "resume_procedure",
    "schedule_procedure",
    "settle_discrepancy",
    "settle_images",
    "start_procedure",
    "stranded_on",
    "walk_in",
]
