"""What is to run, and how it is to be treated."""

import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Program:
    """One program of the department. Signals and times (seconds) are how it likes to be stopped."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] | None = None
    stop_signal: int = signal.SIGTERM
    force_signal: int = signal.SIGKILL
    orphan_signal: int = signal.SIGKILL  # what the kernel sends it when the supervisor dies
    grace: float = 10
    hand_down: tuple[int, ...] = ()  # open file descriptors it inherits
    before: Callable[[], None] | None = None  # done by the new process before it is this program
    answers: Callable[[], bool] | None = None  # without it: it says so itself (READY_FILE)
    on_screen: bool = False  # writes to our own output instead of its log
