"""What the page of one piece of maintenance says: its story, line by line, and what it took."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from equipment.models import Attachment, MaintenanceEntry, Part


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the log: a note, or files that somebody hung on."""

    at: dt.datetime
    who: str
    text: str = ""
    files: tuple[Attachment, ...] = ()


def about(entry: MaintenanceEntry) -> dict[str, Any]:
    """The live part of the page."""
    parts = list(entry.parts.all())
    return {
        "entry": entry,
        "device": entry.device,
        "log": log_of(entry),
        "parts": parts,
        "total": total_of(entry, parts),
        "changes": entry.status_changes.select_related("by").order_by("at", "pk"),
    }


def log_of(entry: MaintenanceEntry) -> list[Line]:
    """Notes and files in the order in which they came; files sent together stand together."""
    notes = [
        Line(note.at, str(note.by or ""), note.text) for note in entry.notes.select_related("by")
    ]
    together: dict[tuple[int | None, dt.datetime], list[Attachment]] = {}
    for file in entry.attachments.select_related("by"):
        minute = file.at.replace(second=0, microsecond=0)
        together.setdefault((file.by_id, minute), []).append(file)
    files = [
        Line(group[0].at, str(group[0].by or ""), files=tuple(group)) for group in together.values()
    ]
    return sorted(notes + files, key=lambda line: line.at)


def total_of(entry: MaintenanceEntry, parts: list[Part]) -> Decimal | None:
    """Work and parts together; None when nobody wrote a price."""
    prices = [entry.cost, *(part.cost * part.quantity for part in parts if part.cost is not None)]
    known = [price for price in prices if price is not None]
    return sum(known, Decimal(0)) if known else None
