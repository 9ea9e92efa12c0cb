"""Benches of a test run: engines and a data folder for each worker, so that none meets another's.

`manage.py test` makes them and names them in `TEST_BENCHES`; pytest loads this module first in
every worker (`-p common.benches`), before anything reads the settings.
"""

import json
import os
import re
from collections.abc import Sequence
from pathlib import Path

BENCHES = "TEST_BENCHES"
MOST = 4
# Whoever names tests, or watches how they run, gets one process and its output as it comes.
WATCHING = ("-s", "--pdb", "--trace", "--capture", "--collect-only", "--co", "--help", "--fixtures")


def benches_for(arguments: Sequence[str]) -> int:
    """How many workers shall share this run: as many as are asked for with `-n 3`, one for tests
    that somebody names, else one for each core."""
    asked = re.search(r"(?:^| )(?:-n|--numprocesses)[ =]?(\d+)(?: |$)", " ".join(arguments))
    if asked:
        return max(1, int(asked[1]))
    names_tests = any(Path(argument.partition("::")[0]).exists() for argument in arguments)
    if names_tests or any(argument.startswith(WATCHING) for argument in arguments):
        return 1
    return min(MOST, len(os.sched_getaffinity(0)))


def flags_for(benches: int) -> list[str]:
    """What pytest is told: a file's tests stay together, and the slow files begin."""
    if benches == 1:
        return []
    return ["-n", str(benches), "--dist", "loadfile", "--no-loadscope-reorder"]


def sit_down() -> None:
    """Take this worker's bench."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    benches = json.loads(os.environ.get(BENCHES, "[]"))
    if worker and benches:
        os.environ.update(benches[int(worker.removeprefix("gw"))])


sit_down()
