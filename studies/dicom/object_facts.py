"""Facts of one object: what it is, whose it is, and whether it can be filed at all."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

from studies.dicom import values as v
from studies.dicom.encapsulation import (
    VIDEO,
    encapsulated_layout,
    frame_bits,
    is_native,
    missing_fragments,
    native_layout,
)
from studies.dicom.identifiers import Identifiers, identifiers_of
from studies.dicom.kinds import kind_of
from studies.dicom.opening import Header, open_object
from studies.dicom.views import laterality_of, view_position_of
from studies.facts import (
    InstanceFacts,
    NotUsable,
    OtherId,
    PatientFacts,
    RequestFacts,
    SeriesFacts,
    StudyFacts,
)

MAX_FRAMES = 1_000_000
MOST_REQUESTS = 20  # of one series; nobody performs more at once

_MODALITY_OF_KIND = {"PDF": "DOC", "REPORT": "SR", "KEY_OBJECTS": "KO", "PRESENTATION": "PR"}


def facts_of(path: str | Path) -> InstanceFacts:
    """Read a file and say what it is. Raises NotUsable with a sentence when it cannot be filed."""
    return facts_of_header(open_object(path))


def facts_of_header(header: Header) -> InstanceFacts:
    """The same for a header that was already read."""
    elements = header.elements
    uids = identifiers_of(header)
    has_pixels = header.pixels is not None
    kind = kind_of(uids.class_uid, header.transfer_syntax, has_pixels=has_pixels)
    pixel_facts = _pixel_facts(header)
    faults = (uids.fault, pixel_facts.pop("fault"))
    return InstanceFacts(
        patient=_patient(elements),
        study=_study(elements, uids.study_uid),
        series=series_facts(elements, uids.series_uid, _MODALITY_OF_KIND.get(kind, "OT")),
        sop_uid=uids.sop_uid,
        sop_class_uid=uids.class_uid,
        transfer_syntax=header.transfer_syntax,
        kind=kind,
        number=v.integer(elements, "00200013"),
        image_type=v.texts(elements, "00080008"),
        acquired_at=_acquired_at(elements),
        has_pixels=has_pixels,
        fault=" ".join(filter(None, faults)),
        view_position=view_position_of(elements),
        laterality=laterality_of(elements),
        header=header_json(header, uids),
        **pixel_facts,
    )


def header_json(header: Header, uids: Identifiers) -> bytes:
    """The elements as one DICOM JSON object: tags ascending, text in UTF-8 (PS3.18 F.2).

    The character set is then UTF-8's, whatever the file's was. Viewers look for the stored
    transfer syntax among the attributes: Available Transfer Syntax UID (0008,3002). Identifiers
    that the object does not have itself are those it goes by here.
    """
    told = uids.told(header.elements)
    told["00083002"] = {"vr": "UI", "Value": [header.transfer_syntax]}
    told["00080005"] = {"vr": "CS", "Value": ["ISO_IR 192"]}
    elements = dict(sorted((header.elements | told).items()))
    text = json.dumps(elements, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")


def _patient(elements: v.Elements) -> PatientFacts:
    alphabetic, ideographic, phonetic = v.name_groups(elements, "00100010")
    sex = v.text(elements, "00100040").upper()
    return PatientFacts(
        patient_id=v.text(elements, "00100020"),
        issuer=v.text(elements, "00100021"),
        name_alphabetic=alphabetic,
        name_ideographic=ideographic,
        name_phonetic=phonetic,
        birth_date=v.date(elements, "00100030"),
        sex=sex if sex in {"M", "F", "O"} else "",
        other_ids=_other_ids(elements),
    )


def _other_ids(elements: v.Elements) -> tuple[OtherId, ...]:
    listed = [
        OtherId(v.text(item, "00100020"), v.text(item, "00100021"))
        for item in v.items(elements, "00101002")
    ]
    old = [OtherId(value, "") for value in v.texts(elements, "00101000")]
    return tuple(other for other in listed + old if other.patient_id)


def _study(elements: v.Elements, uid: str) -> StudyFacts:
    alphabetic, ideographic, phonetic = v.name_groups(elements, "00080090")
    issuer = v.item(elements, "00080051")
    return StudyFacts(
        uid=uid,
        study_id=v.text(elements, "00200010"),
        accession_number=v.text(elements, "00080050"),
        accession_issuer=v.text(issuer, "00400031") or v.text(issuer, "00400032"),
        date=v.date(elements, "00080020"),
        time=v.time(elements, "00080030"),
        utc_offset_minutes=v.utc_offset(elements),
        description=v.text(elements, "00081030"),
        referring_alphabetic=alphabetic,
        referring_ideographic=ideographic,
        referring_phonetic=phonetic,
    )


def series_facts(elements: v.Elements, uid: str = "", modality: str = "") -> SeriesFacts:
    """What a header says of its series. `modality` is for a header that names none."""
    return SeriesFacts(
        uid=uid,
        modality=v.text(elements, "00080060") or modality,
        number=v.integer(elements, "00200011"),
        description=v.text(elements, "0008103E"),
        body_part=v.text(elements, "00180015"),
        laterality=v.text(elements, "00200060"),
        station_name=v.text(elements, "00081010"),
        manufacturer=v.text(elements, "00080070"),
        frame_of_reference_uid=v.text(elements, "00200052"),
        date=v.date(elements, "00080021"),
        time=v.time(elements, "00080031"),
        performed_date=v.date(elements, "00400244"),
        performed_time=v.time(elements, "00400245"),
        requests=_requests(elements),
    )


def _requests(elements: v.Elements) -> tuple[RequestFacts, ...]:
    told = (
        RequestFacts(v.text(item, "00401001"), v.text(item, "00400009"))
        for item in v.items(elements, "00400275")
    )
    named = (request for request in told if request.procedure_id or request.step_id)
    return tuple(dict.fromkeys(named))[:MOST_REQUESTS]


def _acquired_at(elements: v.Elements) -> dt.datetime | None:
    """When the picture was taken: acquisition, else content date and time."""
    offset = v.utc_offset(elements)
    found = v.as_moment(v.text(elements, "0008002A"), offset)
    for day, clock in (("00080022", "00080032"), ("00080023", "00080033")):
        found = found or v.moment(v.date(elements, day), v.time(elements, clock), offset)
    return found


def frame_count(elements: v.Elements) -> int:
    """(0028,0008), where nonsense and nothing both mean one frame."""
    count = v.integer(elements, "00280008") or 1
    if count > MAX_FRAMES:
        raise NotUsable("bad_length", f"The object claims {count:,} frames.")
    return max(count, 1)


def _pixel_facts(header: Header) -> dict[str, Any]:
    elements = header.elements
    frames = frame_count(elements) if header.pixels else 0
    rows, columns, samples, bits = (
        max(v.integer(elements, tag) or 0, 0)
        for tag in ("00280010", "00280011", "00280002", "00280100")
    )
    photometric = v.text(elements, "00280004")
    missing_fragments(header, frames)
    layout: dict[str, Any] | None = None
    fault = _text_fault(header)
    if header.pixels is not None:
        size = frame_bits(rows, columns, samples or 1, bits, photometric)
        layout, pixel_fault = _layout(header, size, frames)
        fault = " ".join(filter(None, (pixel_fault, fault)))
    return {
        "rows": rows,
        "columns": columns,
        "frames": frames,
        "photometric": photometric,
        "samples": samples,
        "bits_allocated": bits,
        "bits_stored": max(v.integer(elements, "00280101") or 0, 0),
        "is_signed": v.integer(elements, "00280103") == 1,
        "planar": v.integer(elements, "00280006") or 0,
        "pixel_layout": layout,
        "fault": fault,
    }


def _layout(header: Header, bits: int, frames: int) -> tuple[dict[str, Any] | None, str]:
    """The pixel layout, and what is odd about the pixel data."""
    pixels = header.pixels
    if pixels is not None and pixels.fragments is not None:
        layout = encapsulated_layout(header, frames)
        known = layout or header.transfer_syntax in VIDEO
        return layout, "" if known else "Nothing says which part of the pixel data is which frame."
    if not is_native(header.transfer_syntax):
        return None, "The pixel data is not compressed, although the file says so."
    needed, there = (bits * frames + 7) // 8, pixels.length if pixels else 0
    fault = ""
    if needed > there:
        fault = (
            f"The pixel data is shorter than its rows and columns: {there:,} of {needed:,} bytes."
        )
    return native_layout(header, bits, frames), fault


def _text_fault(header: Header) -> str:
    if header.unknown_charsets:
        return f"The character set “{min(header.unknown_charsets)}” is unknown."
    elements = header.elements
    if not v.values(elements, "00080005"):
        names = "".join(
            str(v.values(elements, tag)) for tag in ("00100010", "00100020", "00081030")
        )
        if not names.isascii():
            return "The file does not say which character set its text is in."
    return ""
