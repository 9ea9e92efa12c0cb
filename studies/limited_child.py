"""The child that reads strangers' bytes: bounded in memory, time and reach, without Django.

Started by `limited` as `python -m studies.limited_child`. Requests come on standard input, each a
length and JSON; answers go to standard output, each two lengths, JSON and bytes. Whatever a
decoder does in here — loop, crash, eat memory — costs one answer and nothing else.
"""

import ctypes
import functools
import gc
import json
import os
import resource
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from studies.dicom import Header, facts_of_header, open_object
from studies.facts import NotUsable
from studies.limited_wire import ANSWER, REQUEST

PR_SET_PDEATHSIG = 1
CHILD_NICENESS = 5
RECURSION_LIMIT = 2000
MAX_MAPPED = 64 << 30  # a mapped file takes addresses, not memory
KEPT_HEADER_BYTES = 64 << 20

TOO_MUCH_MEMORY = NotUsable(
    "out_of_memory", "Reading it takes more memory than is allowed.", refuse=False
)
TOO_DEEP = NotUsable("too_deep", "Its parts lie too deep in one another.")
UNREADABLE = NotUsable("unreadable", "It could not be read.", refuse=False)

Answer = tuple[dict[str, Any], bytes]


class Limits:
    """What this process may use; re-armed for every request."""

    def __init__(self, memory_bytes: int, seconds: int) -> None:
        self.seconds = seconds
        self.addresses = _pages(0) + memory_bytes
        _, self._cpu_hard = resource.getrlimit(resource.RLIMIT_CPU)
        _, self._as_hard = resource.getrlimit(resource.RLIMIT_AS)

    def set_once(self) -> None:
        """No core files, no files at all, no life after the parent."""
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        os.nice(CHILD_NICENESS)
        sys.setrecursionlimit(RECURSION_LIMIT)
        parent = os.getppid()
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # it died before the line above
            sys.exit(0)

    def arm(self, path: str) -> None:
        """Give this request its own share of processor time and addresses."""
        used = resource.getrusage(resource.RUSAGE_SELF)
        soft = int(used.ru_utime + used.ru_stime) + self.seconds + 1
        resource.setrlimit(resource.RLIMIT_CPU, (soft, self._cpu_hard))
        mapped = min(_size(path), MAX_MAPPED)
        resource.setrlimit(resource.RLIMIT_AS, (self.addresses + mapped, self._as_hard))


def _pages(field: int) -> int:
    """A field of /proc/self/statm in bytes: 0 all addresses, 1 resident memory."""
    fields = Path("/proc/self/statm").read_text().split()
    return int(fields[field]) * resource.getpagesize()


def _size(path: str) -> int:
    try:
        return Path(path).stat().st_size
    except OSError:
        return 0


def _header(path: str) -> Header:
    """The header of a file; the last few stay at hand while the file stays the same."""
    try:
        status = Path(path).stat()
    except OSError as why:
        sentence = f"The file cannot be read: {why.strerror}."
        raise NotUsable("unreadable", sentence, refuse=False) from why
    if status.st_size > KEPT_HEADER_BYTES:
        _kept.cache_clear()  # keep no more than one large map
    return _kept(path, status.st_size, status.st_mtime_ns)


@functools.lru_cache(maxsize=2)
def _kept(path: str, _size: int, _changed: int) -> Header:
    return open_object(path)


def _facts(request: dict[str, Any]) -> Answer:
    facts = facts_of_header(open_object(request["path"]))
    return facts.to_plain(with_header=False), facts.header


def _draw(request: dict[str, Any]) -> Answer:
    from studies import pixels  # noqa: PLC0415 - numpy and codecs only where a picture is asked for

    order = pixels.PictureOrder(**request["order"])
    picture = pixels.draw(_header(request["path"]), order)
    fields = ("width", "height", "frame", "kind", "media_type", "fault")
    return {name: getattr(picture, name) for name in fields}, picture.data


def _decode(request: dict[str, Any]) -> Answer:
    from studies import pixels  # noqa: PLC0415

    frame = pixels.decoded_frame(_header(request["path"]), request["frame"])
    return frame.shape, frame.data


def _encodings(request: dict[str, Any]) -> Answer:
    from studies.pixels.compressing import encodings  # noqa: PLC0415

    return {"syntaxes": encodings(_header(request["path"]), request["frames"])}, b""


def _compress(request: dict[str, Any]) -> Answer:
    from studies.pixels.compressing import compressed_frame  # noqa: PLC0415

    frame = compressed_frame(_header(request["path"]), request["frame"], request["syntax"])
    return frame.shape, frame.data


def _bulk(request: dict[str, Any]) -> Answer:
    try:
        return {}, _header(request["path"]).bytes_of(request["tag_path"])
    except KeyError:
        raise NotUsable("no_such_bulk", "The object has no such value.", refuse=False) from None


def _plain(request: dict[str, Any]) -> Answer:
    from studies.pixels.plain import plain  # noqa: PLC0415

    return plain(_header(request["path"]), explicit=request["explicit"])


def _encapsulated(request: dict[str, Any]) -> Answer:
    from studies.pixels.encapsulated import encapsulated  # noqa: PLC0415

    return encapsulated(_header(request["path"]), request["syntax"])


def _slice(request: dict[str, Any]) -> Answer:
    offset, length, word = request["offset"], request["length"], request["word"]
    raw = bytearray(_header(request["path"]).buffer[offset : offset + length])
    if word > 1:  # big-endian words; whole ones only
        whole = len(raw) // word * word
        swapped = bytes(raw[:whole])
        for index in range(word):
            raw[index:whole:word] = swapped[word - 1 - index :: word]
    return {}, bytes(raw)


OPERATIONS: dict[str, Callable[[dict[str, Any]], Answer]] = {
    "facts": _facts,
    "draw": _draw,
    "decode": _decode,
    "encodings": _encodings,
    "compress": _compress,
    "bulk": _bulk,
    "plain": _plain,
    "encapsulated": _encapsulated,
    "slice": _slice,
}


def answer(request: dict[str, Any]) -> Answer:
    """Do what is asked; every failure becomes an answer."""
    try:
        return OPERATIONS[request["do"]](request)
    except NotUsable as known:
        return _refusal(known), b""
    except MemoryError:
        _kept.cache_clear()
        return {**_refusal(TOO_MUCH_MEMORY), "is_spent": True}, b""
    except RecursionError:
        return _refusal(TOO_DEEP), b""
    except Exception as surprise:  # a decoder's own words are no sentence for people
        where = traceback.extract_tb(surprise.__traceback__)[-1]
        detail = f"{type(surprise).__name__} at {Path(where.filename).name}:{where.lineno}"
        return {**_refusal(UNREADABLE), "detail": detail}, b""


def _refusal(why: NotUsable) -> dict[str, Any]:
    return {"code": why.code, "sentence": why.sentence, "refuse": why.refuse}


def _take_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Keep the pipes for ourselves: what libraries print must not end up among the answers."""
    requests, answers = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    return os.fdopen(requests, "rb"), os.fdopen(answers, "wb")


def serve(requests: BinaryIO, answers: BinaryIO, limits: Limits) -> None:
    """Answer until the pipe closes."""
    while head := requests.read(REQUEST.size):
        request = json.loads(requests.read(*REQUEST.unpack(head)))
        limits.arm(request["path"])
        facts, data = answer(request)
        facts["resident"] = _pages(1)
        text = json.dumps(facts).encode()
        answers.write(ANSWER.pack(len(text), len(data)))
        answers.write(text)
        answers.write(data)
        answers.flush()


def main() -> None:
    """Serve until the parent closes the pipe or dies."""
    requests, answers = _take_pipes()
    limits = Limits(int(sys.argv[1]), int(sys.argv[2]))
    limits.set_once()
    gc.freeze()
    serve(requests, answers, limits)


if __name__ == "__main__":
    main()
