"""`manage.py lint`: every check, one line each; all of them run, whichever fails."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.core.management.base import BaseCommand

from common.preparation import ROOT

PYTHON = sys.executable
TOOLS = Path(PYTHON).parent
MANAGE = (PYTHON, "manage.py")
# As a hospital would run it: what `check --deploy` says here is said about that.
AS_IN_PRODUCTION = {
    "SECRET_KEY": "lint-" + "0123456789abcdefghijklmnopqrstuvwxyz" * 2,
    "DEBUG": "0",
    "HTTPS": "1",
    "ALLOWED_HOSTS": "imaging.hospital.example",
    "DATABASE_URL": "postgres:///never_asked",
    "REDIS_URL": "redis://localhost:6379",
    "DJANGO_SETTINGS_MODULE": "imaging_dept.settings",
    "OWN_PYTHON": "1",
    "PYTHONWARNINGS": "ignore::RuntimeWarning",  # makemigrations cannot ask a database here
}


@dataclass(frozen=True)
class Check:
    """One tool, and the files it is given when it wants to be told."""

    name: str
    argv: tuple[str, ...]
    files: Callable[[], list[str]] = list


def templates() -> list[str]:
    """The templates that git knows or would know."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "*.html", "*/mail/*.txt"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [name for name in listed.stdout.splitlines() if (ROOT / name).exists()]


CHECKS = [
    Check("ruff", (PYTHON, "-m", "ruff", "check", "--quiet")),
    Check("ruff format", (PYTHON, "-m", "ruff", "format", "--check", "--quiet")),
    Check("mypy", (PYTHON, "-m", "mypy", ".")),
    Check("import-linter", (f"{TOOLS}/lint-imports", "--no-logo")),
    Check("djade", (f"{TOOLS}/djade", "--check", "--target-version", "5.2"), templates),
    Check("makemigrations", (*MANAGE, "makemigrations", "--check", "--dry-run")),
    Check("check --deploy", (*MANAGE, "check", "--deploy", "--fail-level", "WARNING")),
]


class Command(BaseCommand):
    """Names of checks as arguments run those alone."""

    help = "Run every check on the code."
    requires_system_checks: list[str] = []

    def run_from_argv(self, argv: list[str]) -> None:
        """One line for each check, then what the failed ones said. Exit code 1 if any failed."""
        wanted = argv[2:]
        chosen = [check for check in CHECKS if not wanted or check.name in wanted]
        failed = [words for check in chosen if (words := self.run_check(check))]
        for words in failed:
            self.stdout.write(f"\n{words}")
        sys.exit(1 if failed or not chosen else 0)

    def run_check(self, check: Check) -> str:
        """What the tool said if it failed, else nothing."""
        done = subprocess.run(  # noqa: S603  our own command lines
            [*check.argv, *check.files()],
            cwd=ROOT,
            env=os.environ | AS_IN_PRODUCTION,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        self.stdout.write(f"{'ok    ' if done.returncode == 0 else 'FAILED'}  {check.name}")
        self.stdout.flush()
        return f"── {check.name}\n{done.stdout}" if done.returncode else ""
