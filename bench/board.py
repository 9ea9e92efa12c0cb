"""The board with 200 steps: milliseconds on the server, queries, bytes, and a quiet poll.

    DATABASE_URL=… REDIS_URL=… SECRET_KEY=x .venv/bin/python bench/board.py [--steps 200]

Everything is made inside one transaction that is rolled back. Use a database whose own list for
today is empty, or its rows are measured too (the number of rows is printed).
Processor time is given beside wall time: only the former means something on a busy machine.
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

from equipment.tests.factories import DeviceFactory
from patients.tests.factories import AlertFactory
from staff.models import User
from worklist.tests.factories import OrderFactory, ScheduledProcedureFactory

BOARD = "/worklist/?state=all"
PRIORITIES = ("ROUTINE", "ROUTINE", "HIGH", "ROUTINE", "STAT")
STATES = ("SCHEDULED", "ARRIVED", "READY", "COMPLETED", "ON_HOLD")


def fill(steps: int) -> None:
    """Patients in three scripts, three alerts each, on six devices."""
    devices = [
        DeviceFactory.create(name=f"Bench {steps}-{number}", ae_title=f"B{steps}X{number}")
        for number in range(6)
    ]
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    for number in range(steps):
        order = OrderFactory.create(
            priority=PRIORITIES[number % 5],
            patient__name_ideographic="山田^太郎" if number % 3 else "",
        )
        for kind in ("ALLERGY", "IMPLANT", "INFECTION"):
            AlertFactory.create(patient=order.patient, kind=kind)
        ScheduledProcedureFactory.create(
            order=order,
            device=devices[number % 6],
            status=STATES[number % 5],
            arrived_at=timezone.now() - dt.timedelta(minutes=number % 50),
            scheduled_start=midnight + dt.timedelta(minutes=number * 1440 // steps),
            images="ARRIVING",
            images_received=number % 200,
        )


def measure(act: Callable[[], object], rounds: int = 15) -> str:
    """Median wall and processor milliseconds."""
    wall, cpu = [], []
    for _ in range(rounds):
        started, worked = time.perf_counter(), time.process_time()
        act()
        wall.append((time.perf_counter() - started) * 1000)
        cpu.append((time.process_time() - worked) * 1000)
    return f"{statistics.median(wall):6.1f} ms, {statistics.median(cpu):6.1f} ms of processor"


def sign_in() -> Client:
    """A technician's browser."""
    client = Client(headers={"host": "localhost"})
    technician = User.objects.create_user("bench-technician")
    technician.groups.add(Group.objects.get(name="Technician"))
    client.force_login(technician)
    return client


def main(steps: int) -> None:
    client, live = sign_in(), {"HX-Request": "true"}
    fill(2)
    client.get(BOARD)
    with CaptureQueriesContext(connection) as few:
        client.get(BOARD)
    fill(steps - 2)
    with CaptureQueriesContext(connection) as many:
        page = client.get(BOARD)
    print(f"queries: {len(few)} for 2 steps, {len(many)} for {steps}")
    rows = page.content.count(b"data-row ")
    print(f"page:    {rows} rows, {len(page.content) / 1024:.0f} kB before compression")
    print("whole:  ", measure(lambda: client.get(BOARD)))
    print("refresh:", measure(lambda: client.get(BOARD, headers=live)))
    etag = client.get(BOARD, headers=live)["ETag"]
    quiet = client.get(BOARD, headers=live | {"If-None-Match": etag})
    print(f"quiet poll: {quiet.status_code}, {len(quiet.content)} bytes")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=200)
    with transaction.atomic():
        main(parser.parse_args().steps)
        transaction.set_rollback(True)
