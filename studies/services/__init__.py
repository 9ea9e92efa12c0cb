"""What may be done with received objects and studies. One verb, one function."""

from studies.services.committing import (
    Asker,
    Wanted,
    ask_commitment,
    look_now,
    note_told,
    note_untold,
    outcome_of,
    retry_commitment,
)
from studies.services.matching import match_by_hand
from studies.services.receiving import (
    Announced,
    MachineArrival,
    receive,
    receive_all,
    tell_worker,
)
from studies.services.reviewing import (
    keep_all,
    keep_image,
    keep_series,
    mark_key,
    reject_image,
    reject_series,
    restore_image,
    restore_series,
    unmark_key,
)
from studies.services.set_aside import discard_set_aside, retry_set_aside
from studies.services.settling import settle_study
from studies.services.storing import foresee, store_objects
from studies.services.transferring import (
    Elsewhere,
    cancel_transfer,
    fetch_study,
    retry_transfer,
    send_study,
)
from studies.services.uploads import (
    add_archive,
    already_sent,
    finish_upload,
    pass_over,
    retry_archive,
    start_upload,
)
from studies.services.viewing import view_study

__all__ = [
    "Announced",
    "Asker",
    "Elsewhere",
    "MachineArrival",
    "Wanted",
    "add_archive",
    "already_sent",
    "ask_commitment",
    "cancel_transfer",
    "discard_set_aside",
    "fetch_study",
    "finish_upload",
    "foresee",
    "keep_all",
    "keep_image",
    "keep_series",
    "look_now",
    "mark_key",
    "match_by_hand",
    "note_told",
    "note_untold",
    "outcome_of",
    "pass_over",
    "receive",
    "receive_all",
    "reject_image",
    "reject_series",
    "restore_image",
    "restore_series",
    "retry_archive",
    "retry_commitment",
    "retry_set_aside",
    "retry_transfer",
    "send_study",
    "settle_study",
    "start_upload",
    "store_objects",
    "tell_worker",
    "unmark_key",
    "view_study",
]
