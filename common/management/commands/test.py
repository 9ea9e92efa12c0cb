"""`manage.py test`: the whole suite against real engines of its own. Arguments go to pytest."""

import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import replace
from functools import partial
from pathlib import Path

from django.core.management.base import BaseCommand

from common import processes
from common.environment import Department
from common.launch import engines_of
from common.place import Place
from common.preparation import ROOT


class Command(BaseCommand):
    """Starts engines in a temporary folder, so that copies can run side by side."""

    help = "Run the tests against temporary PostgreSQL and Valkey. Arguments go to pytest."

    def run_from_argv(self, argv: list[str]) -> None:
        """Everything after `test` belongs to pytest, `--help` as well."""
        sys.exit(run_tests(argv[2:]))


def run_tests(arguments: list[str]) -> int:
    """pytest's exit code."""
    with tempfile.TemporaryDirectory(prefix="imaging-tests-", ignore_cleanup_errors=True) as folder:
        usual = Department.from_environment()
        department = replace(usual, place=Place.at(Path(folder) / "engines"), durable=False)
        department.place.make()
        data = Path(folder) / "data"
        (data / "static").mkdir(parents=True)
        with engines_of(department, tell=lambda _: None):
            env = department.environment() | {
                "DATA_DIR": str(data),
                "DEMO": "0",
                "TIME_ZONE": "UTC",
            }
            return run_pytest(arguments, env)


def run_pytest(arguments: list[str], env: dict[str, str]) -> int:
    """Ctrl-C is for pytest, which then reports and ends; we only wait."""
    usual = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        pytest = subprocess.Popen(  # noqa: S603  our own command line
            [sys.executable, "-m", "pytest", *arguments],
            env=env,
            cwd=ROOT if not arguments else None,
            preexec_fn=partial(first_steps, os.getpid()),  # noqa: PLW1509  one thread here
        )
        return pytest.wait()
    finally:
        signal.signal(signal.SIGINT, usual)


def first_steps(parent: int) -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    processes.die_with_parent(signal.SIGKILL, parent)
