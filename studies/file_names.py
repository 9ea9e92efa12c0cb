"""Names that strangers gave to files: on media, in archives, in a browser. None becomes a path."""

from pathlib import PurePosixPath

LITTER = frozenset({".ds_store", "thumbs.db", "desktop.ini", "autorun.inf"})
ASIDE = "__MACOSX"  # where the Mac puts what its archives carry beside the files


def with_slashes(name: str) -> str:
    """How people read it, whatever system wrote it."""
    return name.replace("\\", "/")


def leads_out(name: str) -> bool:
    """Whether a name points elsewhere than below the folder it stands in."""
    path = PurePosixPath(with_slashes(name))
    return path.is_absolute() or ".." in path.parts or ":" in "".join(path.parts[:1])


def is_litter(name: str) -> bool:
    """What operating systems leave lying about beside the files that people mean."""
    path = PurePosixPath(with_slashes(name))
    last = path.name.lower()
    return ASIDE in path.parts or last.startswith("._") or last in LITTER
