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
from worklist.services.waiting import (
    cancel_order,
    cancel_procedure,
    hold_procedure,
    mark_no_show,
    mark_ready,
    resume_procedure,
)

__all__ = [
    "book_step",
    "cancel_order",
    "cancel_procedure",
    "complete_procedure",
    "discontinue_procedure",
    "hold_procedure",
    "mark_no_show",
    "mark_ready",
    "move_procedure",
    "note_images",
    "place_order",
    "procedure_for",
    "register_arrival",
    "resume_procedure",
    "schedule_procedure",
    "settle_images",
    "start_procedure",
    "walk_in",
]
