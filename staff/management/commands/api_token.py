"""Make a token for a person's program."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from staff.models import ApiToken, User


class Command(BaseCommand):
    help = "Make an API token for a person and print it once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--label", default="")

    def handle(self, *args: Any, username: str, label: str, **options: Any) -> None:
        user = User.objects.filter(username=username, is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active person with the username {username!r}.")
        secret = ApiToken.new_secret()
        ApiToken.objects.create(user=user, digest=ApiToken.digest_of(secret), label=label[:100])
        self.stdout.write(secret)
