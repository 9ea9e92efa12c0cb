"""What is told of a study, a series and an instance, and which of it can be matched.

The tables of PS3.18 10.6.1-5 and 10.6.3-3 to -5, one row an attribute. What stands in no column is
taken from a stored header (`headers`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from django.db.models import Q

from gateway.dicomweb.search import matching, values
from gateway.dicomweb.search.values import Element, element


class Level(IntEnum):
    """The levels of the study root model, the upper ones first."""

    STUDY = 1
    SERIES = 2
    INSTANCE = 3


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a level: how rows tell it, and how it is matched if it can be."""

    tag: str
    columns: tuple[str, ...]
    tell: Callable[..., Element]
    condition: matching.Condition | None = None
    matched: str = ""  # the column that is compared, when it is not the one that is told
    is_usual: bool = True  # told without being asked for
    blank: Callable[[str], Q] | None = None  # what empty value matching finds

    @property
    def column(self) -> str:
        """What is compared."""
        return self.matched or self.columns[0]


def _plain(vr: str) -> Callable[..., Element]:
    return lambda value: element(vr, value)


def _constant(vr: str, value: str) -> Callable[..., Element]:
    told = element(vr, value)
    return lambda: told


def _date(value: Any) -> Element:
    return element("DA", values.date_text(value))


def _time(value: Any) -> Element:
    return element("TM", values.time_text(value))


def _modalities(value: str) -> Element:
    return element("CS", *value.split("\\"))


def _name(*groups: str) -> Element:
    return element("PN", values.name_groups(*groups))


def _requests(items: list[Any]) -> Element:
    return {"vr": "SQ", "Value": items} if items else {}


def _date_if_known(value: Any) -> Element:
    return _date(value) if value else {}


def _time_if_known(value: Any) -> Element:
    return _time(value) if value else {}


def _joined_name(text: str) -> Element:
    return element("PN", values.name_of(text))


def _if_known(vr: str) -> Callable[..., Element]:
    """Nothing at all rather than an attribute without value."""
    return lambda value: element(vr, value) if value else {}


def _of_image(vr: str) -> Callable[..., Element]:
    return lambda value, has_pixels: element(vr, value) if has_pixels else {}


def _frames(frames: int, has_pixels: bool) -> Element:
    return element("IS", frames) if has_pixels and frames > 1 else {}


NAMES = ("patient__name_alphabetic", "patient__name_ideographic", "patient__name_phonetic")
PATIENT = "patient__"  # what a study's row leads to its patient by

UTF8 = Attribute("00080005", (), _constant("CS", "ISO_IR 192"))
ONLINE = Attribute("00080056", (), _constant("CS", "ONLINE"))


def _text(tag: str, column: str, vr: str, *, is_usual: bool = True) -> Attribute:
    blank = matching.blank_text
    return Attribute(tag, (column,), _plain(vr), matching.text, is_usual=is_usual, blank=blank)


def _day(tag: str, column: str, tell: Callable[..., Element] = _date) -> Attribute:
    return Attribute(tag, (column,), tell, matching.day, blank=matching.blank_value)


def _clock(tag: str, column: str, tell: Callable[..., Element] = _time) -> Attribute:
    return Attribute(tag, (column,), tell, matching.clock, blank=matching.blank_value)


def _figure(tag: str, column: str) -> Attribute:
    return Attribute(tag, (column,), _plain("IS"), matching.number, blank=matching.blank_value)


STUDY = (
    UTF8,
    _day("00080020", "study_date"),
    _clock("00080030", "study_time"),
    _text("00080050", "accession_number", "SH"),
    ONLINE,
    Attribute("00080061", ("modalities",), _modalities, matching.among, blank=matching.blank_text),
    Attribute(
        "00080090",
        ("referring_physician",),
        _joined_name,
        matching.typed_name,
        blank=matching.blank_text,
    ),
    Attribute("00080201", ("timezone_offset",), _if_known("SH")),
    _text("00081030", "description", "LO"),
    Attribute(
        "00100010",
        NAMES,
        _name,
        matching.name,
        "patient__folded_name",
        blank=matching.blank_name,
    ),
    _text("00100020", "patient__patient_id", "LO"),
    _text("00100021", "patient__issuer", "LO", is_usual=False),
    _day("00100030", "patient__birth_date"),
    _text("00100040", "patient__sex", "CS"),
    Attribute("0020000D", ("study_instance_uid",), _plain("UI"), matching.uid),
    _text("00200010", "study_id", "SH"),
    Attribute("00201206", ("clinical_series_count",), _plain("IS"), matching.number),
    Attribute("00201208", ("clinical_count",), _plain("IS"), matching.number),
)
SERIES = (
    UTF8,
    Attribute("00080060", ("modality",), _plain("CS"), matching.one_of, blank=matching.blank_text),
    _text("00080070", "manufacturer", "LO", is_usual=False),
    _text("00081010", "station_name", "SH", is_usual=False),
    _text("0008103E", "description", "LO"),
    _text("00180015", "body_part", "CS"),
    Attribute("0020000E", ("series_instance_uid",), _plain("UI"), matching.uid),
    _figure("00200011", "number"),
    Attribute(
        "00200060", ("laterality",), _if_known("CS"), matching.text, blank=matching.blank_text
    ),
    Attribute("00201209", ("clinical_count",), _plain("IS"), matching.number),
    _day("00400244", "performed_date", _date_if_known),
    _clock("00400245", "performed_time", _time_if_known),
    Attribute("00400275", ("requests",), _requests),
)
INSTANCE = (
    UTF8,
    Attribute("00080016", ("sop_class_uid",), _plain("UI"), matching.uid),
    Attribute("00080018", ("sop_instance_uid",), _plain("UI"), matching.uid),
    ONLINE,
    Attribute("00083002", ("transfer_syntax",), _plain("UI"), matching.uid),
    _figure("00200013", "number"),
    Attribute("00280008", ("frames", "has_pixels"), _frames, matching.number),
    Attribute("00280010", ("rows", "has_pixels"), _of_image("US"), matching.number),
    Attribute("00280011", ("columns", "has_pixels"), _of_image("US"), matching.number),
    Attribute("00280100", ("bits_allocated", "has_pixels"), _of_image("US"), matching.number),
)
TABLES = {Level.STUDY: STUDY, Level.SERIES: SERIES, Level.INSTANCE: INSTANCE}


def _tags(group: str, elements: str) -> frozenset[str]:
    return frozenset(group + element for element in elements.split())


# Attributes of a study, told of a study even when only a header knows them.
OF_A_STUDY = (
    _tags("0008", "0051 1032 1048 1049 1060 1062 1080 1084 1110 1120")
    | _tags("0010", "0022 0024 0032 0050 1000 1001 1002 1010 1020 1021 1030 2000 2110 2160")
    | _tags("0010", "2180 21B0 21C0 21D0 4000")
    | _tags("0012", "0010 0020 0062 0063")
    | _tags("0032", "1032 1033 1060 1064")
    | _tags("0038", "0010 0060")
    | _tags("0040", "1012")
)
# Attributes of a series in the same way.
OF_A_SERIES = (
    _tags("0008", "0021 0031 0064 0068 1011 1040 1050 1070 1090 1111 1250")
    | _tags("0018", "0010 1000 1020 1030 5100")
    | _tags("0020", "0052 1040")
    | _tags("0040", "0241 0242 0243 0244 0245 0250 0251 0253 0254 0260 0275 0280")
    | _tags("0054", "0400 0410 0414 1000 1001 1002 1100 1102")
)
TOLD_FROM_HEADERS = {Level.STUDY: OF_A_STUDY, Level.SERIES: OF_A_STUDY | OF_A_SERIES}
