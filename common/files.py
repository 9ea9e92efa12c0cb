"""Bytes on disk that survive a power cut: written aside, synced, then named in one step.

Where many are waited for (`name_first`) the name comes before the sync, so that one turn of the
file system's journal takes both; nobody is told the name before its bytes and folder are synced.
"""

import errno
import hashlib
import os
import shutil
import time
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils import timezone

CHUNK = 1024 * 1024


class NoRoom(OSError):
    """There is not enough free space to keep another object safely."""


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that is safe on disk. `path` is relative to DATA_DIR; `size` is in bytes."""

    path: str
    size: int
    sha256: str


def absolute(path: str) -> Path:
    """The place of a kept file. Raises ValueError for a path that leaves DATA_DIR.

    By its words alone: asked with every frame, and the folders above may lie on other disks.
    """
    return _inside(os.fspath(settings.DATA_DIR), path)


@lru_cache(maxsize=4096)
def _inside(root: str, path: str) -> Path:
    place = os.path.normpath(os.path.join(root, path))
    if not place.startswith(root + os.sep):
        raise ValueError("That path leaves the data folder.")
    return Path(place)


def aside() -> Path:
    """A fresh name in the folder for half-written files, on the same file system as the rest."""
    return Path(settings.HALF_WRITTEN) / uuid.uuid4().hex


def chunks_of(source: Path) -> Iterable[bytes]:
    """A file's bytes in pieces, so that no size fills the memory."""
    with source.open("rb") as stream:
        while piece := stream.read(CHUNK):
            yield piece


def ensure_room() -> None:
    """Raise NoRoom while the disk is nearly full: refuse early, before bytes are half written."""
    root = Path(settings.DATA_DIR)
    try:
        free = shutil.disk_usage(root).free
    except FileNotFoundError:
        root.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(root).free
    if free < settings.LEAST_FREE_BYTES:
        raise NoRoom(errno.ENOSPC, "The disk is nearly full.")


def keep(pieces: Iterable[bytes], folder: str, suffix: str = "") -> KeptFile:
    """Write `pieces` durably under `folder`. Raises NoRoom or OSError; then nothing is left."""
    ensure_room()
    half = aside()
    digest, size = hashlib.sha256(), 0
    try:
        with half.open("xb") as stream:
            for piece in pieces:
                stream.write(piece)
                digest.update(piece)
                size += len(piece)
            stream.flush()
            os.fsync(stream.fileno())
        return KeptFile(_name(half, folder, suffix), size, digest.hexdigest())
    except BaseException:
        half.unlink(missing_ok=True)
        raise


def adopt(half: Path, folder: str, suffix: str = "") -> KeptFile:
    """Keep a file that already lies on the same file system: hash, sync, and name it."""
    digest, size = hashlib.sha256(), 0
    for piece in chunks_of(half):
        digest.update(piece)
        size += len(piece)
    with half.open("rb") as stream:
        os.fsync(stream.fileno())
    return KeptFile(_name(half, folder, suffix), size, digest.hexdigest())


def name_first(half: Path, folder: str, suffix: str = "") -> str:
    """Name a half-written file whose bytes are synced next, and its folder (`sync_folders`).

    Files of one second share a folder, so that one sync serves many. Raises OSError.
    """
    drawer = f"{int(time.time()) % 256:02x}"
    relative = _new_path(drawer + uuid.uuid4().hex[2:], folder, suffix)
    place = Path(settings.DATA_DIR) / relative
    try:
        half.rename(place)
    except FileNotFoundError:
        place.parent.mkdir(parents=True, exist_ok=True)
        half.rename(place)
    return str(relative)


def sync_folders(paths: Iterable[str]) -> None:
    """Make the names of kept files durable, each folder once, and new folders with them."""
    root = Path(settings.DATA_DIR)
    for folder in {os.path.dirname(path) for path in paths}:
        _sync_parents(root / folder, root)
        _sync_folder(root / folder)


@lru_cache(maxsize=1024)
def _sync_parents(folder: Path, root: Path) -> None:
    """Once is enough: folders stay."""
    for parent in folder.parents:
        _sync_folder(parent)
        if parent == root:
            return


def keep_together(contents: Sequence[tuple[bytes, str]], folder: str) -> list[KeptFile]:
    """Keep small files, each with its suffix. Raises NoRoom or OSError; then nothing is left."""
    ensure_room()
    kept: list[KeptFile] = []
    try:
        for data, suffix in contents:
            half = aside()
            with half.open("xb", buffering=0) as stream:
                stream.write(data)
                path = name_first(half, folder, suffix)
                kept.append(KeptFile(path, len(data), hashlib.sha256(data).hexdigest()))
                os.fsync(stream.fileno())
        sync_folders(one.path for one in kept)
    except BaseException:
        for one in kept:
            remove(one.path)
        raise
    return kept


def remove(path: str) -> None:
    """Forget a kept file. Call it after the commit that let go of it; twice does no harm."""
    absolute(path).unlink(missing_ok=True)


def name_together(halves: Sequence[Path], folder: str, suffix: str = "") -> list[str]:
    """Move synced files to their final names in one folder, and sync the folders that lead there.

    When one cannot be moved, those that were are removed again.
    """
    near = Path(folder) / timezone.now().strftime("%Y/%m/%d") / uuid.uuid4().hex[:2]
    parent = Path(settings.DATA_DIR) / near
    if not parent.exists():
        _make_durable_folder(parent)
    names: list[str] = []
    try:
        for half in halves:
            name = f"{uuid.uuid4().hex}{suffix}"
            half.rename(parent / name)
            names.append(str(near / name))
        _sync_folder(parent)
    except BaseException:
        for named in names:
            remove(named)
        raise
    return names


def _name(half: Path, folder: str, suffix: str) -> str:
    [name] = name_together([half], folder, suffix)
    return name


def _new_path(name: str, folder: str, suffix: str) -> Path:
    return Path(folder) / timezone.now().strftime("%Y/%m/%d") / name[:2] / f"{name}{suffix}"


def _make_durable_folder(folder: Path) -> None:
    missing = [folder, *(parent for parent in folder.parents if not parent.exists())]
    folder.mkdir(parents=True, exist_ok=True)
    for made in missing:
        _sync_folder(made.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
