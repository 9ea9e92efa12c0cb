"""What was set aside, in words: the list of it, and the explanation of one object."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from audit import codes
from common.templatetags.ward import pn
from studies.dicom.names import name_of
from studies.models import IncomingFile

if TYPE_CHECKING:
    from staff.models import User

PAGE = 50
LONGEST_KEY = 18  # digits of a bigint
TAG_DIGITS = 8

Status = IncomingFile.Status
SHELVES: dict[str, str | Promise] = {
    Status.SET_ASIDE: _("Set aside"),
    Status.DISCARDED: _("Discarded"),
    Status.REFUSED: _("Refused"),
}


@dataclass(frozen=True, slots=True)
class Why:
    """A title for a reason, and what a person can do about it."""

    title: str | Promise
    advice: str | Promise


OTHER_PATIENT = Why(
    _("Another patient"),
    _(
        "Find out who was on the table. If the record here is wrong, correct it and try again; "
        "if the device was given the wrong patient, send the images again with the right one "
        "and discard these."
    ),
)
WITHOUT_IDENTIFIERS = Why(
    _("Its identifiers are lost"),
    _(
        "Without them nobody can say which study it belongs to. Have it sent again from where it "
        "was made, then discard this one."
    ),
)
WHYS: Mapping[str, Why] = {
    "other_patient": OTHER_PATIENT,
    "missing_uid": WITHOUT_IDENTIFIERS,
    "bad_uid": WITHOUT_IDENTIFIERS,
    "media_directory": Why(
        _("A directory, not an image"),
        _("Nothing of it is needed: the images it lists are sent one by one. Discard it."),
    ),
    "climbs": Why(
        _("A directory that points elsewhere"),
        _("Nothing it lists was opened. Discard it, and find out who made it."),
    ),
    "same_uid_other_content": Why(
        _("Same identifier, other content"),
        _(
            "The first one stays as it is. Look at what differs: if the new one is a corrected "
            "image, have it sent again with an identifier of its own."
        ),
    ),
    "series_elsewhere": Why(
        _("Its series is in another study"),
        _("The device gave one series to two studies. Have it sent again from the device."),
    ),
    "timeout": Why(
        _("Reading took too long"),
        _("Try again when there is less work. If it happens again, ask for it to be sent again."),
    ),
    "crashed": Why(
        _("Could not be filed"),
        _("Try again. If it happens again, the file is damaged: ask for it to be sent again."),
    ),
    "out_of_memory": Why(
        _("Too large to read"),
        _("Reading it needs more memory than is allowed. Ask whoever runs this system."),
    ),
}
DAMAGED = Why(
    _("Cannot be read"),
    _("The file is damaged or is not what it says. Have it sent again, then discard this one."),
)
codes.mean({code: why.title for code, why in WHYS.items()})
codes.mean(
    {
        **dict.fromkeys(("bad_length", "too_deep", "truncated", "unreadable"), DAMAGED.title),
        "empty": _("The file is empty"),
        "not_dicom": _("Not a DICOM file"),
    }
)

FIELDS: Mapping[str, str | Promise] = {
    "patient_id": _("Record number"),
    "issuer": _("Issuer of record number"),
    "name": _("Name"),
    "birth_date": _("Birth date"),
    "sex": _("Sex"),
    "transfer_syntax": _("Transfer syntax"),
    "pixels": _("Pixel data"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of what differs."""

    label: str
    tag: str
    here: str
    arrived: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an object was set aside, as its page says it."""

    title: str
    advice: str
    sentence: str
    rows: list[Row]
    pixels_differ: bool


def explain(incoming: IncomingFile) -> Explanation:
    """Put a reason into words. `reason` of a discarded object is the person's own."""
    why = WHYS.get(incoming.reason_code, DAMAGED)
    differences: list[dict[str, Any]] = incoming.details.get("differences", [])
    return Explanation(
        title=str(why.title),
        advice=str(why.advice),
        sentence=incoming.details.get("set_aside_because") or incoming.reason,
        rows=[row_of(one) for one in differences if one["field"] != "pixels"],
        pixels_differ=any(one["field"] == "pixels" for one in differences),
    )


def title_of(incoming: IncomingFile) -> str:
    """The reason in a few words."""
    return str(WHYS.get(incoming.reason_code, DAMAGED).title)


def row_of(difference: dict[str, Any]) -> Row:
    """A stored difference with its label: one of our words, or the name of a tag."""
    field = difference["field"]
    is_tag = field not in FIELDS and len(field) == TAG_DIGITS
    return Row(
        label=name_of(field) if is_tag else str(FIELDS.get(field, field)),
        tag=f"({field[:4]},{field[4:]})" if is_tag else "",
        here=as_read(field, difference["here"]),
        arrived=as_read(field, difference["arrived"]),
    )


def as_read(field: str, value: str) -> str:
    """A stored value as people read it: names without carets, dates as the pages write them."""
    if field == "name":
        return " · ".join(pn(group) for group in value.split("=") if group)
    if field == "birth_date" and value:
        return date_format(dt.date.fromisoformat(value), "j M Y")
    return value


@dataclass
class SetAsideList:
    """One page of received objects that are not filed, newest first."""

    user: "User"
    shelf: str
    before: int | None = None

    @classmethod
    def of(cls, user: "User", params: QueryDict) -> "SetAsideList":
        shelf, key = params.get("show", "").upper(), params.get("before", "")
        is_key = key.isascii() and key.isdigit() and len(key) <= LONGEST_KEY
        return cls(
            user, shelf if shelf in SHELVES else Status.SET_ASIDE, int(key) if is_key else None
        )

    @cached_property
    def _found(self) -> list[IncomingFile]:
        rows = IncomingFile.objects.visible_to(self.user).in_status(self.shelf)
        rows = rows.before(self.before) if self.before else rows
        return list(rows.with_page_details()[: PAGE + 1])

    @property
    def files(self) -> list[tuple[IncomingFile, str]]:
        """The objects of this page, each with its reason in a few words."""
        return [(incoming, title_of(incoming)) for incoming in self._found[:PAGE]]

    @property
    def next_before(self) -> int | None:
        """Where the next page begins; None on the last one."""
        return self._found[PAGE - 1].pk if len(self._found) > PAGE else None

    @property
    def shelves(self) -> list[tuple[str, str | Promise, bool]]:
        return [(key.lower(), label, key == self.shelf) for key, label in SHELVES.items()]

    @property
    def is_first_page(self) -> bool:
        return self.before is None
