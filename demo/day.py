"""Today in the demonstration department: around the present hour, in all states."""

import datetime as dt
import random

from django.db import transaction
from django.utils import timezone

from demo.accounts import load_people
from demo.catalogue import load_catalogue
from demo.patients import load_patients
from demo.place import load_machines
from equipment.models import Device
from patients.models import Patient
from staff.models import User
from worklist import services
from worklist.models import ProcedureType, ScheduledProcedure

SEED = 20260101
# code, priority, side, minutes from now, what has become of it
DAY = [
    ("CT-HEAD", "STAT", "", -8, "arrived"),
    ("CT-CHEST", "ROUTINE", "", -190, "completed"),
    ("CT-HEAD", "ROUTINE", "", -150, "completed"),
    ("CT-ABD", "HIGH", "", -95, "discontinued"),
    ("CT-HEAD", "ROUTINE", "", -20, "started"),
    ("CT-CHEST", "HIGH", "", 25, "arrived"),
    ("CT-ABD", "ROUTINE", "", 70, "scheduled"),
    ("CT-HEAD", "ROUTINE", "", 120, "scheduled"),
    ("MR-HEAD", "ROUTINE", "", -170, "completed"),
    ("MR-KNEE", "ROUTINE", "L", -45, "started"),
    ("MR-LSPINE", "ROUTINE", "", -5, "arrived"),
    ("MR-HEAD", "HIGH", "", 40, "scheduled"),
    ("MR-KNEE", "ROUTINE", "R", 95, "scheduled"),
    ("MR-HEAD", "ROUTINE", "", 150, "scheduled"),
    ("DX-CHEST", "ROUTINE", "", -130, "completed"),
    ("DX-CHEST", "HIGH", "", -100, "completed"),
    ("DX-HAND", "ROUTINE", "R", -70, "no_show"),
    ("DX-HIP", "HIGH", "L", -30, "arrived"),
    ("DX-CHEST", "ROUTINE", "", -12, "arrived"),
    ("DX-HAND", "ROUTINE", "L", 10, "scheduled"),
    ("DX-CHEST", "ROUTINE", "", 30, "scheduled"),
    ("DX-CHEST", "STAT", "", 5, "scheduled"),
    ("US-ABD", "ROUTINE", "", -110, "completed"),
    ("US-THY", "ROUTINE", "", -15, "ready"),
    ("US-ABD", "ROUTINE", "", 20, "scheduled"),
    ("US-ABD", "ROUTINE", "", 75, "scheduled"),
    ("MG-SCREEN", "ROUTINE", "", -35, "arrived"),
    ("MG-SCREEN", "ROUTINE", "", 15, "scheduled"),
    ("MG-SCREEN", "ROUTINE", "", 45, "scheduled"),
    ("XA-CORO", "HIGH", "", 35, "on_hold"),
    ("XA-CORO", "ROUTINE", "", 130, "scheduled"),
    ("MR-LSPINE", "ROUTINE", "", 200, "cancelled"),
]
QUESTIONS = {
    "CT-HEAD": "Fall on the stairs, takes anticoagulants. Bleeding?",
    "CT-CHEST": "Weight loss, nodule on the radiograph. Staging.",
    "CT-ABD": "Pain in the right lower abdomen for two days, fever. Appendicitis?",
    "MR-HEAD": "New headache, worse in the morning. Mass?",
    "MR-KNEE": "Twisted while skiing, locks. Meniscus?",
    "MR-LSPINE": "Pain to the left foot, weak dorsiflexion. Disc prolapse L4/5?",
    "DX-CHEST": "Cough and fever for a week. Infiltrate?",
    "DX-HAND": "Caught in a door. Fracture?",
    "DX-HIP": "Fell at home, leg shortened and turned out. Fracture of the neck of femur?",
    "US-ABD": "Colic after meals. Gallstones?",
    "US-THY": "Lump noticed by the patient. Nodule?",
    "MG-SCREEN": "Screening round 2026.",
    "XA-CORO": "Angina at rest, troponin slightly raised.",
}


@transaction.atomic
def load_department() -> list[ScheduledProcedure]:
    """Make everything of the demonstration but the images; returns today's procedures.

    Deterministic from SEED and the present hour.
    """
    chance = random.Random(SEED)  # noqa: S311
    people = load_people()
    machines = {device.modality: device for device in load_machines().values()}
    catalogue = load_catalogue()
    patients = load_patients(chance)
    now = timezone.now().replace(second=0, microsecond=0)
    steps = []
    for line, patient in zip(DAY, patients, strict=False):
        steps.append(_plan(line, patient, catalogue, machines, people["referrer"], now))
    for line, step in zip(DAY, steps, strict=True):
        _live_through(step, line[4], people["technician"], chance)
    return steps


def _plan(
    line: tuple[str, str, str, int, str],
    patient: Patient,
    catalogue: dict[str, ProcedureType],
    machines: dict[str, Device],
    referrer: User,
    now: dt.datetime,
) -> ScheduledProcedure:
    """Order and schedule one line of the day."""
    code, priority, side, minutes, _outcome = line
    procedure_type = catalogue[code]
    order = services.place_order(
        patient,
        procedure_type,
        by=referrer,
        priority=priority,
        clinical_question=QUESTIONS[code],
        ordering_physician="Okafor^Felix^^Dr.",
    )
    return services.schedule_procedure(
        order,
        device=machines[procedure_type.modality],
        start=now + dt.timedelta(minutes=minutes),
        by=referrer,
        side=side,
        squeeze=True,  # some of the day's lines overlap, as in life
    )


def _live_through(step: ScheduledProcedure, outcome: str, by: User, chance: random.Random) -> None:
    """Carry one procedure to where the day has brought it, at believable times."""
    begins = step.scheduled_start
    if outcome == "cancelled":
        services.cancel_procedure(step, by=by, reason_code="110510")
    elif outcome == "no_show":
        services.mark_no_show(step, by=by)
    elif outcome != "scheduled":
        earlier = min(begins, timezone.now()) - dt.timedelta(minutes=chance.randint(4, 22))
        step = services.register_arrival(step, by=by, at=earlier)
        if outcome == "ready":
            services.mark_ready(step, by=by)
        elif outcome == "on_hold":
            services.hold_procedure(step, by=by, reason="Waiting for the coagulation values.")
        elif outcome != "arrived":
            _examine(step, outcome, by, chance)


def _examine(step: ScheduledProcedure, outcome: str, by: User, chance: random.Random) -> None:
    begins = step.scheduled_start + dt.timedelta(minutes=chance.randint(0, 6))
    # A machine's report: the rule of one patient on the table is for people, and for now.
    step = services.start_procedure(step, by=None, source="MPPS", at=begins)
    if outcome == "completed":
        ends = begins + dt.timedelta(minutes=step.procedure_type.minutes)
        services.complete_procedure(step, by=by, at=ends)
    elif outcome == "discontinued":
        services.discontinue_procedure(step, by=by, reason_code="110515")
