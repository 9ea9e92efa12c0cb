"""Nodes whose port is known were entered to be sent images; they still are."""

from typing import Any

from django.db import migrations


def let_reachable_nodes_receive(apps: Any, schema_editor: Any) -> None:
    nodes = apps.get_model("equipment", "Node").objects
    nodes.filter(address__isnull=False, port__isnull=False).update(may_receive=True)


class Migration(migrations.Migration):
    dependencies = [("equipment", "0005_calls_to_machines")]

    operations = [
        migrations.RunPython(let_reachable_nodes_receive, migrations.RunPython.noop),
    ]
