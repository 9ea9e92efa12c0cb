"""How many objects a second one worker writes into the tables, once their headers are read.

    DATA_DIR=/tmp/bench .venv/bin/python bench/index.py

The way everybody begins (`get_or_create` of patient, study, series and instance, object by object)
and ours (`studies.ingest`: locks, twins, matching, counting, the trail) take turns in a database of
their own, which is removed at the end. Studies of 200 images, medians of all rounds.
"""

# ruff: noqa: E402 — Django is set up before its models are imported

import argparse
import datetime as dt
import logging
import os
import statistics
import time
import uuid

from surroundings import start

start()

from django.db import connection

from patients.models import Patient
from studies.facts import InstanceFacts, Kind, PatientFacts, SeriesFacts, StudyFacts
from studies.headers import pack
from studies.ingest.batch import BATCH, file_readings
from studies.ingest.reading import Reading
from studies.models import IncomingFile, Instance, Series, Study

IMAGES = 200  # of a study
HEADER = pack(os.urandom(1200))  # about what a CT's header is once compressed


def new_uid() -> str:
    return f"2.25.{uuid.uuid4().int}"


def facts_of_a_study(number: int) -> list[InstanceFacts]:
    """What the reader says of the images of one CT."""
    patient = PatientFacts(f"BENCH{number}", "BENCH", f"Bench^{number}", "", "", None, "F", ())
    study = StudyFacts(
        uid=new_uid(),
        study_id="1",
        accession_number="",
        accession_issuer="",
        date=dt.date(2026, 1, 2),
        time=dt.time(3, 4),
        utc_offset_minutes=None,
        description="CT head",
        referring_alphabetic="",
        referring_ideographic="",
        referring_phonetic="",
    )
    series = SeriesFacts(new_uid(), "CT", 1, "Axial", "HEAD", "", "CT1", "Maker", "", None, None)
    return [
        InstanceFacts(
            patient=patient,
            study=study,
            series=series,
            sop_uid=new_uid(),
            sop_class_uid="1.2.840.10008.5.1.4.1.1.2",
            transfer_syntax="1.2.840.10008.1.2.1",
            kind=Kind.IMAGE,
            number=image,
            rows=512,
            columns=512,
            frames=1,
            photometric="MONOCHROME2",
            samples=1,
            bits_allocated=16,
            bits_stored=12,
            is_signed=False,
            planar=0,
            image_type=("ORIGINAL", "PRIMARY", "AXIAL"),
            acquired_at=None,
            has_pixels=True,
            pixel_layout={"offset": 1632, "frame_size": 524288},
            fault="",
        )
        for image in range(1, IMAGES + 1)
    ]


def received(facts: list[InstanceFacts]) -> list[Reading]:
    """The rows that the door wrote for them, as a worker has read them."""
    rows = IncomingFile.objects.bulk_create(
        IncomingFile(
            path=f"objects/2026/01/02/{uuid.uuid4().hex}.dcm",
            size=526_000,
            sha256="0" * 64,
            source=IncomingFile.Source.DIMSE,
            sender="CT1",
            attempts=1,
        )
        for _ in facts
    )
    return [Reading(row, known, HEADER) for row, known in zip(rows, facts, strict=True)]


def straightforward(facts: list[InstanceFacts]) -> None:
    """Row by row, and nothing but the rows."""
    for known in facts:
        patient, _made = Patient.objects.get_or_create(
            patient_id=known.patient.patient_id,
            issuer=known.patient.issuer,
            defaults={"name_alphabetic": known.patient.name_alphabetic},
        )
        study, _made = Study.objects.get_or_create(
            study_instance_uid=known.study.uid, defaults={"patient": patient}
        )
        series, _made = Series.objects.get_or_create(
            series_instance_uid=known.series.uid, defaults={"study": study, "modality": "CT"}
        )
        Instance.objects.get_or_create(
            sop_instance_uid=known.sop_uid,
            defaults={
                "series": series,
                "sop_class_uid": known.sop_class_uid,
                "transfer_syntax": known.transfer_syntax,
                "path": "objects/somewhere.dcm",
                "size": 526_000,
                "sha256": "0" * 64,
            },
        )


def ours(readings: list[Reading]) -> None:
    """Batch by batch, as the worker does it."""
    for first in range(0, len(readings), BATCH):
        file_readings(readings[first : first + BATCH])


def a_second(work: object, things: list[object]) -> float:
    start = time.perf_counter()
    work(things)  # type: ignore[operator]
    return len(things) / (time.perf_counter() - start)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    given = parser.parse_args()
    logging.disable(logging.WARNING)
    name = connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        peers, own = [], []
        for number in range(given.rounds + 1):
            peers.append(a_second(straightforward, facts_of_a_study(number)))
            readings = [
                reading
                for one in range(5)
                for reading in received(facts_of_a_study(1000 * (number + 1) + one))
            ]
            own.append(a_second(ours, readings))
        row_by_row, batched = statistics.median(peers[1:]), statistics.median(own[1:])
        print(
            f"index: ours {batched:,.0f}/s, row by row {row_by_row:,.0f}/s, "
            f"ratio {batched / row_by_row:.1f} (batches of {BATCH})"
        )
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


if __name__ == "__main__":
    main()
