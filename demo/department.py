"""The whole demonstration department, from its seed and the present hour."""

import datetime as dt
import random

from django.db import transaction
from django.utils import timezone

from demo.accounts import load_people
from demo.ahead import load_ahead
from demo.care import plan_care
from demo.cast import Cast
from demo.catalogue import load_catalogue
from demo.clock import Clock, turned_back
from demo.day import plan_left_open, plan_priors, plan_today
from demo.history import load_history
from demo.images import send_images
from demo.patients import load_patients
from demo.place import load_machines
from demo.report_texts import load_templates
from demo.safety import load_safety_records
from demo.strays import plan_strays
from demo.timeline import Timeline
from demo.visit import Visit
from worklist.models import ContrastAgent
from worklist.services import propose_outcomes

SEED = 20260101
SWEEP = dt.timedelta(hours=3)  # of the night


@transaction.atomic
def load_department() -> list[Visit]:
    """Make everything, each deed at its time; returns today's visits.

    What is being examined now sends its images last: workers file them while people look on.
    """
    with turned_back() as clock:
        clock.moment = clock.moment.replace(second=0, microsecond=0)
        cast = gather(clock)
        timeline = Timeline(cast.now)
        midnight = last_sweep(cast.now) - SWEEP
        load_history(cast, midnight)
        plan_care(cast, timeline, midnight)
        plan_priors(cast, timeline, midnight)
        plan_left_open(cast, timeline, midnight - dt.timedelta(days=1))
        timeline.add(last_sweep(cast.now), propose_outcomes)
        visits = plan_today(cast, timeline)
        load_ahead(cast, timeline, midnight)
        plan_strays(cast, timeline, visits)
        timeline.live(clock)
        for visit in visits:
            if visit.line.story == "started":
                send_images(visit.step)
    return visits


def gather(clock: Clock) -> Cast:
    """Everybody and everything that is there before the first patient comes."""
    chance = random.Random(SEED)  # noqa: S311 — believable, not secret
    people = load_people()
    devices = {device.modality: device for device in load_machines().values()}
    catalogue = load_catalogue()
    load_templates(catalogue)
    patients = load_patients(chance, clock, people["scheduler"])
    load_safety_records(patients, clock, people["technician"])
    agents = {agent.name: agent for agent in ContrastAgent.objects.all()}
    return Cast(people, patients, devices, catalogue, agents, chance, clock.moment)


def last_sweep(now: dt.datetime) -> dt.datetime:
    """When the night last looked for what was left open: three in the morning, here."""
    here = timezone.localtime(now)
    day = here.date() if here.hour >= SWEEP.seconds // 3600 else here.date() - dt.timedelta(days=1)
    return dt.datetime.combine(day, dt.time(3), timezone.get_current_timezone())
