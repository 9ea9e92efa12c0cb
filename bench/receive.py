"""How fast a listener takes in a CT (512², 0.5 MB an image), and what that costs it.

    .venv/bin/python bench/receive.py --port 11112 --pid "$(pgrep -f 'manage.py listen')"

The listener must know the AE title TEST_SCU. DCMTK's `storescu` sends 200 images over one
association, with and without Nagle's algorithm, and over four at once; DCMTK's `storescp` takes the
same in turn, without index and without fsync. Only ratios of one run count.
"""

import argparse
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
import pydicom
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

IMAGES, SIDE, SENDERS = 200, 512, 4
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Receiver:
    """Somebody who listens: where, as whom, and which process pays for it."""

    name: str
    port: int
    called: str
    pid: int

    def cpu(self) -> float:
        """Seconds of processor time so far, children included."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return sum(int(field) for field in fields[11:15]) / TICKS

    def peak(self) -> int:
        """Peak resident megabytes."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) // 1024


def make_ct(folder: Path, count: int) -> list[str]:
    """Noise under a CT's header; the receivers do not look."""
    study, series, rng = generate_uid(), generate_uid(), np.random.default_rng(1)
    files = []
    for number in range(count):
        ct = pydicom.Dataset()
        ct.SOPClassUID, ct.SOPInstanceUID = CTImageStorage, generate_uid()
        ct.StudyInstanceUID, ct.SeriesInstanceUID = study, series
        ct.PatientID, ct.PatientName, ct.Modality = "BENCH-RECEIVE", "Bench^Receive", "CT"
        ct.Rows = ct.Columns = SIDE
        ct.BitsAllocated, ct.BitsStored, ct.HighBit = 16, 16, 15
        ct.SamplesPerPixel, ct.PixelRepresentation = 1, 0
        ct.PhotometricInterpretation, ct.InstanceNumber = "MONOCHROME2", number + 1
        ct.PixelData = rng.integers(0, 4096, (SIDE, SIDE), dtype=np.uint16).tobytes()
        ct.file_meta = pydicom.dataset.FileMetaDataset()
        ct.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        path = folder / f"{number:04d}.dcm"
        ct.save_as(path, enforce_file_format=True)
        files.append(str(path))
    return files


def send(receiver: Receiver, files: list[str], senders: int, nagle: bool) -> tuple[float, float]:
    """Images a second, and the receiver's milliseconds of processor time for each."""
    env = os.environ | ({} if nagle else {"TCP_NODELAY": "1"})
    command = [shutil.which("storescu") or "storescu", "-aet", "TEST_SCU", "-aec", receiver.called]
    before, start = receiver.cpu(), time.perf_counter()
    running = [
        subprocess.Popen([*command, "127.0.0.1", str(receiver.port), *files[one::senders]], env=env)
        for one in range(senders)
    ]
    if any(one.wait() for one in running):
        sys.exit("storescu failed")
    seconds = time.perf_counter() - start
    return len(files) / seconds, 1000 * (receiver.cpu() - before) / len(files)


@contextmanager
def storescp(folder: Path) -> Iterator[Receiver]:
    """The peer: files only."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [shutil.which("storescp") or "storescp", "--fork", "-od", str(folder), str(port)]
    quiet = subprocess.DEVNULL
    env = os.environ | {"TCP_NODELAY": "1"}
    peer = subprocess.Popen(command, env=env, stdout=quiet, stderr=quiet)
    time.sleep(0.5)
    try:
        yield Receiver("storescp", port, "ANY-SCP", peer.pid)
    finally:
        peer.terminate()
        peer.wait()


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--port", type=int, default=11112)
    words.add_argument("--pid", type=int, required=True)
    words.add_argument("--rounds", type=int, default=5)
    given = words.parse_args()
    ours = Receiver("ours", given.port, "IMAGING_DEPT", given.pid)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "in").mkdir()
        (Path(folder) / "out").mkdir()
        files = make_ct(Path(folder) / "in", IMAGES)
        with storescp(Path(folder) / "out") as peer:
            for senders, nagle in ((1, False), (1, True), (SENDERS, False)):
                compare(ours, peer, files, senders, nagle, given.rounds)
    print(f"our listener's peak memory: {ours.peak()} MB")


def compare(
    ours: Receiver, peer: Receiver, files: list[str], senders: int, nagle: bool, rounds: int
) -> None:
    """Both in turn, `rounds` times; medians and their ratio."""
    results: dict[str, list[tuple[float, float]]] = {"ours": [], "storescp": []}
    for _ in range(rounds):
        for receiver in (ours, peer):
            results[receiver.name].append(send(receiver, files, senders, nagle))
    rate = {name: statistics.median(r for r, _ in found) for name, found in results.items()}
    cost = statistics.median(c for _, c in results["ours"])
    print(
        f"{senders} association(s), Nagle {'on' if nagle else 'off'}: "
        f"ours {rate['ours']:.0f}/s at {cost:.1f} ms CPU an image, "
        f"storescp {rate['storescp']:.0f}/s, ratio {rate['ours'] / rate['storescp']:.2f}"
    )


if __name__ == "__main__":
    main()
