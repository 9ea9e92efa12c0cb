"""`manage.py write_conformance`: the tables of docs/conformance.md, from the code they speak of."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from gateway.conformance import NotWritten, rewritten

STATEMENT = settings.BASE_DIR / "docs" / "conformance.md"


class Command(BaseCommand):
    help = "Write the tables of docs/conformance.md anew."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="only say whether it is due")

    def handle(self, *args: Any, **options: Any) -> None:
        before = STATEMENT.read_text(encoding="utf-8")
        try:
            after = rewritten(before)
        except NotWritten as why:
            raise CommandError(str(why)) from why
        if before == after:
            self.stdout.write("docs/conformance.md says what the code does.")
        elif options["check"]:
            raise CommandError(
                "docs/conformance.md lags behind: run `manage.py write_conformance`."
            )
        else:
            STATEMENT.write_text(after, encoding="utf-8")
            self.stdout.write("docs/conformance.md is written anew.")
