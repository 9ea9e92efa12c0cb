"""What is done on the event loop itself, because it waits for nothing.

Within `at_once()` everything that would have to wait raises HasToWait instead; it is then done by a
thread. The loop's thread alone is meant: others never notice.
"""

import contextlib
import functools
import os
import threading
from collections.abc import Callable, Iterator
from typing import ParamSpec, TypeVar

MOST_BYTES = 1024 * 1024  # copied while everybody else on the loop stands still

Given = ParamSpec("Given")
Result = TypeVar("Result")

_room = bytearray(MOST_BYTES)


class _Thread(threading.local):
    waits_for_nothing = False


_thread = _Thread()


class HasToWait(Exception):
    """For a disk, a database, another process."""


@contextlib.contextmanager
def at_once() -> Iterator[None]:
    """Until the end of the block this thread waits for nothing."""
    _thread.waits_for_nothing = True
    try:
        yield
    finally:
        _thread.waits_for_nothing = False


def waits(function: Callable[Given, Result]) -> Callable[Given, Result]:
    """A function that may take its time. Within `at_once()` it is not begun."""

    @functools.wraps(function)
    def in_its_time(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        if _thread.waits_for_nothing:
            raise HasToWait(function.__qualname__)
        return function(*args, **kwargs)

    return in_its_time


def read_at(descriptor: int, length: int, offset: int) -> bytes:
    """`length` bytes of an open file from `offset`, fewer where it ends before.

    Within `at_once()` only what lies in memory, and not much of it.
    """
    if not _thread.waits_for_nothing:
        return os.pread(descriptor, length, offset)
    if length <= MOST_BYTES:
        room = memoryview(_room)[:length]
        # A file system that cannot tell what lies in memory says so by another OSError.
        with contextlib.suppress(OSError):
            if os.preadv(descriptor, [room], offset, os.RWF_NOWAIT) == length:
                return bytes(room)
    raise HasToWait(f"{length} bytes of a file")
