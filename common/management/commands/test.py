"""`manage.py test`: the whole suite against real engines of its own. Arguments go to pytest."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path

from django.core.management.base import BaseCommand

from common import processes
from common.benches import BENCHES, benches_for, flags_for
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
    number = benches_for(arguments)
    with ExitStack() as stack:
        folder = stack.enter_context(
            tempfile.TemporaryDirectory(prefix="imaging-tests-", ignore_cleanup_errors=True)
        )
        benches = [make_bench(stack, Path(folder) / str(one)) for one in range(number)]
        env = os.environ | benches[0] | {BENCHES: json.dumps(benches)}
        return run_pytest([*flags_for(number), *arguments], env)


def make_bench(stack: ExitStack, folder: Path) -> dict[str, str]:
    """Engines that run until the stack is left, and the environment that leads to them."""
    usual = Department.from_environment()
    department = replace(usual, place=Place.at(folder / "engines"), durable=False)
    department.place.make()
    data = folder / "data"
    (data / "static").mkdir(parents=True)
    stack.enter_context(engines_of(department, tell=lambda _: None))
    return department.environment() | {"DATA_DIR": str(data), "DEMO": "0", "TIME_ZONE": "UTC"}


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
