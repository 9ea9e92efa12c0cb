"""`manage.py listen` as a process of its own."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from common.tests.ports import port_for_a_server
from gateway.calling.undisturbed import Undisturbed
from gateway.tests.conftest import VERIFICATION
from gateway.tests.sending import Wire, association_for, made, send
from studies.models import IncomingFile

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("test_node")]
MEGABYTE = 1024**2


@pytest.fixture
def process(data_folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The command, answering on `process.port`, with the test's database and data folder."""
    port, ready = port_for_a_server(), data_folder / "ready"
    url = urlsplit(os.environ["DATABASE_URL"])
    address = urlunsplit(url._replace(path=f"/{connection.settings_dict['NAME']}"))
    started = subprocess.Popen(
        [sys.executable, "manage.py", "listen", "--port", str(port)],
        cwd=settings.BASE_DIR,
        env=os.environ
        | {"DATABASE_URL": address, "DATA_DIR": str(data_folder), "READY_FILE": str(ready)},
    )
    started.port = port  # type: ignore[attr-defined]
    over = threading.Event()
    for _ in range(600):
        if ready.exists() or started.poll() is not None:
            break
        over.wait(0.05)
    assert started.poll() is None
    yield started
    started.kill()
    started.wait()


def memory_of(process: subprocess.Popen[bytes]) -> int:
    """Peak resident bytes (Linux)."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    line = next(one for one in status.splitlines() if one.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def test_it_answers_and_ends_politely(process):
    entity = Undisturbed(ae_title="TEST_SCU")
    entity.add_requested_context(VERIFICATION)
    association = entity.associate("127.0.0.1", process.port, ae_title="IMAGING_DEPT")
    assert association.send_c_echo().Status == 0

    process.send_signal(signal.SIGTERM)

    assert process.wait(timeout=10) == 0
    association.kill()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Reads /proc.")
def test_memory_does_not_grow_with_the_size_of_an_object(process):
    small = made(MEGABYTE)
    association = association_for(process.port, [small])
    assert send(association, small) == 0
    before = memory_of(process)

    large = Wire("large", small.sop_class, "2.25.2", small.transfer_syntax, bytes(300 * MEGABYTE))
    assert send(association, large) == 0
    association.release()

    assert memory_of(process) - before < 30 * MEGABYTE
    assert IncomingFile.objects.count() == 2


def test_a_taken_port_is_one_sentence():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(CommandError, match=f"Cannot listen on 127.0.0.1 port {port}"):
            call_command("listen", "--port", str(port), "--host", "127.0.0.1")
