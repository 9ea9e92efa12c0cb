"""The programs of a department beside its engines, and how each likes to be started."""

import os
import sys
from functools import partial

from common import ports
from common.environment import Department
from common.preparation import ROOT
from common.supervisor import Program

WEB_PROCESSES = 2
WORKER_PROCESSES = 2
# People wait for pages, machines can wait a moment: what is received and filed yields to them.
LISTENER_NICE, WORKER_NICE = 2, 10
CELERY = (sys.executable, "-m", "celery", "-A", "imaging_dept")


def yield_to_people(by: int) -> None:
    """What a new process does first, when pages go before it."""
    os.nice(by)


def manage(*words: str) -> tuple[str, ...]:
    """The command line of a management command."""
    return (sys.executable, str(ROOT / "manage.py"), *words)


def preparation_of_database(env: dict[str, str]) -> Program:
    """Migrations and the demonstration; not one that stays."""
    return Program("prepare_database", manage("prepare_database"), env=env, on_screen=True)


def programs(department: Department, env: dict[str, str], web_fd: int) -> list[Program]:
    """Everybody but the engines, in the order of their starting."""
    numbers = range(1, WEB_PROCESSES + 1)
    return [*(web(number, env, web_fd) for number in numbers), *background(department, env)]


def web(number: int, env: dict[str, str], listening_fd: int) -> Program:
    """Pages and live news. Open streams never end by themselves, so the patience is short."""
    argv = (
        *(sys.executable, "-m", "uvicorn", "imaging_dept.asgi:application"),
        *("--fd", str(listening_fd), "--backlog", str(ports.BACKLOG), "--timeout-keep-alive", "30"),
        *("--timeout-graceful-shutdown", "2", "--log-level", "warning", "--no-access-log"),
        *("--no-server-header", "--no-proxy-headers", "--lifespan", "on"),
        *("--http", "common.direct_bodies:LendingProtocol"),
    )
    return Program(f"web-{number}", argv, env=env, grace=5, hand_down=(listening_fd,))


def background(department: Department, env: dict[str, str]) -> list[Program]:
    """Worker, clock and DICOM listener."""
    env = env | {"CELERY_SKIP_CHECKS": "1"}  # they would load every page; lint and tests check
    worker = (
        *(*CELERY, "worker", "-n", "worker@%h", "-c", str(WORKER_PROCESSES), "-l", "WARNING"),
        *("--without-gossip", "--without-mingle"),
    )
    timetable = department.place.data / "clock"
    clock = (*CELERY, "beat", "-l", "WARNING", "-s", str(timetable), "--pidfile", "")
    listening = partial(ports.answers, department.dicom_host, department.dicom_port)
    return [
        Program("worker", worker, env=env, grace=15, before=partial(yield_to_people, WORKER_NICE)),
        Program("clock", clock, env=env, grace=5),
        Program(
            "listener",
            manage("listen"),
            env=env,
            grace=10,
            answers=listening,
            before=partial(yield_to_people, LISTENER_NICE),
        ),
    ]
