"""How fast we take in images by the network beside our peers, and what that costs.

    .venv/bin/python bench/receive.py [--rounds 5] [--with-worker] [--only CT]

Starts a listener with a database of its own, Orthanc (Debian's, its own index) and DCMTK's
`storescp --fork` (files alone: no index, no fsync), each in a temporary folder, and sends them the
same images in turn by DCMTK's `storescu`, TCP_NODELAY=1 on both sides but where Nagle's algorithm
is said to be on. Every round has objects of its own. Prints medians and ratios; only ratios of one
run count. Ours is counted when the bytes are synced and the row is committed; Orthanc syncs the
bytes, and its index when it likes. Our processor time is that of listener and database; with
`--with-worker` filing runs meanwhile, and is counted too.
"""

import argparse
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
import pydicom
from pydicom.uid import (
    ComputedRadiographyImageStorage,
    CTImageStorage,
    ExplicitVRLittleEndian,
    generate_uid,
)

from common.environment import Department
from common.launch import engines_of
from common.place import Place
from common.programs import manage, preparation_of_database, programs
from common.supervisor import Program

TICKS = os.sysconf("SC_CLK_TCK")
QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
REGISTER = (
    "from equipment.models import Node;"
    "Node.objects.create(name='bench', ae_title='TEST_SCU', may_store=True)"
)
COUNT = "from studies.models import IncomingFile; print('rows', IncomingFile.objects.count())"


@dataclass(frozen=True)
class Load:
    """What is sent in one round: how many objects of which size, by how many senders."""

    name: str
    rows: int
    columns: int
    count: int
    senders: int
    nagle: bool = False

    def __str__(self) -> str:
        return f"{self.name}, {self.senders} association(s)" + (", Nagle on" if self.nagle else "")


LOADS = [
    Load("CT", 512, 512, 200, 1),
    Load("CT", 512, 512, 400, 4),
    Load("CT", 512, 512, 60, 1, nagle=True),
    Load("CR", 2500, 3000, 16, 1),
    Load("CR", 2500, 3000, 24, 4),
]


@dataclass(frozen=True)
class Receiver:
    """Somebody who listens: where, as whom, and which processes pay for it."""

    name: str
    port: int
    called: str
    pids: tuple[int, ...]

    def cpu(self) -> float:
        """Seconds of processor time so far, descendants included."""
        return sum(_stat(pid)[1] for pid in self._family()) / TICKS

    def _family(self) -> set[int]:
        parents = {int(one.name): _stat(int(one.name))[0] for one in Path("/proc").glob("[0-9]*")}
        family = set(self.pids)
        while more := {pid for pid, parent in parents.items() if parent in family} - family:
            family |= more
        return family

    def peak(self) -> int:
        """Peak resident megabytes of the first process."""
        status = Path(f"/proc/{self.pids[0]}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) // 1024


def _stat(pid: int) -> tuple[int, int]:
    """The parent, and the ticks of a process and of its children that have ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0, 0
    return int(fields[1]), sum(int(field) for field in fields[11:15])


# ── images ───────────────────────────────────────────────────────────────────────────────────────


class Images:
    """Files of noise under a header; before each sending they become other objects."""

    def __init__(self, folder: Path, load: Load) -> None:
        folder.mkdir(exist_ok=True)
        self.paths = [folder / f"{number:04d}.dcm" for number in range(load.count)]
        content, self._uid = _encoded(folder, load)
        self._places = list(_found(content, self._uid.encode()))
        for path in self.paths:
            path.write_bytes(content)

    def renew(self) -> list[str]:
        """New SOP instances, in new studies of fifty."""
        for path in self.paths:
            uid = generate_uid(prefix="1.2.3.")[:60].ljust(60, "1").encode()
            with path.open("r+b") as file:
                for place in self._places:
                    file.seek(place)
                    file.write(uid)
        return [str(path) for path in self.paths]


def _found(content: bytes, wanted: bytes) -> Iterator[int]:
    place = content.find(wanted)
    while place >= 0:
        yield place
        place = content.find(wanted, place + 1)


def _encoded(folder: Path, load: Load) -> tuple[bytes, str]:
    image = pydicom.Dataset()
    uid = generate_uid(prefix="1.2.3.")[:60].ljust(60, "1")
    is_ct = load.name == "CT"
    image.SOPClassUID = CTImageStorage if is_ct else ComputedRadiographyImageStorage
    image.SOPInstanceUID = uid
    image.StudyInstanceUID, image.SeriesInstanceUID = generate_uid(), generate_uid()
    image.PatientID, image.PatientName, image.Modality = "BENCH-RECEIVE", "Bench^Receive", load.name
    image.Rows, image.Columns = load.rows, load.columns
    image.BitsAllocated, image.BitsStored, image.HighBit = 16, 16, 15
    image.SamplesPerPixel, image.PixelRepresentation = 1, 0
    image.PhotometricInterpretation, image.InstanceNumber = "MONOCHROME2", 1
    noise = np.random.default_rng(1).integers(0, 4096, (load.rows, load.columns), dtype=np.uint16)
    image.PixelData = noise.tobytes()
    image.file_meta = pydicom.dataset.FileMetaDataset()
    image.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    image.save_as(folder / "first", enforce_file_format=True)
    content = (folder / "first").read_bytes()
    (folder / "first").unlink()
    return content, uid


def send(receiver: Receiver, files: list[str], load: Load) -> tuple[float, float]:
    """Images a second, and the receiver's milliseconds of processor time for each."""
    env = os.environ | ({} if load.nagle else {"TCP_NODELAY": "1"})
    command = [tool("storescu"), "-aet", "TEST_SCU", "-aec", receiver.called]
    before, start = receiver.cpu(), time.perf_counter()
    running = [
        subprocess.Popen(
            [*command, "127.0.0.1", str(receiver.port), *files[one :: load.senders]], env=env
        )
        for one in range(load.senders)
    ]
    if any(one.wait() for one in running):
        sys.exit(f"storescu failed with {receiver.name}")
    seconds = time.perf_counter() - start
    return len(files) / seconds, 1000 * (receiver.cpu() - before) / len(files)


# ── receivers ────────────────────────────────────────────────────────────────────────────────────


def tool(name: str) -> str:
    path = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/bin")
    if path is None:
        raise FileNotFoundError(name)
    return path


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def await_port(port: int) -> None:
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    sys.exit(f"Nobody listens on {port}.")


@contextmanager
def ours(folder: Path, *, with_worker: bool) -> Iterator[Receiver]:
    department = Department(place=Place.at(folder / "ours"), dicom_port=free_port(), demo=False)
    department.place.make()
    env = department.environment() | {"LOG_LEVEL": "WARNING", "DEMO": "0"}
    os.environ |= env
    with engines_of(department, tell=lambda _: None) as keeper:
        keeper.do_or_fail(preparation_of_database(env))
        keeper.do_or_fail(Program("register", manage("shell", "-c", REGISTER), env=env))
        known = {one.name: one for one in programs(department, env, 0)}
        wanted = ["listener", *(["worker"] if with_worker else [])]
        keeper.start(*(known[name] for name in wanted))
        keeper.await_ready(*wanted)
        pids = {child.name: child.process.pid for child in keeper.children}  # type: ignore[union-attr]
        paying = tuple(pids[name] for name in (*wanted, "postgres"))
        yield Receiver("ours", department.dicom_port, "IMAGING_DEPT", paying)
        counting = Program("count", manage("shell", "-c", COUNT), env=env, on_screen=True)
        keeper.do_or_fail(counting)


@contextmanager
def running(name: str, command: list[str], port: int, called: str) -> Iterator[Receiver]:
    env = os.environ | {"TCP_NODELAY": "1"}
    peer = subprocess.Popen(command, env=env, **QUIET)  # type: ignore[call-overload]
    try:
        await_port(port)
        yield Receiver(name, port, called, (peer.pid,))
    finally:
        peer.terminate()
        peer.wait()


def orthanc(folder: Path) -> tuple[str, list[str], int, str]:
    port, place = free_port(), folder / "orthanc"
    place.mkdir()
    wishes = {
        "Name": "bench",
        "StorageDirectory": str(place),
        "IndexDirectory": str(place),
        "DicomAet": "ORTHANC",
        "DicomPort": port,
        "HttpPort": free_port(),
        "RemoteAccessAllowed": False,
        "AuthenticationEnabled": False,
        "DicomAlwaysAllowStore": True,
        "Plugins": [],
    }
    (place / "orthanc.json").write_text(json.dumps(wishes))
    return "Orthanc", [tool("Orthanc"), str(place / "orthanc.json")], port, "ORTHANC"


def storescp(folder: Path) -> tuple[str, list[str], int, str]:
    port, place = free_port(), folder / "storescp"
    place.mkdir()
    command = [tool("storescp"), "--fork", "--max-pdu", "131072", "-od", str(place), str(port)]
    return "storescp", command, port, "ANY-SCP"


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--rounds", type=int, default=5)
    words.add_argument("--with-worker", action="store_true", help="file meanwhile")
    words.add_argument("--only", default="", help="CT or CR")
    given = words.parse_args()
    with tempfile.TemporaryDirectory() as name, ExitStack() as open_receivers:
        folder = Path(name)
        receivers = [open_receivers.enter_context(ours(folder, with_worker=given.with_worker))]
        for peer in (orthanc, storescp):
            try:
                receivers.append(open_receivers.enter_context(running(*peer(folder))))
            except FileNotFoundError as missing:
                print(f"{missing} is not installed: we go on without it.")
        for load in LOADS:
            if given.only in load.name:
                images = Images(folder / f"{load.name}{load.senders}", load)
                compare(receivers, images, load, given.rounds)
        print(f"our listener's peak memory: {receivers[0].peak()} MB")


def compare(receivers: list[Receiver], images: Images, load: Load, rounds: int) -> None:
    """All in turn, `rounds` times; medians and their ratios."""
    results: dict[str, list[tuple[float, float]]] = {one.name: [] for one in receivers}
    for _ in range(rounds):
        for receiver in receivers:
            results[receiver.name].append(send(receiver, images.renew(), load))
    rates = {name: statistics.median(rate for rate, _ in found) for name, found in results.items()}
    costs = {name: statistics.median(cost for _, cost in found) for name, found in results.items()}
    print(f"{load}:")
    for name, rate in rates.items():
        faster, dearer = rates["ours"] / rate, costs["ours"] / max(costs[name], 0.01)
        ratio = f"  ours is {faster:.2f} ×, costs {dearer:.2f} ×" if name != "ours" else ""
        print(f"  {name:9} {rate:7.1f}/s {costs[name]:7.2f} ms CPU an image{ratio}", flush=True)


if __name__ == "__main__":
    main()
