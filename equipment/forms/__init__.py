"""The shapes of what people say about devices; whether it makes sense is for the services."""

from equipment.forms.devices import BlockForm, PeriodForm, StatusForm
from equipment.forms.faults import FaultForm, MoreForm
from equipment.forms.files import FilesField
from equipment.forms.maintenance import (
    FinishForm,
    HandBackForm,
    NoteForm,
    OpeningForm,
    PartFormSet,
    parts_in,
)
from equipment.forms.plans import PlanForm

__all__ = [
    "BlockForm",
    "FaultForm",
    "FilesField",
    "FinishForm",
    "HandBackForm",
    "MoreForm",
    "NoteForm",
    "OpeningForm",
    "PartFormSet",
    "PeriodForm",
    "PlanForm",
    "StatusForm",
    "parts_in",
]
