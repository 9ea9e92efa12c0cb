"""Performed steps as modalities report them (PS3.4 table F.7.2-1): data sets in, plain facts out,
and back again."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.dataset import Dataset

from worklist.dicom.times import NoTime, read_dates, read_hours, read_offset
from worklist.reported import (
    STATUSES,
    Status,
    Told,
    ToldObject,
    ToldPatient,
    ToldSeries,
    ToldStep,
)

UTF_8 = "ISO_IR 192"

# PS3.7 annex C
INVALID_VALUE = 0x0106
NO_SUCH_ATTRIBUTE = 0x0105
MISSING_ATTRIBUTE = 0x0120
MISSING_VALUE = 0x0121

# What must be there when a step is made, and must have a value (type 1).
NEEDED = (
    "ScheduledStepAttributesSequence",
    "PerformedProcedureStepID",
    "PerformedStationAETitle",
    "PerformedProcedureStepStartDate",
    "PerformedProcedureStepStartTime",
    "PerformedProcedureStepStatus",
    "Modality",
)
# What must be there, perhaps without a value (type 2). A modality that leaves one out is told so
# with a warning: what it reports has happened all the same.
EXPECTED = (
    "PatientName",
    "PatientID",
    "PatientBirthDate",
    "PatientSex",
    "ReferencedPatientSequence",
    "PerformedStationName",
    "PerformedLocation",
    "PerformedProcedureStepDescription",
    "PerformedProcedureTypeDescription",
    "ProcedureCodeSequence",
    "PerformedProcedureStepEndDate",
    "PerformedProcedureStepEndTime",
    "StudyID",
    "PerformedProtocolCodeSequence",
    "PerformedSeriesSequence",
)
# What an N-SET may not change.
FIXED = (
    "PatientName",
    "PatientID",
    "PatientBirthDate",
    "PatientSex",
    "ReferencedPatientSequence",
    "ScheduledStepAttributesSequence",
    "PerformedProcedureStepID",
    "PerformedStationAETitle",
    "PerformedStationName",
    "PerformedLocation",
    "PerformedProcedureStepStartDate",
    "PerformedProcedureStepStartTime",
    "Modality",
    "StudyID",
)
# What a step that has ended has (the column "Final State").
AT_THE_END = ("PerformedProcedureStepEndDate", "PerformedProcedureStepEndTime")
SERIES = "00400340"  # the Performed Series Sequence
IMAGES, OTHERS = "ReferencedImageSequence", "ReferencedNonImageCompositeSOPInstanceSequence"


@dataclass(frozen=True)
class NotUsable(Exception):
    """A report that cannot be taken, as a status and the attributes that it is about."""

    status: int
    keywords: tuple[str, ...]
    sentence: str

    @property
    def tags(self) -> list[int]:
        return tags_of(self.keywords)


def tags_of(keywords: Iterable[str]) -> list[int]:
    return [int(tag) for keyword in keywords if (tag := tag_for_keyword(keyword)) is not None]


def read_begun(dataset: Dataset) -> Told:
    """An N-CREATE. Raises NotUsable."""
    _require(dataset, NEEDED)
    steps = dataset.ScheduledStepAttributesSequence
    for item in steps:
        _require(item, ("StudyInstanceUID",))
    if _status(dataset) != Status.IN_PROGRESS:
        raise NotUsable(
            INVALID_VALUE, ("PerformedProcedureStepStatus",), "A step begins IN PROGRESS."
        )
    return _told(dataset)


def read_changed(dataset: Dataset) -> Told:
    """An N-SET. Raises NotUsable."""
    return _told(dataset)


def told_before(attributes: dict[str, Any]) -> Told:
    """All that is kept of a step, read again; its series stand in tables of their own."""
    without = {name: value for name, value in attributes.items() if name != SERIES}
    return _told(Dataset.from_json(without))


def lacking(dataset: Dataset) -> list[str]:
    """What an N-CREATE should have had and has not: taken all the same, with a warning."""
    return [keyword for keyword in EXPECTED if keyword not in dataset]


def changed_for_good(told: Told, kept: dict[str, Any]) -> list[str]:
    """Attributes that may not change and that this N-SET would change.

    Some modalities repeat in it all that they said before: that is nothing but talkative.
    """
    found = []
    for keyword in FIXED:
        name = f"{tag_for_keyword(keyword):08X}"
        if name in told.attributes and told.attributes[name] != kept.get(name):
            found.append(keyword)
    return found


def plain_json(dataset: Dataset) -> dict[str, Any]:
    """All attributes as DICOM JSON without what only concerns the wire, fit for a table."""
    told = dataset.to_json_dict(suppress_invalid_tags=True)
    wire = {name for name in told if name.startswith("0000") or name.endswith("0000")}
    for name in (*wire, "00080005"):
        told.pop(name, None)
    cleaned: dict[str, Any] = _clean(told)
    return cleaned


def _clean(value: Any) -> Any:
    """Without null characters and lone surrogates, which no table takes."""
    if isinstance(value, dict):
        return {key: _clean(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_clean(one) for one in value]
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode()
    return value


def _require(dataset: Dataset, keywords: Iterable[str]) -> None:
    missing = tuple(keyword for keyword in keywords if keyword not in dataset)
    if missing:
        raise NotUsable(MISSING_ATTRIBUTE, missing, "Required attributes are missing.")
    empty = tuple(keyword for keyword in keywords if not _has_value(dataset, keyword))
    if empty:
        raise NotUsable(MISSING_VALUE, empty, "Required attributes have no value.")


def _has_value(dataset: Dataset, keyword: str) -> bool:
    value = dataset.get(keyword)
    return bool(value) if dictionary_VR(keyword) == "SQ" else bool(_text(dataset, keyword))


def _told(dataset: Dataset) -> Told:
    patient_issuer = _text(dataset, "IssuerOfPatientID", 64)
    return Told(
        attributes=plain_json(dataset),
        status=_status(dataset),
        started_at=_moment(dataset, "Start"),
        ended_at=_moment(dataset, "End"),
        station=_text(dataset, "PerformedStationAETitle", 16),
        modality=_text(dataset, "Modality", 16),
        reason_code=_reason(dataset),
        patient=ToldPatient(
            patient_id=_text(dataset, "PatientID", 64),
            issuer=patient_issuer,
            name=_text(dataset, "PatientName", 324),
            birth_date=_day(dataset, "PatientBirthDate"),
            sex=_text(dataset, "PatientSex", 1),
        ),
        steps=tuple(
            ToldStep(
                study_uid=_text(item, "StudyInstanceUID", 64),
                accession=_text(item, "AccessionNumber", 16),
                issuer=_issuer(item),
                step_id=_text(item, "ScheduledProcedureStepID", 16),
            )
            for item in _items(dataset, "ScheduledStepAttributesSequence")
        ),
        series=_series(dataset),
    )


def _status(dataset: Dataset) -> str:
    if "PerformedProcedureStepStatus" not in dataset:
        return ""
    status = STATUSES.get(_text(dataset, "PerformedProcedureStepStatus"))
    if status is None:
        raise NotUsable(
            INVALID_VALUE,
            ("PerformedProcedureStepStatus",),
            "The status is IN PROGRESS, COMPLETED or DISCONTINUED.",
        )
    return str(status)


def _series(dataset: Dataset) -> tuple[ToldSeries, ...] | None:
    if "PerformedSeriesSequence" not in dataset:
        return None
    found: dict[str, ToldSeries] = {}
    for item in _items(dataset, "PerformedSeriesSequence"):
        _require(item, ("SeriesInstanceUID",))
        series = _one_series(item)
        known = found.get(series.uid)
        if known is not None:  # one series in two items: seen when it was taken in two goes
            series = _joined(known, series)
        found[series.uid] = series
    return tuple(found.values())


def _joined(known: ToldSeries, more: ToldSeries) -> ToldSeries:
    objects = tuple(dict.fromkeys((*known.objects, *more.objects)))
    return ToldSeries(
        known.uid, known.description, known.protocol, known.operators, known.modality, objects
    )


def _one_series(item: Dataset) -> ToldSeries:
    listed = [*_listed(item, IMAGES, is_image=True), *_listed(item, OTHERS, is_image=False)]
    return ToldSeries(
        uid=_text(item, "SeriesInstanceUID", 64),
        description=_text(item, "SeriesDescription", 64),
        protocol=_text(item, "ProtocolName", 64),
        operators=_text(item, "OperatorsName", 324),
        modality=_text(item, "Modality", 16),
        objects=tuple({one.sop_instance_uid: one for one in listed}.values()),
    )


def _listed(item: Dataset, keyword: str, *, is_image: bool) -> Iterator[ToldObject]:
    for reference in _items(item, keyword):
        uid = _text(reference, "ReferencedSOPInstanceUID", 64)
        if uid:
            sop_class = _text(reference, "ReferencedSOPClassUID", 64)
            yield ToldObject(sop_class, uid, is_image)


def _reason(dataset: Dataset) -> str:
    """The code from CID 9301, if it is one of DICOM's."""
    for item in _items(dataset, "PerformedProcedureStepDiscontinuationReasonCodeSequence"):
        if _text(item, "CodingSchemeDesignator") == "DCM":
            return _text(item, "CodeValue", 16)
    return ""


def _issuer(item: Dataset) -> str:
    for issuer in _items(item, "IssuerOfAccessionNumberSequence"):
        return _text(issuer, "LocalNamespaceEntityID", 64) or _text(issuer, "UniversalEntityID", 64)
    return ""


def _items(dataset: Dataset, keyword: str) -> list[Dataset]:
    value = dataset.get(keyword)
    if value is None:
        return []
    if not isinstance(value, list) and not hasattr(value, "__iter__"):
        raise NotUsable(INVALID_VALUE, (keyword,), "That is not a sequence.")
    return [item for item in value if isinstance(item, Dataset)]


def _text(dataset: Dataset, keyword: str, longest: int = 1024) -> str:
    value = dataset.get(keyword)
    if value is None:
        return ""
    several = value if isinstance(value, list) or hasattr(value, "append") else [value]
    text = "\\".join(str(one).replace("\0", "").strip() for one in several)
    return text.encode("utf-8", "replace").decode()[:longest]


def _day(dataset: Dataset, keyword: str) -> dt.date | None:
    """A day as it is written, or none: a birth date that is nonsense is no reason to refuse."""
    try:
        return read_dates(_text(dataset, keyword)).first
    except NoTime:
        return None


def _moment(dataset: Dataset, which: str) -> dt.datetime | None:
    """When it began or ended, in the modality's own offset if it names one. Raises NotUsable."""
    names = f"PerformedProcedureStep{which}Date", f"PerformedProcedureStep{which}Time"
    date_text, time_text = (_text(dataset, name) for name in names)
    try:
        day = read_dates(date_text).first
        since_midnight = read_hours(time_text).first
        offset = _text(dataset, "TimezoneOffsetFromUTC")
        zone = read_offset(offset) if offset else timezone.get_default_timezone()
        if day is None or "-" in date_text + time_text:
            return None
        midnight = dt.datetime.combine(day, dt.time()) + (since_midnight or dt.timedelta())
        return midnight.replace(tzinfo=zone)
    except (NoTime, OverflowError) as why:
        raise NotUsable(INVALID_VALUE, names, "That is no date and time.") from why
