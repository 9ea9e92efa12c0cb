"""The trail as a file: line by line, never the whole in memory.

Rows never change and new ones are always newer, so batches walked backwards by (at, key) are as
consistent as one long cursor, without holding a transaction open for a slow reader.
"""

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from audit.verbs import words_of
from common.spreadsheets import csv_lines

if TYPE_CHECKING:
    from audit.models import Entry, EntryQuerySet

BATCH = 2000
COLUMNS = (
    *("id", "at", "verb", "words", "person", "username", "machine", "roles", "origin"),
    *("subject_type", "subject_id", "patient", "details"),
)


def facts_of(entry: "Entry") -> dict[str, Any]:
    """One entry as keys and codes. The time has its offset."""
    return {
        "id": entry.pk,
        "at": timezone.localtime(entry.at).isoformat(timespec="microseconds"),
        "verb": entry.verb,
        "words": words_of(entry.verb),
        "person": entry.actor_id,
        "username": entry.actor.get_username() if entry.actor else "",
        "machine": entry.actor_label,
        "roles": entry.roles,
        "origin": entry.origin,
        "subject_type": entry.subject_type,
        "subject_id": entry.subject_id,
        "patient": entry.patient_id,
        "details": entry.details,
    }


def batches(entries: "EntryQuerySet") -> Iterator[list["Entry"]]:
    """All of `entries`, newest first, a bounded number at a time."""
    batch = list(entries.newest_first()[:BATCH])
    while batch:
        yield batch
        batch = list(entries.older_than(batch[-1]).newest_first()[:BATCH])


def as_json_lines(entries: "EntryQuerySet") -> Iterator[str]:
    """One JSON object a line."""
    for batch in batches(entries):
        yield "".join(f"{json.dumps(facts_of(entry), ensure_ascii=False)}\n" for entry in batch)


def as_csv(entries: "EntryQuerySet") -> Iterator[str]:
    """A header, and one row an entry (RFC 4180)."""
    yield csv_lines([COLUMNS])
    for batch in batches(entries):
        yield csv_lines(_cells(facts_of(entry)) for entry in batch)


def _cells(facts: dict[str, Any]) -> list[Any]:
    """What a spreadsheet can hold."""
    told = facts | {
        "roles": ", ".join(facts["roles"]),
        "details": json.dumps(facts["details"], ensure_ascii=False) if facts["details"] else "",
    }
    return [told[name] for name in COLUMNS]


FORMATS: dict[str, tuple[str, Callable[["EntryQuerySet"], Iterator[str]]]] = {
    "csv": ("text/csv; charset=utf-8", as_csv),
    "jsonl": ("application/jsonl; charset=utf-8", as_json_lines),
}
