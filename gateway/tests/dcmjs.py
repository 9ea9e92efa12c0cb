"""dcmjs-dimse as its makers publish it, fetched for the tests alone, and its modality started."""

import contextlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from common.preparation import VENV
from gateway.tests.ohif import NODE

PACKAGE = "dcmjs-dimse@0.3.3"
KEPT = VENV / "dcmjs-dimse-0.3.3"
MODALITY = Path(__file__).with_name("dcmjs_modality.cjs")
FETCH_SECONDS = 300


def fetched() -> Path:
    """Where the library lies, fetched once. Skips the test when it cannot be had."""
    if not KEPT.exists():
        work = VENV / "dcmjs-fetching"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        (work / "package.json").write_text("{}")
        command = [*_npm(), "install", "--silent", "--ignore-scripts", "--no-audit", PACKAGE]
        try:
            subprocess.run(command, cwd=work, env=_env(), check=True, timeout=FETCH_SECONDS)
        except (subprocess.SubprocessError, OSError) as why:
            pytest.skip(f"{PACKAGE} cannot be fetched with npm: {why}")
        work.rename(KEPT)
    return KEPT


def _home() -> Path:
    return next(VENV.glob(NODE[0]))


def _npm() -> list[str]:
    return [str(_home() / "bin" / "node"), str(_home() / NODE[1])]


def _env() -> dict[str, str]:
    return {**os.environ, "PATH": f"{_home() / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"}


@dataclass
class Modality:
    """A running one; `hears()` is the next thing that it says."""

    process: "subprocess.Popen[str]"

    def hears(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "It has ended."
        said: dict[str, Any] = json.loads(line)
        return said


@contextlib.contextmanager
def performing(orders: dict[str, Any]) -> Iterator[Modality]:
    """It works off its orders, and listens until the block ends."""
    words = json.dumps(orders | {"library": str(fetched())})
    with subprocess.Popen(
        [str(_home() / "bin" / "node"), str(MODALITY), words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=_env(),
    ) as process:
        try:
            yield Modality(process)
        finally:
            process.terminate()
