"""Hours of ordinary work with faults in it: is everything kept that was acknowledged, and does
memory stay flat?

    .venv/bin/python bench/soak.py [--minutes 60] [--kill-every 240] [--samples FOLDER]

A department is started here, in a temporary folder. Over and over a CT is sent by `storescu`, the
worklist is asked by `findscu`, images are searched for and a page is opened; meanwhile senders die
in the middle of an image, strangers send noise to both ports, store requests break off, and every
few minutes one of our own processes is killed. What `--samples` holds is sent once a round, the
hostile with the rest. Each minute prints the memory of every kind of process; the end compares what
was acknowledged with what is filed. Exits with 1 when something acknowledged is missing.
"""

import argparse
import contextlib
import itertools
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import Counter
from pathlib import Path

from peers import QUIET, Peer, department, known_to
from surroundings import start

IMAGES = 10  # of one sending
PAUSE = 1.0  # seconds between two rounds of work: this is a day, not a race
KINDS = {  # by a word of the command line, the first that fits
    "bin/postgres": "postgres",
    "valkey": "valkey",
    "limited_child": "reader",
    "celery": "worker",
    "uvicorn": "web",
    "manage.py listen": "listener",
}


TITLES = ("-aet", "TEST_SCU", "-aec", "IMAGING_DEPT")
MORTAL = {"listener", "web", "worker", "reader", "postgres"}


def tool(name: str) -> str:
    return shutil.which(name) or sys.exit(f"{name} (DCMTK) is not installed.")


def kind_of(pid: int) -> str:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""
    return next((kind for word, kind in KINDS.items() if word in command), "supervisor")


def megabytes(pid: int) -> int:
    """What is this process's alone: shared pages would be counted for each."""
    with contextlib.suppress(OSError, StopIteration):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) // 1024
    return 0


def memory(ours: Peer) -> dict[str, int]:
    """Private megabytes of the largest process of each kind."""
    largest: dict[str, int] = {}
    for pid in ours.pids:
        if kind := kind_of(pid):
            largest[kind] = max(largest.get(kind, 0), megabytes(pid))
    return largest


class Day:
    """What everybody does, round after round."""

    def __init__(self, ours: Peer, folder: Path, samples: Path | None) -> None:
        self.ours, self.folder = ours, folder
        self.samples = itertools.cycle(sorted(samples.rglob("*.dcm")) if samples else [])
        self.acknowledged: set[str] = set()
        self.done: Counter[str] = Counter()
        self.dice = random.Random(1)

    def a_round(self) -> None:
        self.send()
        self.ask()
        for fault in self.dice.sample([self.die, self.make_noise, self.break_off, self.odd], 2):
            fault()

    def send(self) -> None:
        """A CT; acknowledged as a whole when storescu says so."""
        from images import make_ct  # noqa: PLC0415

        files = make_ct(self.folder, IMAGES)
        import pydicom  # noqa: PLC0415

        uids = [pydicom.dcmread(one, stop_before_pixels=True).SOPInstanceUID for one in files]
        if self._storescu(files).wait() == 0:
            self.acknowledged |= set(map(str, uids))
            self.done["sent"] += IMAGES
        else:
            self.done["not sent"] += IMAGES  # a process of ours had just been killed

    def _storescu(self, files: list[str]) -> "subprocess.Popen[bytes]":
        to = ["127.0.0.1", str(self.ours.dicom_port)]
        return subprocess.Popen([tool("storescu"), *TITLES, *to, *files], **QUIET)

    def ask(self) -> None:
        """The worklist, a search, a page."""
        keys = ["-W", "-k", "ScheduledProcedureStepSequence[0].Modality=CT"]
        to = ["127.0.0.1", str(self.ours.dicom_port)]
        asked = subprocess.run([tool("findscu"), *TITLES, *keys, *to], **QUIET, check=False)
        self.done["no worklist" if asked.returncode else "worklist"] += 1
        for path in ("/dicom-web/studies?limit=20", "/worklist/"):
            self.done[f"{path.split('/')[1]} {self._status('GET', path)}"] += 1

    def _status(self, method: str, path: str, body: bytes | None = None, **more: str) -> str:
        headers = self.ours.headers | {"Cookie": self.ours.cookie, **more}
        address = f"http://127.0.0.1:{self.ours.port}{path}"
        request = urllib.request.Request(address, body, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                answer.read()
                return str(answer.status)
        except urllib.error.HTTPError as answer:
            return str(answer.code)
        except OSError:
            return "no answer"

    # ── faults ──

    def die(self) -> None:
        """A sender whose computer goes off in the middle of an image."""
        sender = self._storescu([str(one) for one in sorted(self.folder.glob("*.dcm"))])
        time.sleep(self.dice.uniform(0.01, 0.06))
        sender.kill()
        sender.wait()
        self.done["senders died"] += 1

    def make_noise(self) -> None:
        """Somebody who speaks neither protocol."""
        for port in (self.ours.dicom_port, self.ours.port):
            with (
                contextlib.suppress(OSError),
                socket.create_connection(("127.0.0.1", port), 5) as line,
            ):
                line.sendall(self.dice.randbytes(self.dice.randrange(1, 4000)))
        self.done["noise"] += 1

    def break_off(self) -> None:
        """A store request that ends in the middle of an object."""
        head = b"--b\r\nContent-Type: application/dicom\r\n\r\n" + self.dice.randbytes(50_000)
        kind = 'multipart/related; type="application/dicom"; boundary=b'
        answer = self._status("POST", "/dicom-web/studies", head, **{"Content-Type": kind})
        self.done[f"broken STOW {answer}"] += 1

    def odd(self) -> None:
        """A sample, hostile or not."""
        if sample := next(self.samples, None):
            self._storescu([str(sample)]).wait()
            self.done["samples"] += 1

    def kill_one(self) -> str:
        """One of our own, by kill -9: its keeper starts it again."""
        mortal = [pid for pid in self.ours.pids if kind_of(pid) in MORTAL]
        victim = self.dice.choice(mortal)
        kind = kind_of(victim)
        with contextlib.suppress(ProcessLookupError):
            os.kill(victim, signal.SIGKILL)
        self.done[f"killed {kind}"] += 1
        return kind


def live(day: Day, seconds: float, kill_every: float) -> None:
    """The hours, minute by minute."""
    begun = time.monotonic()
    next_word, next_kill = begun + 60, begun + kill_every
    while time.monotonic() < begun + seconds:
        day.a_round()
        time.sleep(PAUSE)
        now = time.monotonic()
        if now > next_kill:
            next_kill += kill_every
            print(f"{(now - begun) / 60:5.1f} min  killed: {day.kill_one()}", flush=True)
        if now > next_word:
            next_word += 60
            held = sorted(memory(day.ours).items())
            sizes = "  ".join(f"{kind} {size}" for kind, size in held)
            print(
                f"{(now - begun) / 60:5.1f} min  MB: {sizes}  sent {day.done['sent']}", flush=True
            )


def missing(acknowledged: set[str], patience: float = 180) -> set[str]:
    """What was acknowledged and is not filed, once everything that waits has been taken up."""
    from django.db import connection  # noqa: PLC0415

    from studies.models import IncomingFile, Instance  # noqa: PLC0415

    connection.close()  # ours may have been among the dead
    deadline = time.monotonic() + patience
    while IncomingFile.objects.filter(status="WAITING").exists() and time.monotonic() < deadline:
        time.sleep(1)
    return acknowledged - set(Instance.objects.values_list("sop_instance_uid", flat=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--samples", type=Path)
    parser.add_argument("--kill-every", type=float, default=240, help="seconds")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, department(Path(name) / "ours") as ours:
        start()
        known_to(ours)
        (Path(name) / "ct").mkdir()
        day = Day(ours, Path(name) / "ct", given.samples)
        print(f"  0.0 min  MB: {memory(ours)}", flush=True)
        live(day, 60 * given.minutes, given.kill_every)
        lost = missing(day.acknowledged)
        print(f"done: {dict(sorted(day.done.items()))}")
        print(f"acknowledged {len(day.acknowledged)}, of which {len(lost)} are missing")
    sys.exit(1 if lost else 0)


if __name__ == "__main__":
    main()
