"""One running program: started, watched, started again, stopped."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from common import processes
from common.supervisor.program import Program

STEADY_SECONDS = 10.0  # having run so long, a death is an accident and not a habit
LONGEST_DELAY = 30.0
LARGEST_LOG = 20 * 1024**2
TAIL_LINES = 12


class NotReady(Exception):
    """A program did not come up; the text is the sentence and the end of its log."""


class Child:
    """A program and the process that is it at the moment."""

    def __init__(self, program: Program, *, log_folder: Path, mark_folder: Path) -> None:
        self.program = program
        self.log = log_folder / f"{program.name}.log"
        self.mark = mark_folder / f"{program.name}.ready"
        self.process: subprocess.Popen[bytes] | None = None
        self.started_at = 0.0
        self.not_before = 0.0
        self.rapid_deaths = 0

    @property
    def name(self) -> str:
        return self.program.name

    def start(self) -> None:
        """Become a process. It leads its own process group: Ctrl-C reaches the supervisor alone."""
        self.mark.unlink(missing_ok=True)
        self.cap_log()
        env = dict(self.program.env if self.program.env is not None else os.environ)
        env["READY_FILE"] = str(self.mark)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603  our own command lines
                self.program.argv,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=None if self.program.on_screen else log,
                stderr=None if self.program.on_screen else subprocess.STDOUT,
                pass_fds=self.program.hand_down,
                process_group=0,
                preexec_fn=first_steps(self.program, os.getpid()),  # noqa: PLW1509  one thread here
            )
        self.started_at = time.monotonic()

    @property
    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def is_ready(self) -> bool:
        if not self.is_alive:
            return False
        return self.program.answers() if self.program.answers else self.mark.exists()

    def revive(self) -> str:
        """Start it again if it has died and its turn has come. What happened, in words, or ""."""
        if self.is_alive or self.process is None:
            return ""
        now = time.monotonic()
        if not self.not_before:
            steady = now - self.started_at >= STEADY_SECONDS
            self.rapid_deaths = 0 if steady else self.rapid_deaths + 1
            self.not_before = now + delay_after(self.rapid_deaths)
        if now < self.not_before:
            return ""
        ended = how_it_ended(self.process.returncode)
        self.not_before = 0.0
        self.start()
        return f"{self.name} {ended}; started again"

    def ask_to_stop(self) -> None:
        self._signal(self.program.stop_signal)

    def force(self) -> None:
        self._signal(self.program.force_signal)

    def end(self) -> None:
        """The last means: the process and all of its group."""
        if self.process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def _signal(self, which: int) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(which)

    def cap_log(self) -> None:
        """Keep one older log beside the current one, each of a bounded size."""
        with suppress(FileNotFoundError):
            if self.log.stat().st_size > LARGEST_LOG:
                shutil.copyfile(self.log, self.log.with_suffix(".log.1"))
                os.truncate(self.log, 0)  # the process goes on writing to the same file

    def last_words(self) -> str:
        """The end of its log, for a person who must find out why."""
        with suppress(OSError):
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-TAIL_LINES:])
        return ""


def first_steps(program: Program, parent: int) -> Callable[[], None]:
    """What a new process does before it is the program."""

    def prepare() -> None:
        if program.before is not None:
            program.before()
        processes.die_with_parent(program.orphan_signal, parent)

    return prepare


def delay_after(rapid_deaths: int) -> float:
    """Seconds to wait: none after an accident, doubling for a program that keeps dying."""
    if rapid_deaths <= 1:
        return 0.0
    return float(min(LONGEST_DELAY, 0.5 * 2 ** (rapid_deaths - 2)))


def how_it_ended(code: int | None) -> str:
    if code is not None and code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return f"ended with code {code}"


def say(words: str) -> None:
    """One line for the person at the terminal, with the time of day."""
    sys.stdout.write(f"{time.strftime('%H:%M:%S')}  {words}\n")
    sys.stdout.flush()
