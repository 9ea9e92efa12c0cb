"""The two that take turns: a department of ours in a temporary folder, and Orthanc beside it."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from surroundings import ROOT, family_of

QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
PLUGINS = ("/usr/share/orthanc/plugins/libOrthancDicomWeb.so",)
START_SECONDS = 600


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@dataclass
class Peer:
    """Somebody who answers DICOMweb and takes C-STORE."""

    name: str
    port: int
    dicom_port: int
    called: str
    process: "subprocess.Popen[bytes]"
    headers: dict[str, str] = field(default_factory=dict)
    cookie: str = ""  # of a person's session, where pages are asked for

    @property
    def pids(self) -> list[int]:
        """All its processes."""
        return family_of(self.process.pid)


@contextmanager
def orthanc(folder: Path) -> Iterator[Peer]:
    """Debian's Orthanc with its DICOMweb plugin, as it comes, but for TCP_NODELAY."""
    program = shutil.which("Orthanc") or sys.exit("Orthanc is not installed.")
    port, dicom_port = free_port(), free_port()
    settings = {
        "Name": "PEER",
        "StorageDirectory": str(folder / "storage"),
        "IndexDirectory": str(folder / "index"),
        "HttpPort": port,
        "DicomPort": dicom_port,
        "DicomAet": "PEER",
        "RemoteAccessAllowed": False,
        "AuthenticationEnabled": False,
        "Plugins": [plugin for plugin in PLUGINS if Path(plugin).exists()],
        "DicomWeb": {"Enable": True},
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "orthanc.json").write_text(json.dumps(settings))
    env = os.environ | {"TCP_NODELAY": "1"}
    process = subprocess.Popen([program, str(folder / "orthanc.json")], env=env, **QUIET)
    try:
        _await(f"http://127.0.0.1:{port}/system")
        yield Peer("Orthanc", port, dicom_port, "PEER", process)
    finally:
        process.terminate()
        process.wait()


@contextmanager
def department(folder: Path) -> Iterator[Peer]:
    """Ours, as `manage.py up` starts it. Give it a caller's token before asking it."""
    port, dicom_port = free_port(), free_port()
    command = [sys.executable, str(ROOT / "manage.py"), "up", "--no-demo"]
    places = ["--data-dir", str(folder), "--port", str(port), "--dicom-port", str(dicom_port)]
    process = subprocess.Popen([*command, *places], **QUIET)
    os.environ["DATA_DIR"] = str(folder)
    try:
        _await(f"http://127.0.0.1:{port}/readyz")
        yield Peer("ours", port, dicom_port, "IMAGING_DEPT", process)
    finally:
        process.terminate()
        process.wait()


def known_to(ours: Peer, *, calling: str = "TEST_SCU") -> None:
    """A machine that may do everything, and a technician's token and session. Django is set up."""
    from django.contrib.auth import BACKEND_SESSION_KEY as BACKEND  # noqa: PLC0415
    from django.contrib.auth import HASH_SESSION_KEY as HASH  # noqa: PLC0415
    from django.contrib.auth import SESSION_KEY as KEY  # noqa: PLC0415
    from django.contrib.auth.models import Group  # noqa: PLC0415
    from django.contrib.sessions.backends.db import SessionStore  # noqa: PLC0415

    from equipment.models import Node  # noqa: PLC0415
    from staff.models import ApiToken, User  # noqa: PLC0415

    rights = [f.name for f in Node._meta.fields if f.name.startswith("may_")]
    Node.objects.get_or_create(
        ae_title=calling, defaults={"name": calling, **dict.fromkeys(rights, True)}
    )
    person, _made = User.objects.get_or_create(username="bench-technician")
    person.groups.add(Group.objects.get(name="Technician"))
    secret = ApiToken.new_secret()
    ApiToken.objects.create(user=person, digest=ApiToken.digest_of(secret), label="bench")
    ours.headers["Authorization"] = f"Bearer {secret}"
    session = SessionStore()
    session.update({KEY: str(person.pk), HASH: person.get_session_auth_hash()})
    session[BACKEND] = "staff.backends.OneQuestionBackend"
    session.save()
    ours.cookie = f"sessionid={session.session_key}"


def _await(url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    sys.exit(f"{url} does not answer.")


def store(peer: Peer, files: list[str], senders: int = 1) -> float:
    """Send by DCMTK's storescu over `senders` associations at once; how many seconds it took."""
    command = [shutil.which("storescu") or "storescu", "-aet", "TEST_SCU", "-aec", peer.called]
    env = os.environ | {"TCP_NODELAY": "1"}
    start = time.perf_counter()
    running = [
        subprocess.Popen(
            [*command, "127.0.0.1", str(peer.dicom_port), *files[one::senders]], env=env
        )
        for one in range(senders)
    ]
    if any(one.wait() for one in running):
        sys.exit(f"storescu could not send to {peer.name}")
    return time.perf_counter() - start
