"""The demonstration department is believable and cannot be mixed with real records."""

import stat

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from audit.services import is_demonstration
from demo.day import DAY
from demo.department import load_department
from equipment.models import Device, Node
from staff.models import User
from staff.roles import ROLES
from worklist.models import ScheduledProcedure

Status = ScheduledProcedure.Status
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small_pictures")]


def test_the_department_has_the_devices_nodes_and_people_of_the_contract():
    load_department()

    assert set(Device.objects.values_list("ae_title", flat=True)) == {
        "CT01", "MR01", "DX01", "US01", "MG01", "XA01",
    }  # fmt: skip
    assert set(Node.objects.values_list("ae_title", "port")) == {
        ("WORKSTATION", 11113),
        ("TEST_SCU", None),
    }
    for name in ("technician", "radiologist", "referrer", "scheduler", "engineer", "admin"):
        assert User.objects.get(username=name).roles[0] in ROLES


def test_the_day_shows_procedures_in_every_state():
    visits = load_department()

    steps = ScheduledProcedure.objects.filter(pk__in=[visit.step.pk for visit in visits])
    assert len(visits) == len(DAY)
    assert set(steps.values_list("status", flat=True)) == set(Status.values)


def test_the_password_is_kept_for_its_owner_alone_and_signs_in(client, monkeypatch):
    monkeypatch.setenv("DEMO_PASSWORD", "once-upon-a-time")
    load_department()

    accounts = settings.DATA_DIR / "demo-accounts.txt"
    assert stat.S_IMODE(accounts.stat().st_mode) == 0o600
    assert "once-upon-a-time" in accounts.read_text()
    assert client.login(username="technician", password="once-upon-a-time")  # noqa: S106


def test_a_database_that_is_not_empty_is_left_alone(person):
    person("Technician")

    with pytest.raises(CommandError, match="not empty"):
        call_command("load_demo")

    assert not Device.objects.exists()
    assert not is_demonstration()
