"""Looks after the children: in order up, always there, in reverse order down."""

import errno
import os
import signal
import time
from collections.abc import Callable
from types import FrameType

from common.place import Place
from common.supervisor.child import Child, NotReady, how_it_ended, say
from common.supervisor.leftovers import note_children
from common.supervisor.program import Program

TURN_SECONDS = 0.1  # how often children are looked at while they run
QUICK_TURN_SECONDS = 0.02  # … and while somebody waits for them
START_SECONDS = 120.0  # an idle machine needs three
FORCED_SECONDS = 3.0
LOG_TURN_SECONDS = 60.0


class Stopped(Exception):
    """Somebody asked us to stop while we were waiting for something."""


class Keeper:
    """The supervisor. One thread: the kernel ties PR_SET_PDEATHSIG to the thread that forks."""

    def __init__(self, place: Place, tell: Callable[[str], None] = say) -> None:
        self.place = place
        self.tell = tell
        self.children: list[Child] = []
        self.stop_requests = 0

    def heed_signals(self) -> None:
        """Ctrl-C, SIGTERM and a closed terminal stop everything in order; twice, at once."""
        for which in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(which, self._note_stop)

    def _note_stop(self, _: int, __: FrameType | None) -> None:
        self.stop_requests += 1

    def do(self, program: Program, *, seconds: float = 600) -> int:
        """Run a program once, to its end. Its exit code."""
        child = self._child(program)
        child.start()
        try:
            self._wait(lambda: not child.is_alive, seconds, child)
        except (Stopped, NotReady):
            child.force()
            child.end()
            raise
        return child.process.returncode if child.process else 1

    def do_or_fail(self, program: Program) -> None:
        """Run a program once; NotReady with the end of its log if it fails."""
        child = self._child(program)
        if code := self.do(program):
            raise NotReady(f"{program.name} {how_it_ended(code)}. {why(child)}")

    def start(self, *programs: Program) -> None:
        """Start them together. `await_ready` waits for them."""
        for program in programs:
            child = self._child(program)
            self.children.append(child)
            child.start()
        note_children(self.place, self.children)

    def await_ready(self, *names: str, seconds: float = START_SECONDS) -> None:
        """Wait until each of them answers. NotReady says which did not, and the end of its log."""
        for child in self.children:
            if not names or child.name in names:
                self._wait(lambda child=child: child.is_ready, seconds, child)  # type: ignore[misc]

    def watch(self) -> None:
        """Keep them all running until somebody asks us to stop."""
        look_at_logs = time.monotonic() + LOG_TURN_SECONDS
        while not self.stop_requests:
            self.revive()
            if time.monotonic() > look_at_logs:
                look_at_logs = time.monotonic() + LOG_TURN_SECONDS
                for child in self.children:
                    child.cap_log()
            time.sleep(TURN_SECONDS)

    def revive(self) -> None:
        """One turn: whoever has died is started again."""
        happened = [words for child in self.children if (words := child.revive())]
        for words in happened:
            self.tell(words)
        if happened:
            note_children(self.place, self.children)

    def stop(self, *, engines: tuple[str, ...] = ("postgres", "valkey")) -> None:
        """Stop in reverse order: first those who use the engines, together; then the engines."""
        users = [child for child in self.children if child.name not in engines]
        for group in (users, [child for child in self.children if child.name in engines]):
            self._stop_group(group[::-1])
        self.children.clear()

    def _stop_group(self, group: list[Child]) -> None:
        for child in group:
            child.ask_to_stop()
        deadline = time.monotonic() + max((child.program.grace for child in group), default=0)
        while any(child.is_alive for child in group) and time.monotonic() < deadline:
            if self.stop_requests > 1:
                break
            time.sleep(QUICK_TURN_SECONDS)
        self._force(group)

    def _force(self, group: list[Child]) -> None:
        if any(child.is_alive for child in group):
            for child in group:
                child.force()
            deadline = time.monotonic() + FORCED_SECONDS
            while any(child.is_alive for child in group) and time.monotonic() < deadline:
                time.sleep(QUICK_TURN_SECONDS)
        for child in group:
            child.end()  # also whatever its group has left behind

    def _child(self, program: Program) -> Child:
        return Child(program, log_folder=self.place.log, mark_folder=self.place.run)

    def _wait(self, ready: Callable[[], bool], seconds: float, child: Child) -> None:
        """Turn until it is so. A child that dies before it ever answered is not started again."""
        deadline = time.monotonic() + seconds
        while not ready():
            if self.stop_requests:
                raise Stopped
            if time.monotonic() > deadline:
                raise NotReady(f"{child.name} did not answer within {seconds:.0f} s. {why(child)}")
            if child in self.children and not child.is_alive:
                code = child.process.returncode if child.process else None
                raise NotReady(f"{child.name} {how_it_ended(code)} while starting. {why(child)}")
            time.sleep(QUICK_TURN_SECONDS)


def why(child: Child) -> str:
    """Where to read on, and the last lines of it."""
    if child.program.on_screen:
        return "It says why above."
    words = child.last_words()
    if os.strerror(errno.ENOSPC) in words:
        return "The disk is full: make room, or choose another --data-dir."
    return f"The end of {os.path.relpath(child.log)}:\n{words}"
