"""Orthanc as Debian packs it: a peer that sends, asks, fetches and is sent to, told by its REST."""

import contextlib
import json
import os
import shutil
import subprocess
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from common.tests.ports import port_for_a_server

TITLE = "PEER"
WEB_PLUGIN = Path("/usr/share/orthanc/plugins/libOrthancDicomWeb.so")
START_SECONDS, ANSWER_SECONDS = 60, 60


@dataclass(frozen=True)
class Orthanc:
    """A running one. It calls us "us", wherever we listen in this test."""

    http: int
    dicom_port: int

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Its answer, read as JSON where it is that."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.http}{path}",
            method=method,
            data=None if body is None else content,
        )
        try:
            with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as answer:
                said: bytes = answer.read()
        except urllib.error.HTTPError as refused:
            with refused:
                pytest.fail(f"Orthanc answers {refused.code} to {path}: {refused.read()!r}")
        try:
            return json.loads(said)
        except ValueError:
            return said

    def knows_us(self, port: int) -> None:
        """Where our listener is."""
        us = {"AET": "IMAGING_DEPT", "Host": "127.0.0.1", "Port": port}
        self.ask("PUT", "/modalities/us", us)

    def knows_our_web(self, url: str, token: str) -> None:
        """Where our DICOMweb is, and what opens it."""
        headers = {"Authorization": f"Bearer {token}"}
        server = {"Url": f"{url}/dicom-web/", "HttpHeaders": headers, "ChunkedTransfers": "0"}
        self.ask("PUT", "/dicom-web/servers/us", server)

    def takes(self, *files: Path) -> None:
        """Objects it has without us."""
        for one in files:
            self.ask("POST", "/instances", one.read_bytes())

    def objects(self) -> dict[str, bytes]:
        """Every object it keeps, as it would give the file away; by SOP instance UID."""
        return {
            str(one["MainDicomTags"]["SOPInstanceUID"]): self.ask(
                "GET", f"/instances/{one['ID']}/file"
            )
            for one in self.ask("GET", "/instances?expand")
        }

    def studies(self) -> list[str]:
        """Its own names of the studies."""
        return list(self.ask("GET", "/studies"))

    def forget(self) -> None:
        """Whatever it keeps: the next test begins with an empty archive."""
        for one in self.studies():
            self.ask("DELETE", f"/studies/{one}")


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Orthanc]:
    """Until the block ends. Skips the test where it is not installed."""
    program = shutil.which("Orthanc") or shutil.which("Orthanc", path="/usr/sbin")
    if program is None or not WEB_PLUGIN.exists():
        pytest.skip("Orthanc is missing: `apt install orthanc orthanc-dicomweb`.")
    one = Orthanc(port_for_a_server(), port_for_a_server())
    settings = {
        "Name": TITLE,
        "StorageDirectory": str(folder / "storage"),
        "IndexDirectory": str(folder / "index"),
        "HttpPort": one.http,
        "DicomPort": one.dicom_port,
        "DicomAet": TITLE,
        "RemoteAccessAllowed": False,
        "AuthenticationEnabled": False,
        "Plugins": [str(WEB_PLUGIN)],
        "DicomWeb": {"Enable": True},
        "StableAge": 1,
    }
    place = folder / "orthanc.json"
    place.write_text(json.dumps(settings))
    env = os.environ | {"TCP_NODELAY": "1"}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([program, str(place)], env=env, stdout=log, stderr=log)
        try:
            _wait_for(one, process, folder / "log")
            yield one
        finally:
            process.terminate()
            process.wait(30)


def _wait_for(one: Orthanc, process: "subprocess.Popen[bytes]", log: Path) -> None:
    over = threading.Event()
    for _ in range(START_SECONDS * 10):
        with contextlib.suppress(OSError):
            one.ask("GET", "/system")
            return
        if process.poll() is not None:
            break
        over.wait(0.1)
    pytest.fail(f"Orthanc does not start:\n{log.read_text(errors='replace')[-2000:]}")
