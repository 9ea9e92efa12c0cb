"""A step of the tables is taken and noted, or neither."""

import pytest
from django.db import connection, migrations, models
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState

from common.management.commands.migrate import WholeStepExecutor


class Interrupted(Exception):
    """Somebody pressed Ctrl-C."""


class TwoTables(migrations.Migration):
    """With a foreign key between them, whose constraint Django makes last."""

    operations = [
        migrations.CreateModel("Ward", [("id", models.AutoField(primary_key=True))]),
        migrations.CreateModel(
            "Bed",
            [
                ("id", models.AutoField(primary_key=True)),
                ("ward", models.ForeignKey("step.Ward", on_delete=models.CASCADE)),
            ],
        ),
    ]


def interrupted_before_the_note(executor: MigrationExecutor) -> set[str]:
    """The step's tables that are there afterwards."""

    def stop(*_):
        raise Interrupted

    executor.record_migration = stop  # type: ignore[method-assign]
    with pytest.raises(Interrupted):
        executor.apply_migration(ProjectState(), TwoTables("two_tables", "step"))
    there = set(connection.introspection.table_names()) & {"step_ward", "step_bed"}
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS step_bed, step_ward")
    return there


@pytest.mark.django_db(transaction=True)
def test_a_step_that_is_not_noted_leaves_no_tables():
    assert interrupted_before_the_note(MigrationExecutor(connection))  # Django's own does

    assert interrupted_before_the_note(WholeStepExecutor(connection)) == set()
