"""Attributes that stand in no column, from the stored header of one instance of each row."""

import json
from collections.abc import Collection
from typing import Any

from gateway.dicomweb.search.attributes import TOLD_FROM_HEADERS, Level
from gateway.dicomweb.search.parameters import Question
from gateway.dicomweb.search.values import Element
from studies.headers import unpack
from studies.models import InstanceHeader


class Headers:
    """Which attributes of a page of results come from headers, and what those say."""

    def __init__(self, level: Level, question: Question, known: Collection[str]) -> None:
        self._asked = question.included - set(known)
        self._all = question.includes_all
        self._inside = question.inside
        self._allowed = TOLD_FROM_HEADERS.get(level)
        self._texts: dict[int, Any] = {}

    @property
    def are_needed(self) -> bool:
        asked = self._asked if self._allowed is None else self._asked & self._allowed
        return bool(asked or self._all)

    def read(self, instances: Collection[int]) -> None:
        """Read the headers of all rows of the page at once."""
        rows = InstanceHeader.objects.filter(pk__in=instances).values_list("pk", "json")
        self._texts = {pk: bytes(packed) for pk, packed in rows}

    def of(self, instance: int | None) -> dict[str, Element]:
        """The wanted attributes of the header of one instance; bulk is left out."""
        packed = self._texts.get(instance or 0)
        if packed is None:
            return {}
        header: dict[str, Element] = json.loads(unpack(packed))
        return {
            tag: self._part_of(tag, told)
            for tag, told in header.items()
            if self._is_wanted(tag) and "BulkDataURI" not in told
        }

    def _part_of(self, tag: str, told: Element) -> Element:
        """Of a sequence only what was asked for by its path; else all of it."""
        paths = [path.split(".")[1:] for path in self._inside if path.startswith(f"{tag}.")]
        return _narrowed(told, paths) if paths and not self._all else told

    def _is_wanted(self, tag: str) -> bool:
        if self._allowed is not None and tag not in self._allowed:
            return False
        return self._all or tag in self._asked


def _narrowed(told: Element, paths: list[list[str]]) -> Element:
    """A sequence with the attributes alone that these paths lead to."""
    items = told.get("Value")
    if told["vr"] != "SQ" or not items:
        return told
    return {"vr": "SQ", "Value": [_narrowed_item(item or {}, paths) for item in items]}


def _narrowed_item(item: dict[str, Element], paths: list[list[str]]) -> dict[str, Element]:
    kept = {}
    for tag, told in item.items():
        deeper = [path[1:] for path in paths if path[0] == tag]
        if deeper:
            kept[tag] = told if [] in deeper else _narrowed(told, deeper)
    return kept
