"""How fast images are given out by the web: ours and Orthanc in turn, in one run.

    .venv/bin/python bench/retrieve.py [--images 100] [--rounds 5]

Both are started here, in a temporary folder, and given the same CT (512², 16 bit). Asked for are
the series' metadata, stored frames over one and over eight connections, pictures of 256 pixels,
and small pictures (Orthanc keeps none, so that its drawn ones stand against our stored ones).
Ours answers a technician's token and writes its trail. Medians; only the ratios count. With the
processor time of each side for one answer, which a busy machine disturbs less than the clock.
"""

import argparse
import multiprocessing
import socket
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from peers import Peer, department, known_to, orthanc, store
from surroundings import peak_megabytes, processor_seconds, start

ROUND = 4  # times that every image is asked for
STORED = 'multipart/related; type="application/octet-stream"; transfer-syntax=*'
JSON = "application/dicom+json"
ENOUGH = 8 * 1024 * 1024
FORKED = multiprocessing.get_context("fork")


class Line:
    """One kept connection, and as little of a client as can be: what it costs is nobody's merit."""

    def __init__(self, peer: Peer) -> None:
        self.socket = socket.create_connection(("127.0.0.1", peer.port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.headers = "".join(f"{k}: {v}\r\n" for k, v in peer.headers.items())
        self.room = bytearray(ENOUGH)

    def get(self, path: str, accept: str, more: str = "") -> bytes:
        """The body; it must be a good answer."""
        asked = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: {accept}\r\n"
        self.socket.sendall(f"{asked}{self.headers}{more}\r\n".encode())
        view, got, head = memoryview(self.room), 0, -1
        while head < 0:
            got += self._more(view[got:])
            head = self.room.find(b"\r\n\r\n", 0, got)
        told = bytes(view[:head]).lower()
        if b" 200 " not in told[:16]:
            raise SystemExit(f"{path}: {bytes(view[:400])!r}")
        start = head + 4
        at = told.find(b"content-length:")
        if at >= 0:
            length = int(told[at + 15 :].split(b"\r\n", 1)[0])
            while got < start + length:
                got += self._more(view[got:])
        else:
            while not self.room.endswith(b"0\r\n\r\n", 0, got):
                got += self._more(view[got:])
        return bytes(view[start:got])

    def _more(self, room: memoryview) -> int:
        count = self.socket.recv_into(room)
        if not count:
            raise SystemExit("The connection was closed.")
        return count


@dataclass
class Question:
    """What is asked, of whom in which words, over how many connections."""

    name: str
    paths: dict[str, list[str]]  # by the name of the peer
    accept: str
    lines: int = 1
    more: str = ""


def a_second(peer: Peer, question: Question) -> float:
    """Answers a second, the paths dealt out to fresh lines: Orthanc closes those that rest. Each
    line has a process of its own, so that none waits for another's interpreter."""
    paths = question.paths[peer.name]
    together = FORKED.Barrier(question.lines + 1)

    def work(index: int) -> None:
        line = Line(peer)
        together.wait()
        for path in paths[index :: question.lines]:
            line.get(path, question.accept, question.more)

    callers = [FORKED.Process(target=work, args=(index,)) for index in range(question.lines)]
    for caller in callers:
        caller.start()
    together.wait()
    begun = time.perf_counter()
    for caller in callers:
        caller.join()
    spent = time.perf_counter() - begun
    if any(caller.exitcode for caller in callers):
        raise SystemExit(f"{peer.name} did not answer well.")
    return len(paths) / spent


def compare(peers: list[Peer], question: Question, rounds: int) -> None:
    """All in turn, `rounds` times; medians, ratio, and processor time of each for an answer."""
    rates: dict[str, list[float]] = {peer.name: [] for peer in peers}
    costs: dict[str, list[float]] = {peer.name: [] for peer in peers}
    for number in range(rounds + 1):
        for peer in peers:
            paths = question.paths[peer.name]
            before = processor_seconds(peer.pids)
            rate = a_second(peer, question)
            if number:  # the first round is for everybody to wake up
                rates[peer.name].append(rate)
                costs[peer.name].append(1000 * (processor_seconds(peer.pids) - before) / len(paths))
    ours, theirs = (statistics.median(rates[peer.name]) for peer in peers)
    cost, their_cost = (statistics.median(costs[peer.name]) for peer in peers)
    print(
        f"{question.name:34} ours {ours:8,.0f}/s {cost:7.2f} ms CPU   Orthanc {theirs:8,.0f}/s "
        f"{their_cost:7.2f} ms CPU   ratio {ours / theirs:6.2f}",
        flush=True,
    )


def questions(study: str, series: str, uids: list[str]) -> list[Question]:
    """Everything that is measured; ours and theirs are asked alike where both know the address."""
    whole = f"/dicom-web/studies/{study}/series/{series}"
    images = [f"{whole}/instances/{uid}" for uid in uids] * ROUND

    def alike(paths: list[str]) -> dict[str, list[str]]:
        return {"ours": paths, "Orthanc": paths}

    frames = alike([f"{image}/frames/1" for image in images])
    small = [f"{image}/rendered?viewport=256,256" for image in images]
    kept = {"ours": [f"{image}/thumbnail" for image in images], "Orthanc": small}
    told = alike([f"{whole}/metadata"] * 10)
    return [
        Question("series metadata", told, JSON),
        Question("series metadata, compressed", told, JSON, more="Accept-Encoding: deflate\r\n"),
        Question("stored frames, 1 connection", frames, STORED),
        Question("stored frames, 8 connections", frames, STORED, lines=8),
        Question("rendered 256 px, 1 connection", alike(small), "image/jpeg"),
        Question("rendered 256 px, 8 connections", alike(small), "image/jpeg", lines=8),
        Question("small pictures, 1 connection", kept, "image/jpeg"),
        Question("small pictures, 8 connections", kept, "image/jpeg", lines=8),
    ]


def until(holds: Callable[[], bool]) -> None:
    while not holds():
        time.sleep(0.2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with department(folder / "ours") as ours, orthanc(folder / "orthanc") as theirs:
            start()
            known_to(ours)
            measure(ours, theirs, folder, given.images, given.rounds)
            web = max(peak_megabytes(pid) for pid in ours.pids)
            print(f"the largest of our processes has held {web} MB")


def measure(ours: Peer, theirs: Peer, folder: Path, images: int, rounds: int) -> None:
    from images import make_ct  # noqa: PLC0415

    from studies.models import Instance, Thumbnail  # noqa: PLC0415

    (folder / "in").mkdir()
    files = make_ct(folder / "in", images)
    for peer in (ours, theirs):
        store(peer, files)
    until(lambda: Thumbnail.objects.filter(status=Thumbnail.Status.MADE).count() == images)
    found = Instance.objects.select_related("series__study").order_by("number")
    uids = [instance.sop_instance_uid for instance in found]
    series = found[0].series
    for question in questions(series.study.study_instance_uid, series.series_instance_uid, uids):
        compare([ours, theirs], question, rounds)


if __name__ == "__main__":
    main()
