"""How many objects a second one worker writes into the tables, once their headers are read.

    DATA_DIR=/tmp/bench .venv/bin/python bench/index.py

The way everybody begins (`get_or_create` of patient, study, series and instance, object by object)
and ours (`studies.ingest`: locks, twins, matching, counting, the trail) take turns in a database of
their own, which is removed at the end. Studies of 200 images, medians of all rounds: by one process
that files, and by as many at once as the worker has.
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

from common.programs import WORKER_PROCESSES
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


def readings_of_studies(number: int, studies: int) -> list[Reading]:
    """Fresh studies, received."""
    facts = (facts_of_a_study(1000 * (number + 1) + one) for one in range(studies))
    return [reading for of_study in facts for reading in received(of_study)]


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


def ours_together(readings: list[Reading]) -> None:
    """The studies dealt out to as many processes as a worker has."""
    connection.close()
    children = []
    for number in range(WORKER_PROCESSES):
        child = os.fork()
        if not child:
            for first in range(number * IMAGES, len(readings), WORKER_PROCESSES * IMAGES):
                file_readings(readings[first : first + IMAGES])
            connection.close()
            os._exit(0)
        children.append(child)
    if any(os.waitpid(child, 0)[1] for child in children):
        raise SystemExit("A process that files has failed.")


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
        peers, own, together = [], [], []
        for number in range(given.rounds + 1):
            peers.append(a_second(straightforward, facts_of_a_study(number)))
            own.append(a_second(ours, readings_of_studies(number, 5)))
            together.append(a_second(ours_together, readings_of_studies(number + 500, 8)))
        row_by_row, batched, whole = (
            statistics.median(rates[1:]) for rates in (peers, own, together)
        )
        print(
            f"index: ours {batched:,.0f}/s, {WORKER_PROCESSES} processes {whole:,.0f}/s, "
            f"row by row {row_by_row:,.0f}/s, ratio {batched / row_by_row:.1f} "
            f"(batches of {BATCH})"
        )
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


if __name__ == "__main__":
    main()
