"""A day in an address: 2026-05-17."""

import datetime as dt


class DayConverter:
    """What is not a day is not a page."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> dt.date:
        return dt.date.fromisoformat(value)

    def to_url(self, value: dt.date) -> str:
        return value.isoformat()
