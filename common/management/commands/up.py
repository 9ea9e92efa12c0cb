"""`manage.py up`: a running department, from nothing, in the foreground."""

import os
import sys
from argparse import ArgumentParser
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from common.environment import Department
from common.place import Place
from common.running import run_department


class Command(BaseCommand):
    """Flags win over the environment, the environment over the defaults."""

    help = "Start database, broker, web, worker, clock and DICOM listener. Ctrl-C stops them."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        usual = Department.from_environment()
        parser.add_argument("--host", default=usual.host, help="address to answer on (HOST)")
        parser.add_argument("--port", type=int, default=usual.port, help="web port (PORT)")
        parser.add_argument(
            "--dicom-port", type=int, default=usual.dicom_port, help="DICOM port (DICOM_PORT)"
        )
        parser.add_argument(
            "--data-dir",
            type=Path,
            default=usual.place.data,
            help="folder for everything kept (DATA_DIR)",
        )
        parser.add_argument(
            "--no-demo",
            dest="demo",
            action="store_false",
            default=usual.demo,
            help="do not load the demonstration department (DEMO=0)",
        )

    def handle(self, *_: Any, **options: Any) -> None:
        department = replace(
            Department.from_environment(),
            place=Place.at(options["data_dir"]),
            host=options["host"],
            port=options["port"],
            dicom_port=options["dicom_port"],
            demo=options["demo"],
        )
        sys.stdout.flush()
        os._exit(run_department(department))
