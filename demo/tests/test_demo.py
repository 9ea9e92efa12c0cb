"""The demonstration cannot be mixed with real records."""

import pytest
from django.core.management import CommandError, call_command

from audit.services import is_demonstration
from equipment.models import Device

pytestmark = pytest.mark.django_db


def test_a_database_that_is_not_empty_is_left_alone(person):
    person("Technician")

    with pytest.raises(CommandError, match="not empty"):
        call_command("load_demo")

    assert not Device.objects.exists()
    assert not is_demonstration()
