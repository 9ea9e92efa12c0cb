"""Three months of examinations that are over.

This is the one place where rows are written behind the verbs' backs: the day's thousand moves
would take minutes, and nobody was here when they were made. They came with the records of the
system before; their images stayed in the archive of that time.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings

from demo.care import BUSY_DAYS
from demo.cast import REFERRERS, TECHNICIANS, Cast
from demo.day import PRIORS, workday
from demo.questions import QUESTIONS
from patients.models import Patient
from staff.models import User
from worklist.models import Move, Order, PerformedProcedure, ProcedureType, ScheduledProcedure
from worklist.reasons import REASONS
from worklist.services.orders import ACCESSIONS, STEPS, next_number

DAYS = range(92, 1, -1)
A_DAY = 4
HOURS = (8, 15)
WEEKEND = 5
ELSEWHERE = "Images and report are in the archive of the former system."
Status = ScheduledProcedure.Status

# state, reason (CID 9301), share of a hundred
OUTCOMES = [
    (Status.COMPLETED, "", 86),
    (Status.NO_SHOW, "110507", 6),
    (Status.CANCELLED, "110500", 5),
    (Status.DISCONTINUED, "110515", 3),
]
SCREENED_FROM, HEART_FROM, GROWN_UP = 40, 45, 16


@dataclass(frozen=True, slots=True)
class Past:
    """One examination that is over."""

    patient: Patient
    kind: ProcedureType
    start: dt.datetime
    status: str
    reason_code: str
    technician: User
    referrer: User


def load_history(cast: Cast, midnight: dt.datetime) -> None:
    """Write what was, in a handful of statements."""
    past = list(_all_that_was(cast, midnight))
    orders = Order.objects.bulk_create(_order(one) for one in past)
    steps = ScheduledProcedure.objects.bulk_create(
        _step(one, order, cast) for one, order in zip(past, orders, strict=True)
    )
    Move.objects.bulk_create(
        move
        for one, step in zip(past, steps, strict=True)
        for move in _moves(one, step, cast.scheduler)
    )
    begun = [step for step in steps if step.started_at]
    performed = PerformedProcedure.objects.bulk_create(_performed(step) for step in begun)
    through = PerformedProcedure.procedures.through
    through._default_manager.bulk_create(
        through(performedprocedure=done, scheduledprocedure=step)
        for done, step in zip(performed, begun, strict=True)
    )


def _all_that_was(cast: Cast, midnight: dt.datetime) -> Iterator[Past]:
    """Some on every working day, one behind the other on each device."""
    taken = {
        (line.code[:2], workday(midnight - dt.timedelta(days=line.minutes))) for line in PRIORS
    }
    taken |= {(modality, midnight - dt.timedelta(days=days)) for modality, days in BUSY_DAYS}
    chance = cast.chance
    for days in DAYS:
        day = midnight - dt.timedelta(days=days)
        if day.weekday() >= WEEKEND:
            continue
        hour = dict.fromkeys(cast.devices, HOURS[0])
        for kind in chance.sample(list(cast.catalogue.values()), k=A_DAY):
            if (kind.modality, day) in taken or hour[kind.modality] > HOURS[1]:
                continue
            start = day + dt.timedelta(
                hours=hour[kind.modality], minutes=chance.choice([0, 20, 40])
            )
            hour[kind.modality] += 2 + chance.randint(0, 1)
            [(status, reason, _share)] = chance.choices(
                OUTCOMES, weights=[share for _status, _reason, share in OUTCOMES]
            )
            patient = chance.choice(_fit_for(kind, cast.patients, day.date()))
            technician, referrer = cast.next_of(TECHNICIANS), cast.next_of(REFERRERS)
            yield Past(patient, kind, start, status, reason, technician, referrer)


def _fit_for(kind: ProcedureType, patients: dict[str, Patient], day: dt.date) -> list[Patient]:
    """Those of whom one believes it."""
    youngest = {"MG": SCREENED_FROM, "XA": HEART_FROM}.get(kind.modality, GROWN_UP)
    only = Patient.Sex.FEMALE if kind.modality == "MG" else ""
    return [
        patient
        for patient in patients.values()
        if (patient.age_on(day) or 0) >= youngest and (not only or patient.sex == only)
    ]


def _order(one: Past) -> Order:
    number = next_number(ACCESSIONS, "A")
    is_fulfilled = one.status == Status.COMPLETED
    return Order(
        accession_number=number,
        requested_procedure_id=f"R{number[1:]}",
        issuer=settings.ACCESSION_ISSUER,
        patient=one.patient,
        procedure_type=one.kind,
        side="L" if one.kind.needs_side else "",
        clinical_question=QUESTIONS[one.kind.code],
        ordering_physician=f"{one.referrer.last_name}^{one.referrer.first_name}^^Dr.",
        ordered_by=one.referrer,
        ordered_at=one.start - dt.timedelta(days=6, hours=3),
        status=Order.Status.FULFILLED if is_fulfilled else Order.Status.CANCELLED,
        reason_code=one.reason_code,
        reason=_reason(one),
    )


def _reason(one: Past) -> str:
    return str(REASONS[one.reason_code].word) if one.reason_code else ""


def _step(one: Past, order: Order, cast: Cast) -> ScheduledProcedure:
    begun = one.status in {Status.COMPLETED, Status.DISCONTINUED}
    length = dt.timedelta(minutes=one.kind.minutes)
    performed = ScheduledProcedure.Performed
    images = one.kind.expected_images if one.status == Status.COMPLETED else 0
    return ScheduledProcedure(
        order=order,
        procedure_type=one.kind,
        device=cast.devices[one.kind.modality],
        step_id=next_number(STEPS, "S"),
        side=order.side,
        scheduled_start=one.start,
        scheduled_end=one.start + length,
        status=one.status,
        arrived_at=one.start - dt.timedelta(minutes=12) if begun else None,
        started_at=one.start + dt.timedelta(minutes=2) if begun else None,
        ended_at=one.start + length * 0.8 if begun else None,
        performed_by=one.technician if begun else None,
        reason_code=one.reason_code,
        reason=_reason(one),
        comment=ELSEWHERE if one.status == Status.COMPLETED else "",
        performed=performed(one.status) if begun else performed.NONE,
        images=ScheduledProcedure.Images.COMPLETE if images else ScheduledProcedure.Images.NONE,
        images_expected=images,
        images_received=images,
        screening=ScheduledProcedure.Screening.NOT_NEEDED,
    )


def _moves(one: Past, step: ScheduledProcedure, scheduler: User) -> Iterator[Move]:
    """From state to state, as the verbs would have noted it."""
    booked = one.start - dt.timedelta(days=6, hours=2)
    path: list[tuple[str, dt.datetime, User]] = [(Status.SCHEDULED, booked, scheduler)]
    if step.arrived_at and step.started_at and step.ended_at:
        path.append((Status.ARRIVED, step.arrived_at, scheduler))
        path.append((Status.IN_PROGRESS, step.started_at, one.technician))
        path.append((one.status, step.ended_at, one.technician))
    else:
        after = 30 if one.status == Status.NO_SHOW else -180
        path.append((one.status, one.start + dt.timedelta(minutes=after), scheduler))
    before = ""
    for status, at, by in path:
        yield Move(
            procedure=step,
            from_status=before,
            to_status=status,
            at=at,
            by=by,
            reason=step.reason if status == one.status else "",
        )
        before = status


def _performed(step: ScheduledProcedure) -> PerformedProcedure:
    return PerformedProcedure(
        device=step.device,
        source=PerformedProcedure.Source.BROWSER,
        status=step.status,
        started_at=step.started_at or step.scheduled_start,
        ended_at=step.ended_at,
        started_by=step.performed_by,
        reason_code=step.reason_code,
    )
