"""What was given and exposed, reactions, and taking back."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from audit.models import Entry
from common.refusals import Refused
from patients.models import Alert
from patients.services import confirm_alert
from worklist import services
from worklist.models import ScheduledProcedure
from worklist.tests.factories import (
    ContrastAgentFactory,
    ScheduledProcedureFactory,
)

Status, Screening = ScheduledProcedure.Status, ScheduledProcedure.Screening

pytestmark = pytest.mark.django_db


@pytest.fixture
def technician(person):
    return person("Technician")


@pytest.fixture
def procedure():
    return ScheduledProcedureFactory.create(status=Status.ARRIVED, arrived_at=timezone.now())


# ── what was given ────────────────────────────────────────────────────────────────────────────────


def given(procedure, by, **more):
    facts: Any = {"agent": ContrastAgentFactory.create(), "volume_ml": Decimal(80)} | more
    return services.give(procedure, by=by, **facts)


def test_what_was_given_is_noted_with_who_and_when(procedure, technician):
    administration = given(procedure, technician, lot="L1", rate_ml_s=Decimal(4), site="left arm")

    assert (administration.given_by, administration.stands) == (technician, True)
    assert Entry.objects.get(verb="administration.given").patient_id == procedure.patient.pk


def test_an_expired_vial_is_refused_beside_its_field(procedure, technician):
    yesterday = timezone.localdate() - dt.timedelta(days=1)

    with pytest.raises(ValidationError, match="expired") as refused:
        given(procedure, technician, expires_on=yesterday)

    assert "expires_on" in refused.value.message_dict
    assert given(procedure, technician, expires_on=timezone.localdate()).stands


def test_more_than_the_agents_most_must_be_meant(procedure, technician):
    agent = ContrastAgentFactory.create(most_ml=150)

    with pytest.raises(ValidationError, match="More than 150 ml"):
        given(procedure, technician, agent=agent, volume_ml=Decimal("150.1"))

    assert given(
        procedure, technician, agent=agent, volume_ml=Decimal(180), is_more_meant=True
    ).stands


@pytest.mark.parametrize("volume", ["0", "-1", "0.05", "100000"])
def test_a_volume_that_makes_no_sense_is_refused(procedure, technician, volume):
    with pytest.raises(ValidationError):
        given(procedure, technician, volume_ml=Decimal(volume))


@pytest.mark.parametrize("status", [Status.SCHEDULED, Status.CANCELLED, Status.NO_SHOW])
def test_nothing_is_given_to_somebody_who_is_not_here(technician, status):
    with pytest.raises(Refused):
        given(ScheduledProcedureFactory.create(status=status), technician)


REACTIONS = [
    ("MILD", "CONTRAST_REACTION", "CAUTION"),
    ("SEVERE", "CONTRAST_REACTION", "DANGER"),
    ("EXTRAVASATION", "OTHER", "CAUTION"),
]


@pytest.mark.parametrize(("reaction", "kind", "severity"), REACTIONS)
def test_a_reaction_stands_in_the_safety_record_once(
    procedure, technician, reaction, kind, severity
):
    administration = given(procedure, technician)

    for _ in range(2):
        services.note_reaction(
            administration, by=technician, reaction=reaction, details="Left arm, watched 1 h"
        )

    alert = Alert.objects.get(patient=procedure.patient)
    assert (alert.kind, alert.severity) == (kind, severity)
    assert administration.agent.name in alert.text
    assert "watched 1 h" in alert.text


def test_a_reaction_seen_more_exactly_takes_the_place_of_what_was_noted_first(
    procedure, technician
):
    administration = given(procedure, technician)

    for reaction in ("MILD", "SEVERE"):
        services.note_reaction(administration, by=technician, reaction=reaction)

    assert Alert.objects.in_force().get().severity == "DANGER"
    assert Alert.objects.count() == 2


def test_with_what_was_given_by_mistake_its_reaction_leaves_the_safety_record(
    procedure, technician
):
    agent = ContrastAgentFactory.create()
    mistaken, other = (given(procedure, technician, agent=agent) for _ in range(2))
    for administration in (mistaken, other):
        services.note_reaction(administration, by=technician, reaction="MILD")

    services.withdraw(mistaken, by=technician, reason="Another patient's")
    assert Alert.objects.in_force().exists()  # the other one says the same
    services.withdraw(other, by=technician, reason="Another patient's")

    ended = Alert.objects.get()
    assert not ended.is_active
    assert ended.end_reason == "Another patient's"


def test_a_reaction_that_somebody_has_confirmed_since_stays(procedure, technician):
    administration = given(procedure, technician)
    services.note_reaction(administration, by=technician, reaction="MILD")
    confirm_alert(Alert.objects.get(), by=technician, source="The patient")

    services.withdraw(administration, by=technician, reason="Given twice in the book")

    assert Alert.objects.in_force().exists()


def test_no_reaction_is_no_entry(procedure, technician):
    given(procedure, technician)

    assert not Alert.objects.exists()


# ── what was exposed, and taking back ─────────────────────────────────────────────────────────────


def test_an_exposure_is_noted(procedure, technician):
    exposure = services.expose(procedure, by=technician, view="PA", kv=Decimal(120), exposures=1)

    assert exposure.values_in_words == ["120 kV"]
    assert Entry.objects.get(verb="exposure.noted").actor == technician


def test_an_exposure_that_says_nothing_is_refused(procedure, technician):
    with pytest.raises(ValidationError, match="at least one value"):
        services.expose(procedure, by=technician, view="", kv=None, exposures=1, is_shielded=True)


@pytest.mark.parametrize("what", ["given", "exposed"])
def test_a_fact_is_taken_back_once_with_a_reason_and_stays_readable(procedure, technician, what):
    fact = (
        given(procedure, technician)
        if what == "given"
        else services.expose(procedure, by=technician, view="PA")
    )

    with pytest.raises(Refused, match="what was wrong"):
        services.withdraw(fact, by=technician, reason=" ")
    services.withdraw(fact, by=technician, reason="Another patient's")
    with pytest.raises(Refused, match="already"):
        services.withdraw(fact, by=technician, reason="Again")

    fact.refresh_from_db()
    assert (fact.stands, fact.withdrawn_by) == (False, technician)
    assert fact.withdrawn_because == "Another patient's"
    assert Entry.objects.filter(verb__endswith=".withdrawn").count() == 1


def test_no_reaction_is_noted_to_what_was_taken_back(procedure, technician):
    administration = given(procedure, technician)
    services.withdraw(administration, by=technician, reason="Not given")

    with pytest.raises(Refused, match="taken back"):
        services.note_reaction(administration, by=technician, reaction="MILD")
