"""A whole number opens what it names: whoever scans a wristband or a requisition wants no list.

Record numbers are ours. Apps above register what else has numbers, when they are ready.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.urls import reverse

from patients.models import Patient

if TYPE_CHECKING:
    from staff.models import User

Finder = Callable[["User", str], str | None]

_finders: list[Finder] = []


def finds_by_number(finder: Finder) -> Finder:
    """Register who knows the page of a number that this person may see."""
    if finder not in _finders:
        _finders.append(finder)
    return finder


def page_of_number(user: "User", number: str) -> str | None:
    """The one page that this number names; None when it names nothing, or more than one thing."""
    found = (finder(user, number) for finder in _finders) if " " not in number else ()
    pages = {page for page in found if page}
    return pages.pop() if len(pages) == 1 else None


@finds_by_number
def record_of_number(user: "User", number: str) -> str | None:
    """The record of a patient's number, whoever has issued it."""
    patients = Patient.objects.visible_to(user).known_by({number, number.upper()})[:2]
    return reverse("patients:patient", args=[patients[0].pk]) if len(patients) == 1 else None
