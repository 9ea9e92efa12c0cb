"""One child process that reads received bytes, seen from the side that asks."""

import contextlib
import fcntl
import json
import logging
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, Any

from studies.facts import NotUsable
from studies.limited_wire import ANSWER, REQUEST

logger = logging.getLogger(__name__)

MEMORY_BYTES = int(os.environ.get("CHILD_MEMORY_BYTES", str(2 << 30)))
SECONDS = int(os.environ.get("CHILD_SECONDS", "20"))  # wall clock and processor time a question
REQUESTS_A_LIFE = 5000
RESIDENT_BYTES_A_LIFE = 768 << 20
START_SECONDS = 20
PIPE_BYTES = 1 << 20
PIECE_BYTES = 1 << 20
ROOT = Path(__file__).resolve().parent.parent


class Broken(Exception):
    """The child is gone, or was ended because it took too long."""

    def __init__(self, why: str, *, ran_out_of_time: bool = False) -> None:
        super().__init__(why)
        self.ran_out_of_time = ran_out_of_time

    def as_not_usable(self) -> NotUsable:
        """What the person who sent the file is told. Trying again may help, so no refusal."""
        if self.ran_out_of_time:
            return NotUsable("timeout", "Reading it took too long.", refuse=False)
        return NotUsable("crashed", "Reading it made the reader crash.", refuse=False)


class LimitedProcess:
    """A running child. Used by one thread at a time."""

    def __init__(self, memory_bytes: int = MEMORY_BYTES, seconds: int = SECONDS) -> None:
        self._seconds = seconds
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter, our own module
            [sys.executable, "-m", "studies.limited_child", str(memory_bytes), str(seconds)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            env=_environment(),
            bufsize=0,
        )
        self._questions: IO[bytes] = self._process.stdin  # type: ignore[assignment]
        self._answers: IO[bytes] = self._process.stdout  # type: ignore[assignment]
        self._poll = select.poll()
        self._poll.register(self._answers, select.POLLIN)
        with contextlib.suppress(OSError):  # a wider pipe is faster, not needed
            fcntl.fcntl(self._answers, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        self._asked = self._answered = 0
        self._is_spent = False

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    @property
    def has_life_left(self) -> bool:
        """Young and slim: one more question may be sent."""
        return not self._is_spent and self._asked < REQUESTS_A_LIFE

    @property
    def may_serve_again(self) -> bool:
        """As above, and in step: a caller that was interrupted leaves answers behind."""
        return self.has_life_left and self._asked == self._answered and self.is_alive

    def send(self, question: dict[str, Any]) -> None:
        """Put a question into the pipe. Raises Broken when nobody is there to read it."""
        text = json.dumps(question).encode()
        self._asked += 1
        try:
            self._questions.write(REQUEST.pack(len(text)) + text)
        except OSError:
            raise self._broken() from None

    def receive(self) -> tuple[dict[str, Any], bytes] | NotUsable:
        """The next answer. Raises Broken when it does not come in time."""
        grace = START_SECONDS if not self._answered else 0
        deadline = time.monotonic() + self._seconds + grace
        text_size, data_size = ANSWER.unpack(self._read(ANSWER.size, deadline))
        facts: dict[str, Any] = json.loads(self._read(text_size, deadline))
        data = bytes(self._read(data_size, deadline))
        self._answered += 1
        if facts.pop("resident") > RESIDENT_BYTES_A_LIFE or facts.pop("is_spent", False):
            self._is_spent = True
        if detail := facts.pop("detail", ""):
            logger.warning("An object could not be read: %s", detail)
        if "code" in facts:
            return NotUsable(facts["code"], facts["sentence"], refuse=facts["refuse"])
        return facts, data

    def _read(self, size: int, deadline: float) -> bytearray:
        got = bytearray()
        while len(got) < size:
            left = deadline - time.monotonic()
            if left <= 0 or not self._poll.poll(left * 1000):
                self.end()
                raise Broken("it took too long", ran_out_of_time=True)
            piece = os.read(self._answers.fileno(), min(PIECE_BYTES, size - len(got)))
            if not piece:
                raise self._broken()
            got += piece
        return got

    def _broken(self) -> Broken:
        """How it ended, from its exit status."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=1)
        status = self._process.returncode
        self.end()
        return Broken(f"exit status {status}", ran_out_of_time=status == -signal.SIGXCPU)

    def end(self) -> None:
        """Kill it, and leave neither pipe nor zombie behind."""
        self._is_spent = True
        self._process.kill()
        self._process.wait()
        for pipe in (self._questions, self._answers):
            with contextlib.suppress(OSError):
                pipe.close()


def _environment() -> dict[str, str]:
    """Little: no secrets of the parent, one thread a library, no bytecode files."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return kept | {
        "LANG": "C.UTF-8",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONWARNINGS": "ignore",
    }
