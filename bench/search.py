"""How fast studies are found by the web: ours and Orthanc in turn, in one run.

    .venv/bin/python bench/search.py [--studies 20000] [--rounds 5]

Both are started here, in a temporary folder, and know the same studies of the same patients: ours
as rows (`bench/populate.py`), Orthanc as small objects made from these rows. Ours answers a
technician's token. Medians; only the ratios count. Ours alone, with as many studies as one likes:

    DATABASE_URL=… SECRET_KEY=x .venv/bin/python bench/search.py --inside [--rounds 21]

asks the search itself, without a server, in a database that is there, and prints how long the
median and the slowest twentieth took.
"""

import argparse
import http.client
import io
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from peers import Peer, department, known_to, orthanc
from retrieve import JSON, Question, compare
from surroundings import start

ASKED, ASKED_OF_THEM = 40, 4  # requests of one kind in a round; theirs take long
SENDERS = 4


def small_objects() -> Iterator[bytes]:
    """One object a study, with what a search tells of it, and no pixels."""
    from pydicom import Dataset, dcmwrite  # noqa: PLC0415
    from pydicom.dataset import FileMetaDataset  # noqa: PLC0415
    from pydicom.uid import ExplicitVRLittleEndian  # noqa: PLC0415

    from studies.models import Series  # noqa: PLC0415

    for series in Series.objects.select_related("study__patient").iterator(500):
        study, patient = series.study, series.study.patient
        dataset = Dataset()
        dataset.SpecificCharacterSet = "ISO_IR 192"
        dataset.PatientName, dataset.PatientID = patient.dicom_name, patient.patient_id
        dataset.PatientBirthDate = f"{patient.birth_date:%Y%m%d}"
        dataset.PatientSex = patient.sex
        dataset.StudyInstanceUID = study.study_instance_uid
        dataset.StudyDate = f"{study.study_date:%Y%m%d}"
        dataset.StudyTime = f"{study.study_time:%H%M%S}"
        dataset.AccessionNumber, dataset.StudyID = study.accession_number, study.study_id
        dataset.StudyDescription, dataset.ReferringPhysicianName = study.description, ""
        dataset.SeriesInstanceUID = series.series_instance_uid
        dataset.Modality, dataset.SeriesNumber = series.modality, series.number
        dataset.SOPClassUID = "1.2.840.10008.5.1.4.1.1.7"
        dataset.SOPInstanceUID = f"{series.series_instance_uid}.1"
        dataset.file_meta = FileMetaDataset()
        dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        written = io.BytesIO()
        dcmwrite(written, dataset, enforce_file_format=True)
        yield written.getvalue()


def fill(theirs: Peer) -> None:
    """Give Orthanc every object by its own door, over a few kept connections."""
    objects, lock = small_objects(), threading.Lock()

    def send() -> None:
        line = http.client.HTTPConnection("127.0.0.1", theirs.port)
        while True:
            with lock:
                body = next(objects, None)
            if body is None:
                return
            line.request("POST", "/instances", body)
            line.getresponse().read()

    senders = [threading.Thread(target=send) for _ in range(SENDERS)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()


def asked() -> dict[str, str]:
    """The questions of every day, about a study in the middle of the list."""
    from gateway.dicomweb.search.attributes import Level  # noqa: PLC0415
    from gateway.dicomweb.search.paging import key_of  # noqa: PLC0415
    from studies.models import Study  # noqa: PLC0415

    middle = Study.objects.newest_first()[Study.objects.count() // 2]
    family = middle.patient.name_alphabetic.split("^")[0]
    key = key_of(Level.STUDY, middle.pk)
    month = f"{middle.study_date:%Y%m}01-{middle.study_date:%Y%m}28"
    return {
        "first 50": "limit=50",
        "50 at offset 15,000": "limit=50&offset=15000",
        "50 after a record in the middle": f"limit=50&PriorRecordKey={key}",
        "by accession number": f"AccessionNumber={middle.accession_number}",
        "by patient ID": f"PatientID={middle.patient.patient_id}",
        "by the beginning of a name": f"limit=50&PatientName={family[:4]}*",
        "of a month": f"limit=50&StudyDate={month}",
        "CT of a month": f"limit=50&StudyDate={month}&ModalitiesInStudy=CT",
    }


def questions() -> Iterator[Question]:
    """Orthanc knows no record keys; it is asked for the same page by its number."""
    for name, query in asked().items():
        theirs = query if "PriorRecordKey" not in query else "limit=50&offset=10000"
        paths = {
            "ours": [f"/dicom-web/studies?{query}".replace("+", "%2B")] * ASKED,
            "Orthanc": [f"/dicom-web/studies?{theirs}"] * ASKED_OF_THEM,
        }
        yield Question(f"{name}, 1 connection", paths, JSON)
        if name == "first 50":
            yield Question(f"{name}, 4 connections", paths, JSON, lines=4)


def side_by_side(studies: int, rounds: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with department(folder / "ours") as ours, orthanc(folder / "orthanc") as theirs:
            start()
            import populate  # noqa: PLC0415 - it needs the settings that are there now

            populate.main(studies // 3 + 1)
            known_to(ours)
            fill(theirs)
            for question in questions():
                compare([ours, theirs], question, rounds)


def inside(rounds: int) -> None:
    """The search itself, in process, in the database of the environment."""
    import populate  # noqa: F401, PLC0415 - sets Django up
    from django.http import QueryDict  # noqa: PLC0415

    from gateway.dicomweb.search.attributes import Level  # noqa: PLC0415
    from gateway.dicomweb.search.engine import Search  # noqa: PLC0415
    from gateway.dicomweb.search.parameters import question_in  # noqa: PLC0415
    from studies.models import Study  # noqa: PLC0415

    rows = Study.objects.clinical()
    for name, query in asked().items():
        question = question_in(QueryDict(query.replace("+", "%2B")))
        spent = []
        for _round in range(rounds):
            begun = time.perf_counter()
            count = len(Search(Level.STUDY, rows, question, "http://here").results())
            spent.append(1000 * (time.perf_counter() - begun))
        late = sorted(spent)[-1 - len(spent) // 20]
        print(
            f"{name:34} {count:5} studies  {statistics.median(spent):8.1f} ms, late {late:8.1f} ms"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--studies", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--inside", action="store_true")
    given = parser.parse_args()
    if given.inside:
        inside(given.rounds)
    else:
        side_by_side(given.studies, given.rounds)


if __name__ == "__main__":
    main()
