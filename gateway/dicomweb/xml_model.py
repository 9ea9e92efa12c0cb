"""DICOM data sets as XML, and back: the Native DICOM Model (PS3.19 A.1).

Both ends are the DICOM JSON model (PS3.18 annex F), which is what the rest of this service speaks.
"""

import functools
import importlib
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from xml.etree.ElementTree import Element as Node
from xml.etree.ElementTree import ParseError
from xml.sax.saxutils import escape, quoteattr

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

Model = Mapping[str, Mapping[str, Any]]

XML = "application/dicom+xml"
NAMESPACE = "http://dicom.nema.org/PS3.19/models/NativeDICOM"
DEEPEST = 32  # sequences inside sequences
GROUPS = ("Alphabetic", "Ideographic", "Phonetic")
COMPONENTS = ("FamilyName", "GivenName", "MiddleName", "NamePrefix", "NameSuffix")

_HEAD = f'<?xml version="1.0" encoding="UTF-8"?>\n<NativeDicomModel xmlns="{NAMESPACE}"'
_HEAD += ' xml:space="preserve">'
_TAG = re.compile(r"[0-9A-F]{8}")
_WHOLE = frozenset({"SL", "SS", "SV", "UL", "US", "UV", "IS"})
_REAL = frozenset({"FL", "FD", "DS"})
_INTEGER = re.compile(r"\s*[+-]?[0-9]{1,20}\s*")
_DECIMAL = re.compile(r"\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?\s*")
# What XML 1.0 has no way to write at all; and a bare CR, which every reader turns into a LF.
_UNSAYABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MARKS = {"\r": "&#13;"}


class NotNative(ValueError):
    """That is not a data set in the Native DICOM Model; the text says why."""


def document(model: Model) -> bytes:
    """One data set as an XML document in UTF-8."""
    return "".join((_HEAD, *_attributes(model), "</NativeDicomModel>")).encode()


def _attributes(model: Model) -> Iterator[str]:
    for tag, element in model.items():
        yield f'<DicomAttribute tag="{tag}" vr={quoteattr(element["vr"])}{_names(tag, model)}>'
        yield from _content(element)
        yield "</DicomAttribute>"


def _names(tag: str, model: Model) -> str:
    """The keyword of a standard attribute, or whose a private one is."""
    if tag[3] not in "13579BDF":
        keyword = _keyword(tag)
        return f' keyword="{keyword}"' if keyword else ""
    creator = model.get(f"{tag[:4]}00{tag[4:6]}", {}).get("Value") or [""]
    return f" privateCreator={quoteattr(_sayable(str(creator[0])))}" if creator[0] else ""


@functools.lru_cache(maxsize=8192)
def _keyword(tag: str) -> str:
    # The standard's dictionary is large, and most web processes are never asked for XML.
    return str(importlib.import_module("pydicom.datadict").keyword_for_tag(int(tag, 16)))


def _content(element: Mapping[str, Any]) -> Iterator[str]:
    if "BulkDataURI" in element:
        yield f"<BulkData uri={quoteattr(_sayable(element['BulkDataURI']))}/>"
    elif "InlineBinary" in element:
        yield f"<InlineBinary>{element['InlineBinary']}</InlineBinary>"
    for number, value in enumerate(element.get("Value") or (), start=1):
        if element["vr"] == "SQ":
            yield f'<Item number="{number}">'
            yield from _attributes(value or {})
            yield "</Item>"
        elif element["vr"] == "PN":
            yield f'<PersonName number="{number}">{_name(value or {})}</PersonName>'
        else:
            yield f'<Value number="{number}">{_text(value)}</Value>'


def _name(groups: Mapping[str, str]) -> str:
    return "".join(
        f"<{group}>{_components(groups[group])}</{group}>" for group in GROUPS if groups.get(group)
    )


def _components(group: str) -> str:
    parts = zip(COMPONENTS, group.split("^"), strict=False)
    return "".join(f"<{name}>{_text(part)}</{name}>" for name, part in parts if part)


def _text(value: Any) -> str:
    return "" if value is None else escape(_sayable(str(value)), _MARKS)


def _sayable(text: str) -> str:
    return _UNSAYABLE.sub("\ufffd", text)


def model_of(xml: bytes) -> dict[str, dict[str, Any]]:
    """The data set of an XML document. Raises NotNative."""
    try:
        root = ElementTree.fromstring(xml, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as why:
        raise NotNative("The XML cannot be read.") from why
    if _kind(root) != "NativeDicomModel":
        raise NotNative("The XML is not a NativeDicomModel (PS3.19 A.1).")
    return _model(root, DEEPEST)


def _model(node: Node, depth: int) -> dict[str, dict[str, Any]]:
    if not depth:
        raise NotNative("Sequences are nested too deep.")
    model = {}
    for child in node:
        tag, vr = child.get("tag", ""), child.get("vr", "")
        if _kind(child) != "DicomAttribute" or not _TAG.fullmatch(tag) or len(vr) != 2:  # noqa: PLR2004
            raise NotNative("A DicomAttribute has a tag of eight digits and a vr.")
        model[tag] = {"vr": vr, **_read(child, vr, depth)}
    return dict(sorted(model.items()))


def _read(node: Node, vr: str, depth: int) -> dict[str, Any]:
    """What stands inside one attribute."""
    children = sorted(node, key=_number)
    kinds = {_kind(child) for child in children}
    if not children:
        return {}
    if kinds == {"BulkData"}:
        return {"BulkDataURI": children[0].get("uri") or children[0].get("uuid") or ""}
    if kinds == {"InlineBinary"}:
        return {"InlineBinary": "".join((children[0].text or "").split())}
    if kinds != {{"SQ": "Item", "PN": "PersonName"}.get(vr, "Value")}:
        raise NotNative(f"{node.get('tag')}: that is no content of a {vr}.")
    return {"Value": list(_values(children, vr, depth))}


def _values(children: Iterable[Node], vr: str, depth: int) -> Iterator[Any]:
    for child in children:
        if vr == "SQ":
            yield _model(child, depth - 1)
        elif vr == "PN":
            yield _groups(child) or None
        else:
            yield _value(child.text or "", vr)


def _groups(node: Node) -> dict[str, str]:
    """The component groups of one name."""
    found = {}
    for group in node:
        parts = {_kind(part): part.text or "" for part in group}
        text = "^".join(parts.get(name, "") for name in COMPONENTS).rstrip("^")
        if text and _kind(group) in GROUPS:
            found[_kind(group)] = text
    return found


def _value(text: str, vr: str) -> Any:
    if not text:
        return None
    if vr in _WHOLE and _INTEGER.fullmatch(text):
        return int(text)
    if vr in _REAL and _DECIMAL.fullmatch(text):
        number = float(text)
        return number if math.isfinite(number) else text  # JSON has no infinity
    return text


def _number(node: Node) -> int:
    number = node.get("number", "1")
    if not (number.isascii() and number.isdigit()) or len(number) > 9:  # noqa: PLR2004
        raise NotNative("A value's number is a whole number.")
    return int(number)


def _kind(node: Node) -> str:
    """The element's name. The namespace may be left out, as several writers do."""
    return str(node.tag).removeprefix(f"{{{NAMESPACE}}}")
