"""What is known about one received object, as plain values: no pydicom, no Django, no numpy.

The reader of DICOM bytes runs in a small child process (`limited_child`); what it learns travels
to the workers as these dataclasses, written as JSON.
"""

import dataclasses
import datetime as dt
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Self


class NotUsable(Exception):
    """An object, or a picture of it, cannot be had; `sentence` says why to a technician.

    `code` is a stable word for programs (not_dicom, empty, truncated, bad_length, missing_uid,
    bad_uid, media_directory, too_deep, unreadable, timeout, out_of_memory, crashed, ...).
    `refuse` is True when the object itself can never be filed, False when a person may still
    decide or when trying again may help.
    """

    def __init__(self, code: str, sentence: str, *, refuse: bool = True) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.refuse = refuse

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel between processes with every field, `refuse` included."""
        return _not_usable, (self.code, self.sentence, self.refuse)


def _not_usable(code: str, sentence: str, refuse: bool) -> NotUsable:
    return NotUsable(code, sentence, refuse=refuse)


class Kind(StrEnum):
    """What sort of object it is, to a person who looks for it on a page."""

    IMAGE = "IMAGE"
    REPORT = "REPORT"
    PDF = "PDF"
    WAVEFORM = "WAVEFORM"
    VIDEO = "VIDEO"
    PRESENTATION = "PRESENTATION"
    KEY_OBJECTS = "KEY_OBJECTS"
    SEGMENTATION = "SEGMENTATION"
    PLAN = "PLAN"
    RAW = "RAW"
    OTHER = "OTHER"


@dataclasses.dataclass(frozen=True, slots=True)
class OtherId:
    """Another number the patient is known by (0010,1002), or an old one (0010,1000)."""

    patient_id: str
    issuer: str


@dataclasses.dataclass(frozen=True, slots=True)
class PatientFacts:
    """Who the object says was on the table. Identity is the number plus its issuer."""

    patient_id: str
    issuer: str
    name_alphabetic: str  # one component group each: "Family^Given^Middle^Prefix^Suffix"
    name_ideographic: str
    name_phonetic: str
    birth_date: dt.date | None
    sex: str  # M, F, O or blank
    other_ids: tuple[OtherId, ...]

    @property
    def dicom_name(self) -> str:
        """The name as DICOM writes it, groups joined by `=` (PS3.5 6.2.1.1)."""
        groups = (self.name_alphabetic, self.name_ideographic, self.name_phonetic)
        return "=".join(groups).rstrip("=")


@dataclasses.dataclass(frozen=True, slots=True)
class StudyFacts:
    """The study the object belongs to. Dates and times are the machine's own, without a zone
    unless `utc_offset_minutes` (0008,0201) is given."""

    uid: str
    study_id: str
    accession_number: str
    accession_issuer: str
    date: dt.date | None
    time: dt.time | None
    utc_offset_minutes: int | None
    description: str
    referring_alphabetic: str
    referring_ideographic: str
    referring_phonetic: str


@dataclasses.dataclass(frozen=True, slots=True)
class RequestFacts:
    """What an object says it was made for: one item of Request Attributes Sequence (0040,0275)."""

    procedure_id: str  # (0040,1001)
    step_id: str  # (0040,0009)


@dataclasses.dataclass(frozen=True, slots=True)
class SeriesFacts:
    """The series the object belongs to."""

    uid: str
    modality: str
    number: int | None
    description: str
    body_part: str
    laterality: str  # L, R, B or blank: of all its images (0020,0060)
    station_name: str
    manufacturer: str
    frame_of_reference_uid: str
    date: dt.date | None
    time: dt.time | None
    performed_date: dt.date | None = None  # when the performed step began (0040,0244)
    performed_time: dt.time | None = None
    requests: tuple[RequestFacts, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class InstanceFacts:
    """Everything filing needs to know about one received object.

    `pixel_layout` says where the bytes of each frame lie in the file, counted from its start:
    native `{"offset": 1234, "frame_size": 524288}`; encapsulated
    `{"frames": [[[offset, length], ...], ...]}`, one list of fragments a frame; video
    `{"stream": [[offset, length], ...]}`. None when no slice of the file is a frame in the
    bytes that the transfer syntax promises (deflated, big endian, bits across byte borders).

    `header` is the DICOM JSON model (PS3.18 annex F) of one object, UTF-8, without group 2.
    Bulk values are named, not carried: `{"vr": "OW", "BulkDataURI": "bulkdata/00282000"}`; inside
    sequences the path is tag/item/tag with items counted from 0; pixel data is "frames".
    """

    patient: PatientFacts
    study: StudyFacts
    series: SeriesFacts
    sop_uid: str
    sop_class_uid: str
    transfer_syntax: str
    kind: Kind
    number: int | None
    rows: int
    columns: int
    frames: int  # 1 for an object that has pixels and says nothing; 0 without pixels
    photometric: str
    samples: int
    bits_allocated: int
    bits_stored: int
    is_signed: bool
    planar: int
    image_type: tuple[str, ...]
    acquired_at: dt.datetime | None  # naive unless the object states an offset
    has_pixels: bool
    pixel_layout: dict[str, Any] | None
    fault: str  # a sentence about what is odd but does not hinder filing, or blank
    view_position: str = ""  # (0018,5101), or the view code of a mammogram: PA, LL, CC, MLO
    laterality: str = ""  # L, R, B or blank, of the image itself or else of its series
    header: bytes = b""

    @property
    def header_json(self) -> str:
        """The header as text."""
        return self.header.decode()

    def to_plain(self, *, with_header: bool = True) -> dict[str, Any]:
        """Only dicts, lists, strings and numbers: what `json.dumps` takes."""
        plain: dict[str, Any] = _plain(self)
        header = plain.pop("header")
        if with_header:
            plain["header"] = header.decode()
        return plain

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any], header: bytes | None = None) -> Self:
        """The same facts back from `to_plain`, after a journey as JSON."""
        fields = dict(plain)
        text = fields.pop("header", "")
        patient = dict(fields["patient"])
        patient["other_ids"] = tuple(OtherId(**other) for other in patient["other_ids"])
        fields["patient"] = PatientFacts(**_with_dates(patient, "birth_date"))
        fields["study"] = StudyFacts(**_with_dates(fields["study"], "date", "time"))
        fields["series"] = _series_from(fields["series"])
        fields["kind"] = Kind(fields["kind"])
        fields["image_type"] = tuple(fields["image_type"])
        if fields["acquired_at"]:
            fields["acquired_at"] = dt.datetime.fromisoformat(fields["acquired_at"])
        return cls(**fields, header=text.encode() if header is None else header)


@dataclasses.dataclass(frozen=True, slots=True)
class Picture:
    """A drawn picture. PICTOGRAM when the object has nothing to show, or cannot be shown."""

    data: bytes
    width: int
    height: int
    frame: int  # which frame was drawn, counted from 0
    kind: str  # "MADE" or "PICTOGRAM"
    media_type: str  # "image/jpeg" or "image/png"
    fault: str = ""  # why a pictogram stands in for pixels that should be there, or blank


@dataclasses.dataclass(frozen=True, slots=True)
class DecodedFrame:
    """One frame as native little-endian samples, pixel-interleaved (planar configuration 0); or
    those samples compressed."""

    data: bytes
    rows: int
    columns: int
    samples: int
    bits_allocated: int
    bits_stored: int
    is_signed: bool
    photometric: str  # may differ from the header's: decoded colour JPEG is RGB

    @property
    def shape(self) -> dict[str, Any]:
        """All but the samples."""
        names = ("rows", "columns", "samples", "bits_allocated", "bits_stored", "is_signed")
        return {name: getattr(self, name) for name in (*names, "photometric")}


_READ_BACK: dict[str, Any] = {
    "date": dt.date,
    "birth_date": dt.date,
    "time": dt.time,
    "performed_date": dt.date,
    "performed_time": dt.time,
}


def _series_from(plain: Mapping[str, Any]) -> SeriesFacts:
    fields = _with_dates(plain, "date", "time", "performed_date", "performed_time")
    fields["requests"] = tuple(RequestFacts(**request) for request in fields["requests"])
    return SeriesFacts(**fields)


def _with_dates(fields: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """The fields with ISO text of the named ones read back into dates and times."""
    read = {name: _READ_BACK[name].fromisoformat(fields[name]) for name in names if fields[name]}
    return {**fields, **read}


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, tuple):
        return [_plain(member) for member in value]
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    return value
