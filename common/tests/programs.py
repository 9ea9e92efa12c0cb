"""Real programs for tests: single ones on the test database, or a whole `manage.py up`."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from celery import current_app
from django.db import connection

from common.environment import Department
from common.place import Place
from common.ports import listen_on
from common.preparation import ROOT
from common.programs import programs
from common.supervisor import Keeper
from common.tests.ports import port_for_a_server

UP_SECONDS = 240
OF_THE_SUITE = {"DATABASE_URL", "REDIS_URL", "DATA_DIR", "DEMO", "SECRET_KEY", "DICOM_PORT"}


class RealPrograms:
    """Web, worker and listener as real processes that use the test database and broker."""

    def __init__(self, folder: Path) -> None:
        self.keeper = Keeper(Place.at(folder), tell=lambda _: None)
        self.keeper.place.make()
        self.web_socket = listen_on("127.0.0.1", 0)
        self.department = replace(
            Department.from_environment(),
            host="127.0.0.1",
            port=self.web_socket.getsockname()[1],
            dicom_port=port_for_a_server(),
        )
        url = urlsplit(os.environ["DATABASE_URL"])
        env = os.environ | {
            "DATABASE_URL": urlunsplit(url._replace(path=f"/{connection.settings_dict['NAME']}")),
            "DICOM_PORT": str(self.department.dicom_port),
            "DATA_DIR": os.environ["DATA_DIR"],
        }
        fd = self.web_socket.fileno()
        self.known = {one.name: one for one in programs(self.department, env, fd)}

    @property
    def url(self) -> str:
        return self.department.url.rstrip("/")

    @property
    def dicom_port(self) -> int:
        return self.department.dicom_port

    def start(self, *names: str) -> None:
        """Start those that do not run yet, and wait until they answer."""
        self.keeper.revive()
        running = {child.name for child in self.keeper.children}
        self.keeper.start(*(self.known[name] for name in names if name not in running))
        self.keeper.await_ready(*names)

    def kill(self, name: str) -> None:
        """kill -9. `start` starts it again."""
        child = next(child for child in self.keeper.children if child.name == name)
        child.end()

    def log_of(self, name: str) -> str:
        return (self.keeper.place.log / f"{name}.log").read_text(errors="replace")

    def await_idle_worker(self, seconds: float = 20) -> None:
        """Return when no task runs or waits: nothing of one test reaches into the next."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            inspect = current_app.control.inspect(timeout=1, limit=1)
            tasks = {**(inspect.active() or {}), **(inspect.reserved() or {})}
            if not any(tasks.values()):
                return
            time.sleep(0.05)

    def halt(self) -> None:
        """Stop them all. `start` starts them again, at the same addresses."""
        self.keeper.stop()

    def stop(self) -> None:
        self.keeper.stop()
        self.keeper.place.tidy()
        self.web_socket.close()


class Up:
    """A department started by `manage.py up`, as a person would, on free ports."""

    manage = (sys.executable, str(ROOT / "manage.py"))

    def __init__(self, folder: Path, flags: tuple[str, ...], env: dict[str, str]) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.env = {name: value for name, value in os.environ.items() if name not in OF_THE_SUITE}
        port = str(port_for_a_server())
        self.env |= {"DATA_DIR": str(self.data), "PORT": "0", "DICOM_PORT": port, **env}
        self.log = (folder / f"up-{time.monotonic_ns()}.log").open("w+")
        self.process = subprocess.Popen(
            [*self.manage, "up", *flags],
            env=self.env,
            stdout=self.log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def says(self) -> str:
        return Path(self.log.name).read_text()

    def await_words(self, words: str, seconds: float = UP_SECONDS) -> "re.Match[str]":
        """Wait until it has printed something that matches."""
        deadline = time.monotonic() + seconds
        while not (found := re.search(words, self.says())):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"`up` did not say {words!r}:\n{self.says()}")
            time.sleep(0.02)
        return found

    def await_ready(self) -> "Up":
        self.await_words(r"Ready: (\S+)")
        return self

    @property
    def url(self) -> str:
        return self.await_words(r"Ready: (\S+)")[1].rstrip("/")

    @property
    def dicom_port(self) -> int:
        return int(self.await_words(r"DICOM: .* port (\d+)")[1])

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def pids(self) -> dict[str, int]:
        """Process id by name, as the supervisor wrote them down."""
        notes = Place.at(self.data).run / "processes.json"
        return {row["name"]: row["pid"] for row in json.loads(notes.read_text())}

    def kill(self, name: str) -> int:
        """kill -9 one of its programs. The id it had."""
        pid = self.pids()[name]
        os.kill(pid, signal.SIGKILL)
        return pid

    def interrupt(self) -> int:
        """Ctrl-C, and wait. The exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(60)

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.log.close()
