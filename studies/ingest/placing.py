"""Series and instances: made once, whoever comes first."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from patients.models import Patient
from studies.facts import InstanceFacts, SeriesFacts, StudyFacts
from studies.ingest.reading import Reading, plain, whole
from studies.ingest.settling import Reason
from studies.models import Instance, Series, Study
from studies.signals import study_changed

MOST_IN_INTEGER = 2**31 - 1
MOST_IN_SMALL = 2**15 - 1
MOST_IN_BIG = 2**63 - 1


@dataclass(slots=True)
class Placed:
    """What became of the objects of one study in one go."""

    series: dict[str, Series] = field(default_factory=dict)
    new_series: list[Series] = field(default_factory=list)
    instances: list[tuple[Reading, Instance]] = field(default_factory=list)
    misplaced: list[tuple[Reading, Reason]] = field(default_factory=list)

    def procedure_of(self, instance: Instance) -> int | None:
        return instance.series.procedure_id


def open_study(patient: Patient, facts: InstanceFacts) -> Study:
    """The study of the first object that came. Its identifier must be locked."""
    study = facts.study
    return Study.objects.create(
        study_instance_uid=study.uid,
        patient=patient,
        accession_number=plain(study.accession_number, 16),
        study_id=plain(study.study_id, 16),
        description=plain(study.description, 64),
        study_date=study.date,
        study_time=study.time,
        timezone_offset=_offset(study.utc_offset_minutes),
        referring_physician=_referring(study),
    )


def _offset(minutes: int | None) -> str:
    """Minutes from UTC as (0008,0201) writes them: +0130."""
    if minutes is None:
        return ""
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02d}{rest:02d}"


def _referring(study: StudyFacts) -> str:
    groups = (
        study.referring_alphabetic,
        study.referring_ideographic,
        study.referring_phonetic,
    )
    return plain("=".join(groups).rstrip("="), 324)


def place(study: Study, readings: Sequence[Reading]) -> Placed:
    """Make the series that are missing, and say which instance each object becomes (unsaved). The
    study must be locked, and none of the objects may be here."""
    placed = Placed()
    placed.series = Series.objects.by_uid(reading.facts.series.uid for reading in readings)
    at_home: list[Reading] = []
    for reading in readings:
        there = placed.series.get(reading.facts.series.uid)
        if there is not None and there.study_id != study.pk:
            placed.misplaced.append((reading, _elsewhere(there)))
        else:
            at_home.append(reading)
    make_series(study, at_home, placed)
    prepare_instances(at_home, placed)
    return placed


def _elsewhere(series: Series) -> Reason:
    return Reason(
        "series_elsewhere",
        _("The series it belongs to is part of another study."),
        patient=series.study.patient,
        study=series.study,
    )


def make_series(study: Study, readings: Sequence[Reading], placed: Placed) -> None:
    """Rows for the series that are not here yet, sorted by identifier, so that two workers cannot
    meet in a circle."""
    first: dict[str, Reading] = {}
    for reading in readings:
        if reading.facts.series.uid not in placed.series:
            first.setdefault(reading.facts.series.uid, reading)
    placed.new_series = Series.objects.bulk_create(
        _series(study, first[uid]) for uid in sorted(first)
    )
    placed.series |= {series.series_instance_uid: series for series in placed.new_series}


def _series(study: Study, reading: Reading) -> Series:
    facts = reading.facts.series
    return Series(
        study=study,
        series_instance_uid=facts.uid,
        modality=plain(facts.modality, 16),
        number=whole(facts.number, MOST_IN_BIG),
        description=plain(facts.description, 64),
        body_part=plain(facts.body_part, 16),
        laterality=plain(facts.laterality, 1),
        station_name=plain(facts.station_name, 16),
        manufacturer=plain(facts.manufacturer, 64),
        sender=plain(reading.incoming.sender, 64),
        performed_date=facts.performed_date,
        performed_time=facts.performed_time,
        requests=requests_told(facts),
    )


def requests_told(facts: SeriesFacts) -> list[dict[str, Any]]:
    """What the images were made for, as searches tell it: items in DICOM JSON."""
    return [
        {
            tag: {"vr": "SH", "Value": [plain(value, 16)]}
            for tag, value in (("00400009", one.step_id), ("00401001", one.procedure_id))
            if value
        }
        for one in facts.requests
    ]


def prepare_instances(readings: Sequence[Reading], placed: Placed) -> None:
    """The instances that these objects become (unsaved)."""
    placed.instances = [(r, _instance(placed.series[r.facts.series.uid], r)) for r in readings]


def _instance(series: Series, reading: Reading) -> Instance:
    incoming, facts = reading.incoming, reading.facts
    return Instance(
        series=series,
        sop_instance_uid=facts.sop_uid,
        sop_class_uid=facts.sop_class_uid,
        transfer_syntax=plain(facts.transfer_syntax, 64),
        path=incoming.path,
        size=incoming.size,
        sha256=incoming.sha256,
        number=whole(facts.number, MOST_IN_BIG),
        rows=whole(facts.rows, MOST_IN_INTEGER) or 0,
        columns=whole(facts.columns, MOST_IN_INTEGER) or 0,
        frames=whole(facts.frames, MOST_IN_INTEGER) or 0,
        photometric=plain(facts.photometric, 16),
        bits_allocated=whole(facts.bits_allocated, MOST_IN_SMALL) or 0,
        kind=str(facts.kind),
        has_pixels=facts.has_pixels,
        pixel_layout=facts.pixel_layout,
        fault=plain(facts.fault, 300),
        view_position=plain(facts.view_position, 16),
        laterality=plain(facts.laterality, 1),
    )


def note_growth(study: Study, placed: Placed, now: dt.datetime) -> None:
    """Count what came, and open a study again that had been called ready."""
    grown = Counter(instance.series_id for _reading, instance in placed.instances)
    again = [series for series in placed.series.values() if series.is_all_rejected]
    for series in placed.series.values():
        if series.pk in grown:
            series.instance_count += grown[series.pk]
            series.save(update_fields=["instance_count"])
    back = [series for series in again if not series.is_all_rejected]
    study.rejected_series_count -= len(back)
    told = {series.modality for series in (*placed.new_series, *back) if series.modality}
    modalities = {*study.modality_list, *told}
    study.modalities = "\\".join(sorted(modalities))[:200]
    study.series_count += len(placed.new_series)
    study.instance_count += len(placed.instances)
    study.last_image_at = now
    is_news = study.instance_count == len(placed.instances)
    if study.status == Study.Status.READY:
        study.move_to(Study.Status.ARRIVING)
        is_news = True
    study.save(
        update_fields=[
            "modalities",
            "series_count",
            "rejected_series_count",
            "instance_count",
            "last_image_at",
            "status",
        ]
    )
    if is_news:
        study_changed.send(Study, study=study)
