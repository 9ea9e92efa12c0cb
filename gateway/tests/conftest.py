"""A real listener on a loopback port, and machines that it knows."""

import contextlib
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pydicom.config
import pytest
from django.test import Client
from pynetdicom import build_context
from pynetdicom.association import Association

from common.tests.ports import port_for_a_server
from equipment.models import Device, Node
from equipment.tests.factories import DeviceFactory, NodeFactory
from gateway.calling.undisturbed import Undisturbed
from gateway.dimse import refusals
from gateway.listener import Door, open_door
from staff.models import User

VERIFICATION = "1.2.840.10008.1.1"
WORKLIST = "1.2.840.10008.5.1.4.31"
PERFORMED_STEP = "1.2.840.10008.3.1.2.3.3"  # whoever asks for it is served by pynetdicom
CT_STORAGE = "1.2.840.10008.5.1.4.1.1.2"


@dataclass
class Listener:
    """A door that is open for one test."""

    door: Door
    thread: threading.Thread

    def stop(self) -> None:
        """As SIGTERM does. Once is enough."""
        if self.thread.is_alive():
            self.door.stop()
            self.thread.join()

    @property
    def port(self) -> int:
        return int(self.door.server_address[1])

    def call(
        self,
        *contexts: str | tuple[str, str],
        calling: str = "TEST_SCU",
        called: str = "IMAGING_DEPT",
    ) -> Association:
        """An association; a context alone is proposed in the usual syntaxes."""
        pairs = [(one,) if isinstance(one, str) else one for one in contexts or (VERIFICATION,)]
        entity = Undisturbed(ae_title=calling)
        entity.requested_contexts = [build_context(*pair) for pair in pairs]
        return entity.associate("127.0.0.1", self.port, ae_title=called)

    def settle(self, seconds: float = 20) -> None:
        """Wait until everybody has gone."""
        for call in self.door.calls:
            call.join(timeout=seconds)


@pytest.fixture
def listener(transactional_db: None) -> Iterator[Listener]:
    validation = pydicom.config.settings
    modes = validation.reading_validation_mode, validation.writing_validation_mode
    refusals.forget()
    door = open_door("127.0.0.1", 0)
    thread = threading.Thread(target=door.serve_forever, args=(0.02,))
    thread.start()
    open_listener = Listener(door, thread)
    yield open_listener
    open_listener.stop()
    validation.reading_validation_mode, validation.writing_validation_mode = modes


@pytest.fixture
def scanner(transactional_db: None) -> Device:
    return DeviceFactory.create(ae_title="CT01", name="The scanner")


@pytest.fixture
def test_node(transactional_db: None) -> Node:
    """A node that may do everything."""
    return NodeFactory.create(
        ae_title="TEST_SCU",
        may_store=True,
        may_query_worklist=True,
        may_report_steps=True,
        may_ask_commitment=True,
        may_retrieve=True,
    )


@pytest.fixture
def viewer(client: Client, person: Callable[[str], User]) -> Client:
    """A viewer in the browser of somebody who may see images."""
    client.force_login(person("Technician"))
    return client


@pytest.fixture
def eventually() -> Callable[[Callable[[], bool]], None]:
    """Wait for something another thread does; the test fails when it never happens."""

    def wait(holds: Callable[[], bool], seconds: float = 20) -> None:
        over = threading.Event()
        for _ in range(int(seconds / 0.01)):
            if holds():
                return
            over.wait(0.01)
        pytest.fail("It did not happen in time.")

    return wait


@pytest.fixture
def storescp(dcmtk, tmp_path: Path) -> Callable[..., Any]:
    """`with storescp("TITLE") as (port, folder)`: DCMTK's receiver, until the block ends."""

    @contextlib.contextmanager
    def running(title: str, *words: str) -> Iterator[tuple[int, Path]]:
        folder = tmp_path / f"at-{title}"
        folder.mkdir()
        port = port_for_a_server()
        command = [dcmtk("storescp"), "-aet", title, "-od", str(folder), *words, str(port)]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as it:
            try:
                wait_for(port)
                yield port, folder
            finally:
                it.terminate()

    return running


def wait_for(port: int) -> None:
    over = threading.Event()
    for _ in range(3000):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        over.wait(0.01)
    pytest.fail("Nothing listens there.")
