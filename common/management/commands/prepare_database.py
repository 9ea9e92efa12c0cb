"""`manage.py prepare_database`: the tables, and the demonstration if there is nothing yet."""

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


class Command(BaseCommand):
    """What `up` does between starting the engines and everybody else, in one process."""

    help = "Bring the tables up to date; DEMO=1 loads the demonstration into an empty database."
    requires_system_checks: list[str] = []

    def handle(self, *_: Any, **__: Any) -> None:
        executor = MigrationExecutor(connection)
        pending = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
        if pending:
            self.stdout.write(f"Bringing the tables up to date: {pending} steps")
        # Also without steps: the roles' permissions are set after every migrate.
        call_command("migrate", verbosity=1 if pending else 0, interactive=False, skip_checks=True)
        if settings.DEMO and not get_user_model().objects.exists():
            self.stdout.write("Loading the demonstration department")
            call_command("load_demo")
