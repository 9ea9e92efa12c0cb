"""The trail with a million entries: milliseconds on the server, queries, and how they are found.

    DATABASE_URL=… REDIS_URL=… SECRET_KEY=x .venv/bin/python bench/trail.py [--entries 1000000]

Everything is made inside one transaction that is rolled back. Use a database of your own: the
statistics of the table are taken anew. `sequential` counts the questions that read a whole table.
"""

# ruff: noqa: E402 — Django is set up before its models are imported

import argparse
import datetime as dt
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
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from patients.tests.factories import PatientFactory
from staff.models import User

PEOPLE, PATIENTS = 60, 500
FILL = """
INSERT INTO audit_entry
    (at, verb, actor_id, actor_label, roles, origin, subject_type, subject_id, patient_id, details)
SELECT
    now() - (%(entries)s - n) * interval '730 days' / %(entries)s,
    CASE WHEN n %% 997 = 0 THEN 'report.signed' WHEN n %% 10 < 5 THEN 'patient.viewed'
         WHEN n %% 10 < 8 THEN 'study.viewed' ELSE 'study.images_filed' END,
    CASE WHEN n %% 10 < 8 THEN people[1 + (n / 10 %% 60)] END,
    CASE WHEN n %% 10 < 8 THEN '' ELSE 'CT01' END,
    CASE WHEN n %% 10 >= 8 THEN '{}'::varchar[] WHEN n / 10 %% 60 < 1 THEN '{Engineer}'
         ELSE '{Technician}' END,
    '192.0.2.7',
    'patients.patient', (n %% 100000)::text,
    CASE WHEN n %% 2 = 0 THEN patients[1 + (n %% 500)] ELSE 1000000 + n %% 100000 END,
    '{"how": "page"}'
FROM generate_series(1, %(entries)s) n,
     (SELECT %(people)s::bigint[] people, %(patients)s::bigint[] patients) keys
"""


def fill(entries: int) -> tuple[list[int], list[int]]:
    """Two years of a department's entries, by people and machines."""
    people = [User.objects.create_user(f"bench-{entries}-{number}").pk for number in range(PEOPLE)]
    patients = [patient.pk for patient in PatientFactory.create_batch(PATIENTS)]
    with connection.cursor() as cursor:
        cursor.execute(FILL, {"entries": entries, "people": people, "patients": patients})
        cursor.execute("ANALYZE audit_entry")
    return people, patients


def addresses(people: list[int], patients: list[int]) -> dict[str, str]:
    """What an auditor opens."""
    today = timezone.localdate()
    old = today - dt.timedelta(days=500)
    trail = "/audit/?"
    return {
        "newest": trail,
        "one day long ago": f"{trail}day={old}",
        "a page long ago": f"{trail}until={old}",
        "one person": f"{trail}person={people[5]}",
        "one person, rare deed": f"{trail}person={people[5]}&verb=report.signed",
        "one person, never": f"{trail}person={people[5]}&verb=order.cancelled",
        "common verb": f"{trail}verb=patient.viewed",
        "rare verb": f"{trail}verb=report.signed",
        "openings": f"{trail}group=openings",
        "changes": f"{trail}group=changes",
        "machines": f"{trail}group=machines",
        "sign-ins": f"{trail}group=sign-ins",
        "common role": f"{trail}role=Technician",
        "rare role": f"{trail}role=Engineer",
        "unheard-of role": f"{trail}role=Nobody",
        "one patient": f"{trail}patient={patients[5]}",
        "one record": f"{trail}kind=patients.patient&key=77",
        "person page": f"/audit/people/{people[5]}/",
        "record page": f"/audit/records/patients.patient/{patients[5]}/",
        "day page": f"/audit/days/{today - dt.timedelta(days=1)}/",
        "api": "/api/audit-entries/",
        "api, old": f"/api/audit-entries/?until={old}",
    }


def sign_in() -> Client:
    somebody = User.objects.create_user("bench-auditor")
    somebody.groups.add(Group.objects.get(name="Administrator"))
    client = Client(headers={"X-Forwarded-Proto": "https"})
    client.force_login(somebody)
    return client


def milliseconds(act: Callable[[], object], rounds: int = 7) -> float:
    spent = []
    for _ in range(rounds):
        start = time.perf_counter()
        act()
        spent.append((time.perf_counter() - start) * 1000)
    return statistics.median(spent)


def slowest_plan(queries: list[dict[str, str]]) -> str:
    """The slowest question about entries, and the kind of walk it is."""
    asked = [q for q in queries if q["sql"].startswith("SELECT") and '"audit_entry"' in q["sql"]]
    slowest = max(asked, key=lambda query: float(query["time"]))
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {slowest['sql']}")
        plan = " ".join(row[0].strip() for row in cursor.fetchall())
    walks = ("Seq Scan", "Bitmap Heap Scan", "Index Only Scan", "Index Scan")
    walk = next((walk for walk in walks if f"{walk} " in plan), "none")
    return f"{float(slowest['time']) * 1000:.0f} ms, {walk}"


def main(entries: int) -> None:
    with transaction.atomic():
        people, patients = fill(entries)
        client = sign_in()
        print(f"{'page':<24}{'ms':>8}{'queries':>9}  slowest question")
        for name, address in addresses(people, patients).items():
            client.get(address, secure=True)
            with CaptureQueriesContext(connection) as asked:
                answer = client.get(address, secure=True)
            assert answer.status_code == 200, (name, answer.status_code)
            queries = list(asked.captured_queries)  # the next request forgets them
            spent = milliseconds(lambda address=address: client.get(address, secure=True))
            print(f"{name:<24}{spent:>8.0f}{len(queries):>9}  {slowest_plan(queries)}")
        transaction.set_rollback(True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000)
    main(parser.parse_args().entries)
