"""Attributes that stand in no column, from the stored header of one instance of each row."""

import json
import zlib
from collections.abc import Collection
from typing import Any

from gateway.dicomweb.search.attributes import (
    FROM_HEADER,
    TOLD_FROM_HEADERS,
    Level,
)
from gateway.dicomweb.search.parameters import Question
from gateway.dicomweb.search.values import Element
from studies.models import InstanceHeader


class Headers:
    """Which attributes of a page of results come from headers, and what those say."""

    def __init__(self, level: Level, question: Question, known: Collection[str]) -> None:
        self._usual = FROM_HEADER[level]
        self._asked = question.included - set(known)
        self._all = question.includes_all
        self._allowed = TOLD_FROM_HEADERS.get(level)
        self._texts: dict[int, Any] = {}

    @property
    def are_needed(self) -> bool:
        asked = self._asked if self._allowed is None else self._asked & self._allowed
        return bool(self._usual or asked or self._all)

    def read(self, instances: Collection[int]) -> None:
        """Read the headers of all rows of the page at once."""
        rows = InstanceHeader.objects.filter(pk__in=instances).values_list("pk", "json")
        self._texts = {pk: bytes(packed) for pk, packed in rows}

    def of(self, instance: int | None) -> dict[str, Element]:
        """The wanted attributes of the header of one instance; bulk is left out."""
        packed = self._texts.get(instance or 0)
        if packed is None:
            return {}
        header: dict[str, Element] = json.loads(zlib.decompress(packed))
        return {
            tag: told
            for tag, told in header.items()
            if self._is_wanted(tag) and "BulkDataURI" not in told
        }

    def _is_wanted(self, tag: str) -> bool:
        if tag in self._usual:
            return True
        if self._allowed is not None and tag not in self._allowed:
            return False
        return self._all or tag in self._asked
