"""What may be done with reports. One verb, one function."""

from reports.services.acknowledging import acknowledge
from reports.services.claiming import claim_study, free_lapsed, read_anyway, release_study
from reports.services.drafting import Stale, begin_later, drop_draft, save_draft
from reports.services.gathering import gather_report
from reports.services.notes import save_note_draft, write_note
from reports.services.signing import (
    no_read_required,
    read_after_all,
    retract,
    sign_later,
    sign_report,
)
from reports.services.viewing import view_report

__all__ = [
    "Stale",
    "acknowledge",
    "begin_later",
    "claim_study",
    "drop_draft",
    "free_lapsed",
    "gather_report",
    "no_read_required",
    "read_after_all",
    "read_anyway",
    "release_study",
    "retract",
    "save_draft",
    "save_note_draft",
    "sign_later",
    "sign_report",
    "view_report",
    "write_note",
]
