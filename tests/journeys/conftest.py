"""Programs that run beside a story."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

expect.set_options(timeout=20_000)  # real programs, each with its own pace, on two cores


@pytest.fixture
def begin(dcmtk: Callable[[str], str]) -> Iterator[Callable[..., "subprocess.Popen[bytes]"]]:
    """`begin("storescu", "-aet", …)`: a program of DCMTK's that runs while the story goes on, and
    ends with it however it ends."""
    begun: list[subprocess.Popen[bytes]] = []

    def start(program: str, *words: str | Path) -> "subprocess.Popen[bytes]":
        begun.append(subprocess.Popen([dcmtk(program), *map(str, words)]))
        return begun[-1]

    yield start
    for program in begun:
        if program.poll() is None:
            program.kill()
        program.wait()
