"""`manage.py load_demo`: invented people, patients, a day and images, into an empty database."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from audit.services import DEMONSTRATION_LOADED, record
from demo.department import load_department
from patients.models import Patient
from staff.models import User


class Command(BaseCommand):
    help = "Load the demonstration department into an empty database."

    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.exists() or Patient.objects.exists():
            raise CommandError(
                "The database is not empty: the demonstration is only for a new one."
            )
        with transaction.atomic():
            visits = load_department()
            record(DEMONSTRATION_LOADED, None, by=None, sender="load_demo")
        self.stdout.write(f"{len(visits)} procedures today, the last images are on their way")
