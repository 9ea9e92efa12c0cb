"""What goes wrong in a department, as what a scanner and its operator then do differently."""

from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Plan:
    """How one examination is played. As it stands here, everything goes by the book."""

    reports_steps: bool = True
    asks_commitment: bool = True
    images_come_late: bool = False
    sends_each: int = 1
    sends_of_all: float = 1.0
    """The part of the images that is taken at all."""
    loses_last: bool = False
    """The last image is reported and never sent."""
    ends: str = "COMPLETED"
    """The final state that is reported; empty: none is."""
    reason: str = ""
    takes_wrong_entry: bool = False
    notices: bool = False
    """The wrong entry is noticed, ended as such, and the right one taken."""
    is_unscheduled: bool = False
    mistypes: bool = False


BY_THE_BOOK = Plan()
# name: what is seen, and how the plan differs
FAULTS: dict[str, tuple[str, dict[str, Any]]] = {
    "no-mpps": ("performed steps are not reported", {"reports_steps": False}),
    "no-commitment": ("nobody asks whether the images are safe", {"asks_commitment": False}),
    "late-images": ("images come after the step was ended", {"images_come_late": True}),
    "duplicate": ("every image is sent twice", {"sends_each": 2}),
    "lost-image": ("the last image is reported and never sent", {"loses_last": True}),
    "discontinued": (
        "the examination is broken off half way",
        {"ends": "DISCONTINUED", "reason": "110515", "sends_of_all": 0.5},
    ),
    "no-reason": (
        "it is broken off and no reason is given",
        {"ends": "DISCONTINUED", "sends_of_all": 0.5},
    ),
    "never-ended": ("the scanner is switched off before it reports the end", {"ends": ""}),
    "wrong-patient": (
        "another patient's entry is taken and nobody notices",
        {"takes_wrong_entry": True},
    ),
    "wrong-entry": (
        "another entry is taken, noticed (110514), and the right one performed",
        {"takes_wrong_entry": True, "notices": True},
    ),
    "unscheduled": ("an emergency that nobody has booked", {"is_unscheduled": True}),
    "mistyped": ("the record number in the images has two digits exchanged", {"mistypes": True}),
}


def with_faults(names: list[str]) -> Plan:
    """The plan in which all of these go wrong at once. KeyError for a name that is none."""
    plan = BY_THE_BOOK
    for name in names:
        plan = replace(plan, **FAULTS[name][1])
    return plan
