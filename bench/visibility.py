"""From "success" to visible, while four machines send at full speed; and what people notice of it.

    .venv/bin/python bench/visibility.py [--images 400] [--rounds 5]

A department is started here, in a temporary folder. Each round, four associations send a CT (512²,
16 bit, 0.5 MB an image) by DCMTK's `storescu`; meanwhile somebody asks the search of DICOMweb over
and over for how many images the study has, and somebody else opens the board. The moment of
"success" is the received object's own row, which is committed before the machine is told; the
moment of visibility is the first search, answered in full, that counts the image. The board is
timed with and without the load, in turn. Figures of one run are only good beside one another.
"""

import argparse
import itertools
import json
import statistics
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

from peers import Peer, department, known_to, store
from surroundings import processor_seconds, start

SENDERS = 4
BOARD = "/worklist/"


def ask(ours: Peer, path: str) -> bytes:
    headers = ours.headers | {"Cookie": ours.cookie}
    request = urllib.request.Request(f"http://127.0.0.1:{ours.port}{path}", headers=headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read()


class Onlooker(threading.Thread):
    """Asks one thing over and over, and notes when and for how long."""

    def __init__(self, ours: Peer, path: str, pause: float) -> None:
        super().__init__(daemon=True)
        self.ours, self.path, self.pause = ours, path, pause
        self.seen: list[tuple[float, float, bytes]] = []  # when the answer was here, its time, it
        self.over = threading.Event()

    def run(self) -> None:
        while not self.over.wait(self.pause):
            begun = time.time()
            try:
                body = ask(self.ours, self.path)
            except OSError:
                continue
            self.seen.append((time.time(), time.time() - begun, body))

    def stop(self) -> None:
        self.over.set()
        self.join()

    @property
    def p95(self) -> float:
        """Milliseconds."""
        times = sorted(spent for _when, spent, _body in self.seen)
        return 1000 * times[int(0.95 * (len(times) - 1))] if times else float("nan")


def delays(search: Onlooker, successes: list[float]) -> list[float]:
    """How long after each success a search first counted that many images."""
    found, waits = iter(search.seen), []
    when, count = 0.0, 0
    for number, success in enumerate(successes, 1):
        while count < number:
            when, _spent, body = next(found)
            told = json.loads(body) if body else []
            count = told[0]["00201208"]["Value"][0] if told else 0
        waits.append(max(when - success, 0.0))
    return waits


def one_round(ours: Peer, folder: Path, images: int) -> tuple[list[float], float, float, float]:
    """Waits of all images, images a second, and the board's p95 with and without the load."""
    from images import make_ct  # noqa: PLC0415

    from studies.models import IncomingFile  # noqa: PLC0415

    folder.mkdir()
    files = make_ct(folder, images)
    import pydicom  # noqa: PLC0415

    study = str(pydicom.dcmread(files[0], stop_before_pixels=True).StudyInstanceUID)
    calm = Onlooker(ours, BOARD, 0.05)
    calm.start()
    time.sleep(3)
    calm.stop()
    last = IncomingFile.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    path = f"/dicom-web/studies?StudyInstanceUID={study}&includefield=00201208"
    search, board = Onlooker(ours, path, 0.02), Onlooker(ours, BOARD, 0.05)
    search.start()
    board.start()
    spent = store(ours, files, SENDERS)
    board.stop()
    arrived = IncomingFile.objects.filter(pk__gt=last).order_by("received_at")
    while arrived.filter(status="WAITING").exists():
        time.sleep(0.05)
    time.sleep(0.5)
    search.stop()
    successes = [row.timestamp() for row in arrived.values_list("received_at", flat=True)]
    return delays(search, successes), images / spent, board.p95, calm.p95


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, department(Path(name) / "ours") as ours:
        start()
        known_to(ours)
        rounds = []
        before = processor_seconds(ours.pids)
        for number in range(given.rounds + 1):
            found = one_round(ours, Path(name) / f"in{number}", given.images)
            if number:  # the first is for everybody to wake up
                rounds.append(found)
                report(f"round {number}", *found)
        waits = list(itertools.chain.from_iterable(found[0] for found in rounds))
        middle = [statistics.median(found[at] for found in rounds) for at in (1, 2, 3)]
        report("all", waits, *middle)
        images = given.images * (given.rounds + 1)
        print(
            f"{1000 * (processor_seconds(ours.pids) - before) / images:.1f} ms CPU an image, all in"
        )


def report(title: str, waits: list[float], rate: float, busy: float, calm: float) -> None:
    waits = sorted(waits)
    p50, p95 = (waits[int(part * (len(waits) - 1))] for part in (0.5, 0.95))
    print(
        f"{title:8} {rate:6.0f} images/s   visible after p50 {p50:5.2f} s p95 {p95:5.2f} s   "
        f"board p95 {busy:5.0f} ms under load, {calm:5.0f} ms without, ratio {busy / calm:.1f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
