"""The Celery app; its options and the timetable are in settings."""

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, worker_process_init, worker_ready

from common import processes

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "imaging_dept.settings")

app = Celery("imaging_dept")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(related_name="periodic")


@worker_process_init.connect
def leave_no_orphan(**_: Any) -> None:
    """A pool process dies with its worker: its task goes back to the broker, not on for itself."""
    processes.die_with_parent()


@worker_ready.connect
@beat_init.connect
def say_so(**_: Any) -> None:
    processes.announce_ready()
