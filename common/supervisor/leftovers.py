"""Processes that an earlier supervisor left: the kernel ends them, but that takes a moment.

Two PostgreSQL or two Valkey on one folder must never be. Each supervisor writes down whom it
started; the next one on the same folder waits for them, and insists if they stay.
"""

import json
import os
import signal
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from common.place import Place

PATIENCE_SECONDS = 20.0
TURN_SECONDS = 0.05


class Running(Protocol):
    """As much of a child as is needed here."""

    @property
    def name(self) -> str: ...
    @property
    def process(self) -> "HasPid | None": ...


class HasPid(Protocol):
    pid: int


def note_children(place: Place, children: Iterable[Running]) -> None:
    """Write down who runs: name, process id, and when it was born (ids are used again)."""
    rows = [
        {"name": child.name, "pid": child.process.pid, "born": born(child.process.pid)}
        for child in children
        if child.process is not None
    ]
    path = notes(place)
    half = path.with_suffix(".half")
    half.write_text(json.dumps(rows))
    half.rename(path)


def await_leftovers(place: Place) -> None:
    """Return when nobody of an earlier start runs any more."""
    alive = [row for row in read(place) if is_same(row)]
    deadline = time.monotonic() + PATIENCE_SECONDS
    while alive and time.monotonic() < deadline:
        time.sleep(TURN_SECONDS)
        alive = [row for row in alive if is_same(row)]
    for row in alive:
        with suppress(ProcessLookupError):
            os.kill(row["pid"], signal.SIGKILL)
    notes(place).unlink(missing_ok=True)


def notes(place: Place) -> Path:
    return place.run / "processes.json"


def read(place: Place) -> list[dict[str, int]]:
    try:
        rows: list[dict[str, int]] = json.loads(notes(place).read_text())
    except (OSError, ValueError):
        return []
    return rows


def is_same(row: dict[str, int]) -> bool:
    """Whether that very process is still there."""
    return row["born"] != 0 and born(row["pid"]) == row["born"]


def born(pid: int) -> int:
    """Its start time in clock ticks since boot; 0 when there is none, or it is a zombie."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return 0 if fields[0] == "Z" else int(fields[19])
