"""`manage.py migrate`: Django's own, but each step and the note that it was taken go together."""

from contextlib import nullcontext
from typing import Any
from unittest.mock import patch

from django.core.management.commands import migrate
from django.db import transaction
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState


class WholeStepExecutor(MigrationExecutor):
    """Takes a step and notes it in one transaction.

    Django notes a step that made foreign keys only after the commit of its tables: whoever is
    stopped between the two finds the tables there and the step not taken, and can never go on.
    """

    def apply_migration(
        self, state: ProjectState, migration: Migration, *args: Any, **options: Any
    ) -> ProjectState:
        together = transaction.atomic(self.connection.alias) if migration.atomic else nullcontext()
        with together:
            return super().apply_migration(state, migration, *args, **options)


class Command(migrate.Command):
    """Django's command, with the executor above."""

    def handle(self, *args: Any, **options: Any) -> None:
        with patch.object(migrate, "MigrationExecutor", WholeStepExecutor):
            super().handle(*args, **options)
