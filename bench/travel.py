"""How long a 200-slice CT (512², 0.5 MB a slice) takes from `storescu` to pictures on the page.

    python3 manage.py test bench/travel.py -s        (starts a department of its own)

Prints: seconds of sending, seconds from the last image until every one is filed and has its
thumbnail, resident memory of listener and workers, and the same for a peer (DCMTK's `storescp`,
which keeps files without index or fsync) in the same run, with the ratio.
"""

import shutil
import socket
import subprocess
import time
import urllib.request

import pytest

from common.tests.programs import Up
from tests.journeys.modality import Study
from tests.journeys.visitor import Visitor

SLICES, SIDE = 200, 512


def seconds_of(*words: str) -> float:
    start = time.perf_counter()
    subprocess.run(words, check=True, capture_output=True)
    return time.perf_counter() - start


def memory_of(up: Up) -> str:
    """Resident megabytes by program."""
    sizes = {}
    for name, pid in up.pids().items():
        with open(f"/proc/{pid}/status") as status:
            pages = next(line for line in status if line.startswith("VmRSS"))
        sizes[name] = int(pages.split()[1]) // 1024
    return ", ".join(f"{name} {size} MB" for name, size in sorted(sizes.items()))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.timeout(600)
def test_how_long_a_ct_travels(up, tmp_path):
    department = up().await_ready()
    visitor = Visitor(department)
    study = Study(patient_id="BENCH-1", side=SIDE)
    files = []
    for number, dataset in enumerate(study.ct_slices(SLICES)):
        files.append(tmp_path / f"{number:04d}.dcm")
        dataset.save_as(files[-1], enforce_file_format=True)
    names = [str(file) for file in files]
    storescu = [shutil.which("storescu") or "storescu", "-aet", "TEST_SCU", "127.0.0.1"]

    sending = seconds_of(*storescu, str(department.dicom_port), "-aec", "IMAGING_DEPT", *names)
    last = time.perf_counter()
    while len(visitor.instances_of(study.uid)) < SLICES:
        time.sleep(0.1)
    filed = time.perf_counter() - last
    while not thumbnails_are_made(visitor):
        time.sleep(0.1)
    drawn = time.perf_counter() - last

    port = free_port()
    (tmp_path / "peer").mkdir()
    with subprocess.Popen(["storescp", "-od", str(tmp_path / "peer"), str(port)]) as peer:
        time.sleep(1)
        peers = seconds_of(*storescu, str(port), *names)
        peer.terminate()

    print(f"\nsent in {sending:.1f} s ({SLICES / sending:.0f} /s); storescp {peers:.1f} s; ")
    print(f"ratio ours/storescp {sending / peers:.2f} (ours: indexed later, synced to disk first)")
    print(f"all filed {filed:.1f} s and all drawn {drawn:.1f} s after the last image")
    print(memory_of(department))


def thumbnails_are_made(visitor: Visitor) -> bool:
    """Does nothing wait to be drawn, as /metrics tells?"""
    with urllib.request.urlopen(f"{visitor.url}/metrics") as answer:
        return b'imaging_waiting_work{work="thumbnail"} 0.0' in answer.read()
