"""The pages people wait for, on a department of ten years: milliseconds on the server, queries.

    DATABASE_URL=… REDIS_URL=… SECRET_KEY=x .venv/bin/python bench/pages.py [--rounds 15]

Fill the database with `bench/populate.py` first (100,000 patients, 300,000 procedures, 1,000,000
instances). Everything runs in this process through the whole stack of middleware; what is written
(openings leave a trace) is rolled back. Given are the median, the slowest of the rounds, processor
time, the number of queries, and the same page for another patient or word, which must not differ.
"""

# ruff: noqa: E402 — Django is set up before its models are imported

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "imaging_dept.settings")

import django

django.setup()

from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from patients.models import Patient
from reports.models import Report
from staff.models import User
from studies.models import Study
from worklist.models import ScheduledProcedure

Act = Callable[[], HttpResponse]


def sign_in(role: str) -> Client:
    client = Client(headers={"host": "localhost"})
    somebody = User.objects.create_user(f"bench-{role.lower()}-pages")
    somebody.groups.add(Group.objects.get(name=role))
    client.force_login(somebody)
    return client


def pages() -> dict[str, Act]:
    """Each page by name, as its person asks for it."""
    technician, radiologist = sign_in("Technician"), sign_in("Radiologist")
    patient = Patient.objects.order_by("pk")[Patient.objects.count() // 2]
    busy = Study.objects.order_by("-pk")[1000].patient
    name = patient.family_name
    typo = name[:3] + name[4:]
    step = ScheduledProcedure.objects.order_by("-pk")[0]
    report = Report.objects.filter(status="READY_TO_READ").order_by("pk")[0]

    def get(client: Client, url_name: str, *args: object) -> Act:
        return lambda: client.get(reverse(url_name, args=args))

    def search(words: str) -> Act:
        return lambda: technician.post(reverse("patients:list"), {"q": words})

    return {
        "board": get(technician, "worklist:board"),
        "reading list": get(radiologist, "reports:list"),
        "search: name": search(name),
        "search: typing error": search(typo),
        "search: two words": search(f"{name} {patient.given_name}"),
        "search: Japanese": search("山田"),
        "search: record number": search(patient.patient_id),
        "search: birth date": search(f"{patient.birth_date:%d.%m.%Y}"),
        "search: accession": search(step.order.accession_number),
        "record": get(technician, "patients:patient", busy.pk),
        "record: procedures": get(technician, "worklist:of_patient", busy.pk),
        "record: studies": get(technician, "studies:of_patient", busy.pk),
        "record: reports": get(radiologist, "reports:of_patient", busy.pk),
        "procedure": get(technician, "worklist:procedure", step.pk),
        "study": get(technician, "studies:study", report.study.study_instance_uid),
        "studies": get(technician, "studies:list"),
        "report": get(radiologist, "reports:report", report.study.study_instance_uid),
        "schedule": get(technician, "worklist:schedule"),
        "devices": get(technician, "equipment:list"),
    }


def measure(act: Act, rounds: int) -> str:
    answer = act()
    if answer.status_code not in {200, 302}:  # a whole number opens the record
        return f"answered {answer.status_code}"
    with CaptureQueriesContext(connection) as queries:
        act()
    number = len(queries)  # at once: the next request empties the log
    wall, cpu = [], []
    for _ in range(rounds):
        started, worked = time.perf_counter(), time.process_time()
        act()
        wall.append((time.perf_counter() - started) * 1000)
        cpu.append((time.process_time() - worked) * 1000)
    return (
        f"{statistics.median(wall):7.1f} ms, at most {max(wall):7.1f}, processor "
        f"{statistics.median(cpu):6.1f}, {number:3} queries, {len(answer.content) // 1024} kB"
    )


def main(rounds: int) -> None:
    print(
        f"{Patient.objects.count():,} patients, {ScheduledProcedure.objects.count():,} procedures, "
        f"{Study.objects.count():,} studies"
    )
    for name, act in pages().items():
        print(f"{name:24}", measure(act, rounds), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    with transaction.atomic():
        main(parser.parse_args().rounds)
        transaction.set_rollback(True)
