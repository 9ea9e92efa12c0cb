"""How fast a scanner gets its worklist: ours and DCMTK's `wlmscpfs` in turn, in one run.

    .venv/bin/python bench/worklist.py [--items 10000] [--history 0] [--rounds 7] [--each 20]

Both are given the same list: so many open steps on forty stations, twenty-five of each a day. Asked
is what scanners ask, by the scanner itself: this station, today, this modality, with DCMTK's
`findscu`. Once with an association for each query, as most scanners do it, and once with all on
one. With --history ours has as many more steps that are long over, as a department of some years
has; the files of `wlmscpfs` are the open ones alone.

Medians of the rounds; by the clock with what `findscu` itself takes to start. Processor time is
that of all processes of ours, the database included, and of the peer's with those that it forked
for each association; counted over a whole round, because the clock of processes ticks in hundredths
of a second, and without what the same processes use in as long a time when nobody asks.
"""

import argparse
import datetime as dt
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from peers import QUIET, Peer, department, free_port, known_to
from surroundings import processor_seconds, start

STATIONS, A_DAY = 40, 25
MODALITY = "CT"


def station(number: int) -> str:
    return f"BENCH{number:02d}"


def slot(number: int) -> tuple[int, int, int]:
    """Station, day from today, and place in the day of the step of this number."""
    place, rest = number % A_DAY, number // A_DAY
    return rest % STATIONS, rest // STATIONS, place


def fill_ours(items: int, history: int, today: dt.datetime) -> None:
    """Rows straight into the tables, as `populate` makes them."""
    from django.db import connection  # noqa: PLC0415
    from populate import insert, mixed  # noqa: PLC0415

    from equipment.models import Device, Room  # noqa: PLC0415
    from patients.models import Patient  # noqa: PLC0415
    from worklist.models import Order, ProcedureType, ScheduledProcedure  # noqa: PLC0415

    room = Room.objects.create(code="BENCH", name="Bench")
    kind = ProcedureType.objects.create(code="BENCH", meaning="CT head", modality=MODALITY)
    devices = [
        Device.objects.create(
            name=f"Bench {number}", ae_title=station(number), room=room, modality=MODALITY
        ).pk
        for number in range(STATIONS)
    ]
    total = items + history
    insert(
        Patient,
        f"generate_series(0, {max(total // 3, 1)}) n",
        patient_id="'WL' || lpad(n::text, 8, '0')",
        issuer="'BENCH'",
        name_alphabetic="'Bench' || n || '^Anna'",
        birth_date=f"date '1950-01-01' + ({mixed('n::bigint', 1)} % 20000)::int",
        sex="'F'",
    )
    first = Patient.objects.filter(issuer="BENCH").order_by("pk").values_list("pk", flat=True)[0]
    insert(
        Order,
        f"generate_series(0, {total - 1}) n",
        accession_number="'WL' || n",
        requested_procedure_id="'WL' || n",
        study_instance_uid="'2.25.88' || n",
        patient_id=f"{first} + n / 3",
        procedure_type_id=str(kind.pk),
        status=f"CASE WHEN n < {items} THEN 'SCHEDULED' ELSE 'FULFILLED' END",
    )
    morning = f"'{today.isoformat()}'::timestamptz"
    begins = (
        f"CASE WHEN n < {items} THEN {morning} + interval '1 day' * (n / {A_DAY * STATIONS})"
        f" ELSE {morning} - interval '1 minute' * n END + interval '15 minutes' * (n % {A_DAY})"
    )
    is_over = f"n >= {items}"
    insert(
        ScheduledProcedure,
        "(SELECT id, substr(accession_number, 3)::int AS n FROM worklist_order "
        "WHERE accession_number LIKE 'WL%') o",
        order_id="o.id",
        procedure_type_id=str(kind.pk),
        device_id=f"(ARRAY[{','.join(map(str, devices))}])[1 + n / {A_DAY} % {STATIONS}]",
        step_id="'WL' || n",
        scheduled_start=begins,
        scheduled_end=f"{begins} + interval '10 minutes'",
        status=f"CASE WHEN {is_over} THEN 'COMPLETED' ELSE 'SCHEDULED' END",
        started_at=f"CASE WHEN {is_over} THEN {begins} END",
        ended_at=f"CASE WHEN {is_over} THEN {begins} + interval '5 minutes' END",
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def fill_theirs(folder: Path, items: int, today: dt.datetime) -> None:
    """A file for each step."""
    from pydicom.dataset import Dataset, FileMetaDataset  # noqa: PLC0415

    place = folder / "PEER"
    place.mkdir(parents=True)
    (place / "lockfile").touch()
    for number in range(items):
        at, day, position = slot(number)
        begins = today + dt.timedelta(days=day, minutes=15 * position)
        step = Dataset()
        step.ScheduledStationAETitle, step.Modality = station(at), MODALITY
        step.ScheduledProcedureStepStartDate = f"{begins:%Y%m%d}"
        step.ScheduledProcedureStepStartTime = f"{begins:%H%M%S}"
        step.ScheduledPerformingPhysicianName = ""
        step.ScheduledProcedureStepDescription = "CT head"
        step.ScheduledProcedureStepID = f"WL{number}"
        item = Dataset()
        item.SpecificCharacterSet = "ISO_IR 100"
        item.PatientName, item.PatientID = f"Bench{number // 3}^Anna", f"WL{number // 3:08d}"
        item.PatientBirthDate, item.PatientSex = "19500101", "F"
        item.AccessionNumber = item.RequestedProcedureID = f"WL{number}"
        item.StudyInstanceUID = f"2.25.88{number}"
        item.RequestedProcedureDescription = "CT head"
        item.ScheduledProcedureStepSequence = [step]
        item.file_meta = FileMetaDataset()
        item.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.1"
        item.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.31"
        item.file_meta.MediaStorageSOPInstanceUID = f"2.25.89{number}"
        item.save_as(place / f"{number}.wl", enforce_file_format=True)


def ask(peer: Peer, today: dt.datetime, times: int) -> float:
    """Milliseconds of the clock for each of `times` queries on one association.

    Each must have 25 answers.
    """
    keys = ["PatientName", "PatientID", "AccessionNumber", "StudyInstanceUID"]
    sequence = "ScheduledProcedureStepSequence[0]."
    narrow = {
        "ScheduledStationAETitle": station(7),
        "ScheduledProcedureStepStartDate": f"{today:%Y%m%d}",
        "Modality": MODALITY,
        "ScheduledProcedureStepStartTime": "",
        "ScheduledProcedureStepID": "",
        "ScheduledProcedureStepDescription": "",
    }
    keys += [f"{sequence}{name}={value}" for name, value in narrow.items()]
    command = [shutil.which("findscu") or "findscu", "-v", "-W", "--repeat", str(times)]
    command += ["-aet", station(7), "-aec", peer.called, "127.0.0.1", str(peer.dicom_port)]
    command += [part for key in keys for part in ("-k", key)]
    begun = time.perf_counter()
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    spent = time.perf_counter() - begun
    answers = (told.stdout + told.stderr).count("(Pending)")
    if answers != A_DAY * times:
        sys.exit(f"{peer.name} gave {answers} answers:\n{told.stderr[-2000:]}")
    return 1000 * spent / times


@dataclass
class Cost:
    """What queries of one kind cost one peer: milliseconds for each."""

    walls: list[float] = field(default_factory=list)
    processors: list[float] = field(default_factory=list)

    @property
    def wall(self) -> float:
        return statistics.median(self.walls)

    @property
    def cpu(self) -> float:
        return max(statistics.median(self.processors), 0.1)

    def add(self, peer: Peer, walls: Callable[[], list[float]], queries: int) -> None:
        """One round: queries, and then as long without."""
        before, begun = processor_seconds(peer.pids), time.perf_counter()
        self.walls += walls()
        time.sleep(0.3)  # what a peer does afterwards is its cost as well
        between, spent = processor_seconds(peer.pids), time.perf_counter() - begun
        time.sleep(spent)
        after = processor_seconds(peer.pids)
        self.processors.append(1000 * ((between - before) - (after - between)) / queries)


def compare(ours: Peer, theirs: Peer, today: dt.datetime, rounds: int, each: int) -> None:
    kinds: dict[str, Callable[[Peer], list[float]]] = {
        "an association each": lambda peer: [ask(peer, today, 1) for _ in range(each)],
        "one association": lambda peer: [ask(peer, today, each)],
    }
    for peer in (ours, theirs):
        ask(peer, today, 3)  # for everybody to wake up
    for kind, walls in kinds.items():
        costs = [Cost(), Cost()]
        for _ in range(rounds):
            for peer, cost in zip((ours, theirs), costs, strict=True):
                cost.add(peer, partial(walls, peer), each)
        mine, other = costs
        print(
            f"worklist, {A_DAY} answers, {kind}: "
            f"ours {mine.wall:.0f} ms, {mine.cpu:.1f} ms CPU   "
            f"wlmscpfs {other.wall:.0f} ms, {other.cpu:.1f} ms CPU   ratio "
            f"{other.wall / mine.wall:.1f} by the clock, {other.cpu / mine.cpu:.1f} by CPU"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--history", type=int, default=0)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--each", type=int, default=20, help="queries of a round")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, department(Path(name) / "ours") as ours:
        start()
        from django.utils import timezone  # noqa: PLC0415

        today = timezone.now().replace(hour=8, minute=0, second=0, microsecond=0)
        known_to(ours)
        fill_ours(given.items, given.history, today)
        fill_theirs(Path(name) / "peer", given.items, today)
        port = free_port()
        program = shutil.which("wlmscpfs") or sys.exit("wlmscpfs is not installed.")
        process = subprocess.Popen([program, "-dfp", str(Path(name) / "peer"), str(port)], **QUIET)
        try:
            time.sleep(1)
            theirs = Peer("wlmscpfs", 0, port, "PEER", process)
            compare(ours, theirs, today, given.rounds, given.each)
        finally:
            process.terminate()
            process.wait()


if __name__ == "__main__":
    main()
