"""`manage.py listen`: the DICOM listener."""

import signal
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from common.processes import announce_ready
from gateway.dimse.tls import NotUsable
from gateway.listener import open_door


class Command(BaseCommand):
    help = "Answer DICOM machines on the network until stopped."
    requires_system_checks: list[str] = []  # they would load every page, which costs a second

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default=settings.DICOM_HOST)
        parser.add_argument("--port", type=int, default=settings.DICOM_PORT)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            door = open_door(options["host"], options["port"])
        except OSError as why:
            raise CommandError(
                f"Cannot listen on {options['host']} port {options['port']}: {why.strerror}."
            ) from why
        except NotUsable as why:
            raise CommandError(str(why)) from why
        stopping = threading.Event()
        for word in (signal.SIGTERM, signal.SIGINT):
            signal.signal(word, lambda *_: stopping.set())
        threading.Thread(target=door.serve_forever, args=(0.5,), daemon=True).start()
        announce_ready()
        stopping.wait()
        door.stop()
