"""Attribute names of a query: keywords and hexadecimal tags, dotted where sequences nest."""

import functools
import importlib
import re

_TAG = re.compile(r"[0-9A-Fa-f]{8}")


def tag_path(name: str) -> str | None:
    """ "PatientID", "00100020", "00400275.00400009" as upper-case tags, or None when unknown."""
    tags = [tag_of(part) for part in name.split(".")]
    return ".".join(filter(None, tags)) if all(tags) else None


def tag_of(name: str) -> str | None:
    """One name as a tag of eight hexadecimal digits. A tag is believed, a keyword looked up."""
    if _TAG.fullmatch(name):
        return name.upper()
    return _keyword(name)


@functools.lru_cache(maxsize=2048)
def _keyword(name: str) -> str | None:
    if not name.isascii() or not name.isalnum():
        return None
    # The standard's dictionary is large and is only needed for names that are not ours.
    datadict = importlib.import_module("pydicom.datadict")
    tag = datadict.tag_for_keyword(name)
    return f"{tag:08X}" if tag else None
