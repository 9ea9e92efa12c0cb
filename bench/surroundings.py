"""What the scripts here have in common: a department's engines around them, and plain figures."""

import atexit
import os
import sys
from contextlib import ExitStack
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "imaging_dept.settings")

from common.launch import surroundings  # noqa: E402

TICKS = os.sysconf("SC_CLK_TCK")


def start() -> None:
    """The engines of the department in DATA_DIR, started when it does not run; then Django."""
    os.environ.setdefault("DATA_DIR", str(ROOT / "var"))
    held = ExitStack()
    atexit.register(held.close)
    held.enter_context(surroundings(engines_needed=True))

    import django  # noqa: PLC0415 - its settings are read from what stands around it

    django.setup()


def family_of(pid: int) -> list[int]:
    """A process and all that it started, and they."""
    found = [pid]
    for one in found:
        for task in Path(f"/proc/{one}/task").glob("*/children"):
            try:
                found += [int(child) for child in task.read_text().split()]
            except OSError:
                continue
    return found


def processor_seconds(pids: list[int]) -> float:
    """What these processes have used so far, with their children that have ended."""
    used = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        used += sum(int(field) for field in fields[11:15])
    return used / TICKS


def peak_megabytes(pid: int) -> int:
    """The most memory that a process has held."""
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) // 1024
