"""Rows as text for a spreadsheet (RFC 4180), none of which it would calculate."""

import csv
import io
from collections.abc import Iterable

# A spreadsheet runs what begins so: what a machine calls itself must not become a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def harmless(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def csv_lines(rows: Iterable[Iterable[object]]) -> str:
    lines = io.StringIO()
    csv.writer(lines).writerows([harmless(value) for value in row] for row in rows)
    return lines.getvalue()
