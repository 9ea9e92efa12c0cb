"""Fields of a record, and what they hold, in words: for what was corrected."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

from common.templatetags.ward import pn
from patients.models import Identifier, Patient
from patients.names import PersonName

NAMES = ("name_alphabetic", "name_ideographic", "name_phonetic")


@dataclass(frozen=True, slots=True)
class Difference:
    """One field, as it was and as it is."""

    field: str
    was: str
    now: str


def differences(changes: Mapping[str, Any]) -> list[Difference]:
    """Changes as pairs (was, is) by field, in words, in the order of the record's fields."""
    order = {field.name: position for position, field in enumerate(Patient._meta.fields)}
    return [
        Difference(label_of(name), said(name, was), said(name, now))
        for name, (was, now) in sorted(
            changes.items(), key=lambda change: order.get(change[0], len(order))
        )
    ]


def label_of(name: str) -> str:
    """What people call a field."""
    if name.startswith("identifier."):
        kind = name.removeprefix("identifier.")
        return str(Identifier.Kind(kind).label) if kind in Identifier.Kind.values else kind
    labels = {
        "name_alphabetic": _("Name in Latin letters"),
        "name_ideographic": _("Name in the own script"),
        "name_phonetic": _("Name as it is spoken"),
    }
    if name in labels:
        return labels[name]
    field = Patient._meta.get_field(name)
    return str(getattr(field, "verbose_name", name)).capitalize()


def said(name: str, value: Any) -> str:
    """A value as a person reads it; empty when there is none."""
    if value in (None, ""):
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name == "sex" and value in Patient.Sex.values:
        return str(Patient.Sex(value).label)
    if name == "birth_date":
        day = value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value))
        return formats.date_format(day, "j M Y")
    return whole(str(value)) if name in NAMES else str(value)


def whole(group: str) -> str:
    """A name with its titles: a correction may be about nothing else."""
    name = PersonName.of(group)
    return ", ".join(part for part in (pn(group), name.prefix, name.suffix) if part)
