"""How fast a department answers a viewer: metadata, frames, thumbnails, pictures, searches.

    python3 manage.py up --port 8000 &
    .venv/bin/python bench/dicomweb.py http://127.0.0.1:8000 TOKEN STUDY SERIES [--pid PID …]

TOKEN comes from `manage.py api_token`; STUDY and SERIES are UIDs of something stored, best a CT of
200 slices. Medians of all rounds. With the web processes' ids also processor time for each frame,
which other work on the machine disturbs less than the clock.
"""

import argparse
import http.client
import json
import os
import statistics
import threading
import time
from collections.abc import Callable
from urllib.parse import urlsplit

STORED = 'multipart/related; type="application/octet-stream"; transfer-syntax=*'
JSON = "application/dicom+json"


class Archive:
    """One kept connection."""

    def __init__(self, root: str, token: str) -> None:
        place = urlsplit(root)
        self.connection = http.client.HTTPConnection(place.hostname or "", place.port)
        self.headers = {"Authorization": f"Bearer {token}"}

    def get(self, path: str, accept: str) -> bytes:
        headers = self.headers | {"Accept": accept}
        self.connection.request("GET", f"/dicom-web{path}", headers=headers)
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status != http.client.OK:
            raise SystemExit(f"{path}: {answer.status} {body[:200]!r}")
        return body


def milliseconds(action: Callable[[], object], times: int) -> float:
    """The median of one action."""
    spent = []
    for _ in range(times):
        start = time.perf_counter()
        action()
        spent.append(time.perf_counter() - start)
    return statistics.median(spent) * 1000


def a_second(archives: list[Archive], paths: list[str], accept: str) -> float:
    """Answers a second, the paths dealt out to all connections."""

    def work(index: int) -> None:
        for path in paths[index :: len(archives)]:
            archives[index].get(path, accept)

    threads = [threading.Thread(target=work, args=(index,)) for index in range(len(archives))]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(paths) / (time.perf_counter() - start)


def processor_seconds(pids: list[int]) -> float:
    """What the processes have used so far."""
    used = 0
    for pid in pids:
        with open(f"/proc/{pid}/stat") as status:
            fields = status.read().rsplit(")", 1)[1].split()
        used += int(fields[11]) + int(fields[12])
    return used / os.sysconf("SC_CLK_TCK")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("root", "token", "study", "series"):
        parser.add_argument(name)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--pid", type=int, nargs="*", default=[])
    given = parser.parse_args()
    archives = [Archive(given.root, given.token) for _ in range(8)]
    one, series = archives[0], f"/studies/{given.study}/series/{given.series}"
    told = json.loads(one.get(f"{series}/metadata", JSON))
    images = [f"{series}/instances/{item['00080018']['Value'][0]}" for item in told]
    frames = [f"{image}/frames/1" for image in images]

    for path in ("/studies?limit=50", f"/studies/{given.study}/series", f"{series}/metadata"):
        spent = milliseconds(lambda path=path: one.get(path, JSON), given.rounds * 4)
        print(f"{path[:40]:40} {spent:8.1f} ms")
    for count in (1, 8):
        rates = [a_second(archives[:count], frames, STORED) for _ in range(given.rounds)]
        print(f"stored frames, {count} connections {statistics.median(rates):18.0f} a second")
    for what, accept in (("thumbnail", "*/*"), ("rendered", "image/jpeg")):
        paths = [f"{image}/{what}" for image in images[:50]]
        rates = [a_second(archives[:1], paths, accept) for _ in range(given.rounds)]
        print(f"{what:30} {statistics.median(rates):18.0f} a second")
    if given.pid:
        start = processor_seconds(given.pid)
        a_second(archives[:1], frames, STORED)
        spent = (processor_seconds(given.pid) - start) / len(frames) * 1000
        print(f"processor time for a frame {spent:22.2f} ms")


if __name__ == "__main__":
    main()
