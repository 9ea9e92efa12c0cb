"""How fast objects are taken in over the web (STOW-RS): ours and Orthanc in turn, in one run.

    .venv/bin/python bench/store_web.py [--rounds 5] [--a-request 20]

CT of 512² at 16 bit (0.53 MB), twenty in a request, over one kept connection and over four at once.
Every round sends objects that are new to both; the first two are for everybody to wake up. Only
ratios of one run count. Orthanc answers when the bytes are synced and its index has them, unsynced;
ours when bytes and rows are durable.
"""

import argparse
import http.client
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

from images import ct_slices
from peers import Peer, department, known_to, orthanc
from surroundings import processor_seconds, start

BOUNDARY = "0f3cf5c0-70e0-41ef-baef-c6f9f65ec3e1"
TYPE = f'multipart/related; type="application/dicom"; boundary={BOUNDARY}'
REQUESTS = 16  # a round
WARMING = 2  # rounds that are not counted: for everybody to wake up


def bodies(count: int, a_request: int) -> list[bytes]:
    """So many requests with new objects in each."""
    files = list(ct_slices(count * a_request))
    head = f"--{BOUNDARY}\r\nContent-Type: application/dicom\r\n\r\n".encode()
    tail = f"--{BOUNDARY}--\r\n".encode()
    return [
        b"".join(head + one + b"\r\n" for one in files[first : first + a_request]) + tail
        for first in range(0, len(files), a_request)
    ]


def send(peer: Peer, requests: list[bytes], connections: int, root: str) -> float:
    """Seconds until the last answer, the requests dealt out to all connections."""
    lines = [http.client.HTTPConnection("127.0.0.1", peer.port) for _ in range(connections)]
    headers = peer.headers | {"Content-Type": TYPE, "Accept": "application/dicom+json"}
    wrong: list[str] = []

    def work(index: int) -> None:
        for body in requests[index::connections]:
            lines[index].request("POST", f"{root}/studies", body=body, headers=headers)
            answer = lines[index].getresponse()
            told = answer.read()
            if answer.status != http.client.OK:
                wrong.append(f"{peer.name}: {answer.status} {told[:300]!r}")

    for line in lines:
        line.connect()
    threads = [threading.Thread(target=work, args=(index,)) for index in range(connections)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - begun
    if wrong:
        sys.exit(wrong[0])
    return seconds


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--rounds", type=int, default=5)
    words.add_argument("--a-request", type=int, default=20)
    words.add_argument("--pause", type=float, default=4.0, help="seconds before each turn")
    given = words.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        with department(folder / "ours") as ours, orthanc(folder / "orthanc") as theirs:
            start()
            known_to(ours)
            for connections in (1, 4):
                compare(ours, theirs, connections, given)


def compare(ours: Peer, theirs: Peer, connections: int, given: argparse.Namespace) -> None:
    """Both in turn; medians of images a second and their ratio, and what an image costs each."""
    rates: dict[str, list[float]] = {ours.name: [], theirs.name: []}
    costs: dict[str, list[float]] = {ours.name: [], theirs.name: []}
    images = REQUESTS * given.a_request
    for number in range(WARMING + given.rounds):
        requests = bodies(REQUESTS, given.a_request)
        for peer in (ours, theirs):
            time.sleep(given.pause)  # what the last round left to file is none of this one's
            before = processor_seconds(peer.pids)
            seconds = send(peer, requests, connections, "/dicom-web")
            if number >= WARMING:
                rates[peer.name].append(images / seconds)
                costs[peer.name].append(1000 * (processor_seconds(peer.pids) - before) / images)
    rate = {name: statistics.median(found) for name, found in rates.items()}
    cost = {name: statistics.median(found) for name, found in costs.items()}
    print(
        f"{connections} connection(s), {given.a_request} a request: "
        f"ours {rate[ours.name]:.0f}/s at {cost[ours.name]:.1f} ms CPU an image, "
        f"{theirs.name} {rate[theirs.name]:.0f}/s at {cost[theirs.name]:.1f} ms, "
        f"ratio {rate[ours.name] / rate[theirs.name]:.2f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
