"""What may be done with orders and scheduled procedures. One verb, one function."""

from worklist.services.asked import Asked, forget_queries, note_query, try_query
from worklist.services.booking import book_step, schedule_procedure, walk_in
from worklist.services.checks import check_identity, confirm_side
from worklist.services.drafts import save_draft
from worklist.services.given import expose, give, note_reaction, withdraw
from worklist.services.images import note_images, settle_images
from worklist.services.matching import procedure_for
from worklist.services.moving_day import move_procedure
from worklist.services.orders import place_order
from worklist.services.performing import (
    Report,
    begin_again,
    begin_performed,
    end_acquisition,
    end_performed,
    report_wrong_entry,
)
from worklist.services.placing import place_performed, settle_performed
from worklist.services.procedures import (
    complete_procedure,
    discontinue_procedure,
    register_arrival,
    start_procedure,
)
from worklist.services.reporting import (
    AlreadyTold,
    NeverTold,
    NoLonger,
    report_begun,
    report_changed,
)
from worklist.services.screening import Said, answer_questions, override_screening
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
    "AlreadyTold",
    "Asked",
    "NeverTold",
    "NoLonger",
    "Report",
    "Said",
    "accept_proposal",
    "answer_questions",
    "begin_again",
    "begin_performed",
    "book_step",
    "cancel_order",
    "cancel_procedure",
    "check_identity",
    "complete_procedure",
    "confirm_side",
    "decide_all",
    "decline_proposal",
    "discontinue_procedure",
    "end_acquisition",
    "end_performed",
    "expose",
    "forget_queries",
    "give",
    "hold_procedure",
    "hold_stranded",
    "mark_no_show",
    "mark_ready",
    "move_procedure",
    "move_stranded",
    "note_images",
    "note_query",
    "note_reaction",
    "out_until",
    "override_screening",
    "place_order",
    "place_performed",
    "procedure_for",
    "propose_outcomes",
    "refuse_to_retire",
    "register_arrival",
    "report_begun",
    "report_changed",
    "report_wrong_entry",
    "resume_procedure",
    "save_draft",
    "schedule_procedure",
    "settle_discrepancy",
    "settle_images",
    "settle_performed",
    "start_procedure",
    "stranded_on",
    "try_query",
    "walk_in",
    "withdraw",
]
