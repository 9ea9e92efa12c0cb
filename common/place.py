"""The data folder of one department: what lies where, whose turn it is, and its secret key."""

import errno
import fcntl
import hashlib
import os
import secrets
import shutil
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO

LONGEST_SOCKET_FOLDER = 80  # bytes; a unix socket's whole path must stay under 108
LEAST_FREE_BYTES = 300 * 1024**2


class Unusable(Exception):
    """Something outside stops us; the text is one sentence that says what to do."""


@dataclass(frozen=True)
class Place:
    """A data folder. Everything of this department that outlives a process is in it."""

    data: Path

    @classmethod
    def at(cls, folder: str | Path) -> "Place":
        return cls(Path(folder).expanduser().resolve())

    @property
    def log(self) -> Path:
        return self.data / "log"

    @property
    def database(self) -> Path:
        return self.data / "postgres"

    @property
    def broker(self) -> Path:
        return self.data / "valkey"

    @cached_property
    def run(self) -> Path:
        """Sockets and ready marks. In the temporary folder when the data folder's path is long."""
        inside = self.data / "run"
        if len(os.fsencode(inside)) <= LONGEST_SOCKET_FOLDER:
            return inside
        name = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"imaging-dept-{os.geteuid()}-{name}"

    @property
    def figures(self) -> Path:
        """Where web processes write down what they count."""
        return self.run / "figures"

    def forget_figures(self) -> None:
        """Processes count from nought when they start; what dead ones counted is over."""
        for old in self.figures.glob("*.db"):
            old.unlink(missing_ok=True)

    def make(self) -> None:
        """Make the folders, or raise Unusable: not writable, somebody else's, or nearly full."""
        try:
            for folder in (self.data, self.log, self.data / "tmp", self.data / "static"):
                folder.mkdir(parents=True, exist_ok=True)
            self.run.mkdir(mode=0o700, exist_ok=True)
            self.figures.mkdir(mode=0o700, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.data) as probe:
                probe.write(b"?")
        except OSError as why:
            raise Unusable(sentence_about(why, self.data)) from why
        if self.run.stat().st_uid not in {os.geteuid(), 65534}:
            raise Unusable(f"{self.run} belongs to somebody else; set TMPDIR to a folder of yours.")
        free = shutil.disk_usage(self.data).free
        if free < LEAST_FREE_BYTES:
            raise Unusable(
                f"The disk of {self.data} is full: {free // 1024**2} MB are free, and "
                f"{LEAST_FREE_BYTES // 1024**2} MB are needed; make room, or choose another "
                "--data-dir."
            )

    def tidy(self) -> None:
        """After everything has stopped: leave nothing in the temporary folder."""
        if self.run.parent != self.data:
            shutil.rmtree(self.run, ignore_errors=True)

    def secret_key(self) -> str:
        """The department's own key, made at the first start and readable by its owner alone."""
        path = self.data / "secret-key"
        if not path.exists():
            half = path.with_suffix(".half")
            half.unlink(missing_ok=True)
            with open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
                stream.write(secrets.token_urlsafe(64))
            half.rename(path)
        return path.read_text().strip()


class Lock:
    """One department at a time per data folder. Let go of by the kernel, whatever kills us."""

    def __init__(self, place: Place) -> None:
        self.path = place.data / "lock"
        self.stream: IO[str] | None = None

    def take(self) -> bool:
        """False when another process holds it."""
        stream = self.path.open("a+")
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            stream.close()
            return False
        self.stream = stream
        self.say(f"process {os.getpid()}")
        return True

    def say(self, words: str) -> None:
        """Leave word for whoever finds the lock taken."""
        if self.stream is not None:
            self.stream.truncate(0)
            self.stream.write(words)
            self.stream.flush()

    def holder(self) -> str:
        return self.path.read_text().strip()

    def release(self) -> None:
        if self.stream is not None:
            self.stream.close()
            self.stream = None


def is_running(place: Place) -> bool:
    """Whether somebody holds this folder now."""
    if not (place.data / "lock").exists():
        return False
    lock = Lock(place)
    if not lock.take():
        return True
    lock.release()
    return False


def sentence_about(why: OSError, path: object) -> str:
    """What a person can do about a refused file operation."""
    if why.errno in {errno.ENOSPC, errno.EDQUOT}:
        return f"The disk of {path} is full; make room or choose another --data-dir."
    if why.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return f"{why.filename or path} may not be written; choose another --data-dir."
    return f"{path} cannot be used: {why.strerror or why}."
