"""`manage.py play_modality CT01`: a scanner that is none performs whole examinations."""

import contextlib
import datetime as dt
import time
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from demo.modality.faults import BY_THE_BOOK, FAULTS, Plan, with_faults
from demo.modality.play import Player
from demo.modality.scanner import Scanner, Silence
from demo.place import MACHINES
from equipment.models import Modality

PORTS = {one.ae_title: one.port for one in MACHINES}
MODALITIES = {one.ae_title: one.modality for one in MACHINES}
ONE_IN = 4  # examinations of a day goes wrong, where faults are wanted
LOOKS_AGAIN = 60.0  # seconds until an empty list is asked for again; the speed divides them


class Command(BaseCommand):
    help = "Play a modality through real associations: worklist, steps, images, commitment."
    requires_system_checks: list[str] = []
    pause = staticmethod(time.sleep)

    def add_arguments(self, parser: CommandParser) -> None:
        add = parser.add_argument
        add("title", help="its AE title, as the department has registered it")
        add("--modality", choices=sorted(Modality.values), help="when the title does not say it")
        add("--host", default=settings.DICOM_HOST, help="where the department listens")
        add("--port", type=int, default=settings.DICOM_PORT)
        add("--called", default=settings.DICOM_AE_TITLE, help="the department's AE title")
        add("--listen-host", default="127.0.0.1", help="where it is told of commitment")
        add("--listen-port", type=int, help="as the department has registered it")
        add("--all-day", action="store_true", help="everything on the list, each at its time")
        add("--fault", action="append", default=[], choices=sorted(FAULTS), help=_faults_told())
        add("--speed", type=float, default=60.0, help="1: as in life; 0: without waiting")
        add("--images", type=int, default=0, help="at most so many in an examination; 0: all")
        add("--patience", type=float, default=60.0, help="seconds to wait for a commitment")
        add("--seed", type=int, help="the same numbers and delays again")

    def handle(self, *args: Any, **options: Any) -> None:
        player = self._player(options)
        try:
            with self._listening(player.scanner, options):
                if options["all_day"]:
                    self._all_day(player, options["fault"])
                elif not player.take(player.look(), with_faults(options["fault"])):
                    self.stdout.write("Nothing to do.")
        except Silence as why:
            raise CommandError(str(why)) from why
        except KeyboardInterrupt:
            self.stdout.write("The scanner is switched off.")

    def _player(self, options: dict[str, Any]) -> Player:
        title = options["title"]
        modality = options["modality"] or MODALITIES.get(title) or title[:2]
        if modality not in Modality.values:
            raise CommandError(f"Say what {title} is: --modality CT, for example.")
        seed = options["seed"] if options["seed"] is not None else time.time_ns()
        return Player(
            scanner=Scanner(title, options["host"], options["port"], options["called"]),
            modality=modality,
            seed=seed,
            speed=max(0.0, options["speed"]),
            most_images=max(0, options["images"]),
            patience=max(0.0, options["patience"]),
            tell=self._tell,
        )

    @contextlib.contextmanager
    def _listening(self, scanner: Scanner, options: dict[str, Any]) -> Iterator[None]:
        wanted = options["listen_port"]
        port = PORTS.get(scanner.title, 0) if wanted is None else wanted
        try:
            with scanner.listening(options["listen_host"], port) as bound:
                self._tell(f"{scanner.title} listens on port {bound}")
                yield
        except OSError as why:
            raise CommandError(f"Cannot listen on port {port}: {why.strerror}.") from why

    def _all_day(self, player: Player, faults: list[str]) -> None:
        """Each step when its time has come, until midnight or until somebody switches it off."""
        today = timezone.localdate()
        while timezone.localdate() == today:
            try:
                listed = player.look()
                due = [one for one in listed if is_due(one.starts_at(today), timezone.now())]
                if due and player.take(due, self._plan(player, faults)):
                    continue
            except Silence as why:  # a scanner goes on when the department is away for a while
                self._tell(f"  {why}")
            self.pause(LOOKS_AGAIN / (player.speed or LOOKS_AGAIN))

    def _plan(self, player: Player, faults: list[str]) -> Plan:
        """By the book, but for one in a few."""
        if not faults or player.chance.randrange(ONE_IN):
            return BY_THE_BOOK
        fault = player.chance.choice(faults)
        self._tell(f"  goes wrong: {FAULTS[fault][0]}")
        return with_faults([fault])

    def _tell(self, sentence: str) -> None:
        self.stdout.write(f"{timezone.localtime():%H:%M:%S}  {sentence}")
        self.stdout.flush()


def is_due(starts_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Its time has come; one without a time may come at once."""
    return starts_at is None or starts_at <= now


def _faults_told() -> str:
    told = "; ".join(f"{name}: {words}" for name, (words, _) in sorted(FAULTS.items()))
    return f"what goes wrong, may be repeated. {told}"
