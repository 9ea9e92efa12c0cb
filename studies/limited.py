"""Ask the limited child about received bytes: facts, pictures, frames, bulk values.

Workers and web processes call the functions below. Each process keeps up to `READERS` children,
started when first needed; a child that hangs, crashes or grows is killed and replaced, and the
question that did it is answered with NotUsable (`timeout`, `crashed`, `out_of_memory`).
Safe in threads and across forks.
"""

import atexit
import contextlib
import logging
import os
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from common.at_once import waits
from studies.facts import DecodedFrame, InstanceFacts, NotUsable, Picture
from studies.limited_process import Broken, LimitedProcess

logger = logging.getLogger(__name__)

READERS = 2  # children a process may keep
PIPELINED = 8  # questions sent ahead of the answers


class Readers:
    """A few children, shared by the threads of one process."""

    def __init__(self, size: int) -> None:
        self._idle: list[LimitedProcess] = []
        self._lock = threading.Lock()
        self._places = threading.BoundedSemaphore(size)
        # A child dies with the *thread* that started it (prctl(2)), so one thread that lives as
        # long as this process starts them all.
        self._starter = ThreadPoolExecutor(max_workers=1, thread_name_prefix="readers")

    @contextlib.contextmanager
    def one(self) -> Iterator[LimitedProcess]:
        """A child for one caller; put back when it may serve again."""
        with self._places:
            child = self._take()
            try:
                yield child
            finally:
                self._put_back(child)

    def _take(self) -> LimitedProcess:
        with self._lock:
            while self._idle:
                child = self._idle.pop()
                if child.is_alive:
                    return child
                child.end()
        return self._starter.submit(LimitedProcess).result()

    def _put_back(self, child: LimitedProcess) -> None:
        if child.may_serve_again:
            with self._lock:
                self._idle.append(child)
        else:
            child.end()

    def end(self) -> None:
        """End every idle child, and let the starting thread go."""
        with self._lock:
            for child in self._idle:
                child.end()
            self._idle.clear()
        self._starter.shutdown(wait=False)

    @property
    def pids(self) -> list[int]:
        """The idle children's process ids."""
        with self._lock:
            return [child.pid for child in self._idle]


_readers = Readers(READERS)


def _start_afresh() -> None:
    """After a fork the children belong to the parent: forget them without touching them."""
    global _readers  # noqa: PLW0603 - one pool a process
    _readers = Readers(READERS)


os.register_at_fork(after_in_child=_start_afresh)


def _end() -> None:
    _readers.end()


atexit.register(_end)


def read_facts(path: str | os.PathLike[str]) -> InstanceFacts:
    """What the file is. Raises NotUsable with a sentence when it cannot be filed."""
    [found] = read_many([path])
    if isinstance(found, NotUsable):
        raise found
    return found


def read_many(paths: Sequence[str | os.PathLike[str]]) -> list[InstanceFacts | NotUsable]:
    """Facts of many files, in order; a file that cannot be read answers with its NotUsable."""
    questions = [{"do": "facts", "path": os.fspath(path)} for path in paths]
    return [
        found if isinstance(found, NotUsable) else InstanceFacts.from_plain(*found)
        for found in _ask(questions)
    ]


def draw(  # noqa: PLR0913 - every argument names one wish about the picture
    path: str | os.PathLike[str],
    *,
    frame: int | None = None,
    size: int | None = 256,
    window: tuple[float, float] | None = None,
    image_format: str = "JPEG",
    quality: int = 85,
    telling: bool = False,
    region: tuple[int, int, int, int] | None = None,
    function: str = "",
    annotation: Sequence[str] = (),
) -> Picture:
    """Draw one frame (counted from 0) so that its longer side is `size` pixels, None for its own.

    `window` is (centre, width) in the units of the modality, `function` how it is applied; `region`
    is left, top, width and height of a part (negative: mirrored). With `telling`, or no frame
    given, the child looks for a frame that shows something. What has no pixels, or pixels nobody
    can decode, is drawn as a pictogram. Raises NotUsable when the file cannot be read at all.
    """
    order = {
        "frame": None if telling else frame,
        "size": size,
        "window": window,
        "image_format": image_format,
        "quality": quality,
        "region": region,
        "function": function,
        "annotation": list(annotation),
    }
    facts, data = _one({"do": "draw", "path": os.fspath(path), "order": order})
    return Picture(data=data, **facts)


def draw_many(paths: Sequence[str | os.PathLike[str]], *, size: int) -> list[Picture | NotUsable]:
    """A telling frame of each file, in order; what cannot be read answers with its NotUsable."""
    order = {"frame": None, "size": size, "window": None, "image_format": "JPEG", "quality": 85}
    questions = [{"do": "draw", "path": os.fspath(path), "order": order} for path in paths]
    return [
        found if isinstance(found, NotUsable) else Picture(data=found[1], **found[0])
        for found in _ask(questions)
    ]


def decode(path: str | os.PathLike[str], frame: int) -> DecodedFrame:
    """One frame (counted from 0) as native samples, with the shape they have."""
    shape, data = _one({"do": "decode", "path": os.fspath(path), "frame": frame})
    return DecodedFrame(data=data, **shape)


def decoded_frame(path: str | os.PathLike[str], frame: int) -> bytes:
    """One frame (counted from 0) as the bytes Explicit VR Little Endian would have."""
    return decode(path, frame).data


def encodings(path: str | os.PathLike[str], frames: Sequence[int] = ()) -> list[str]:
    """The lossless transfer syntaxes in which frames (counted from 0; none: all) can be had as
    they are, as far as that is cheaply known: a later frame may still turn out to be damaged."""
    question = {"do": "encodings", "path": os.fspath(path), "frames": list(frames)}
    found: list[str] = _one(question)[0]["syntaxes"]
    return found


def compress(path: str | os.PathLike[str], frame: int, syntax: str) -> DecodedFrame:
    """One frame (counted from 0) in a lossless transfer syntax. Raises NotUsable (`not_exact`)."""
    question = {"do": "compress", "path": os.fspath(path), "frame": frame, "syntax": syntax}
    shape, data = _one(question)
    return DecodedFrame(data=data, **shape)


def bulk(path: str | os.PathLike[str], tag_path: str) -> bytes:
    """A bulk value, little-endian, by the path that follows "bulkdata/" in the header."""
    return _one({"do": "bulk", "path": os.fspath(path), "tag_path": tag_path})[1]


def plain(path: str | os.PathLike[str], *, explicit: bool) -> tuple[dict[str, Any], bytes]:
    """The object uncompressed but for its pixels: see `studies.pixels.plain.plain`."""
    return _one({"do": "plain", "path": os.fspath(path), "explicit": explicit})


def encapsulated(path: str | os.PathLike[str], syntax: str) -> tuple[dict[str, Any], bytes]:
    """The same compressed: see `studies.pixels.encapsulated.encapsulated`."""
    return _one({"do": "encapsulated", "path": os.fspath(path), "syntax": syntax})


def piece(path: str | os.PathLike[str], offset: int, length: int, word: int) -> bytes:
    """Bytes of the data set as it lies in the reader's buffer, words of `word` bytes swapped."""
    where = {"offset": offset, "length": length, "word": word}
    return _one({"do": "slice", "path": os.fspath(path), **where})[1]


Answered = tuple[dict[str, Any], bytes]


def _one(question: dict[str, Any]) -> Answered:
    [found] = _ask([question])
    if isinstance(found, NotUsable):
        raise found
    return found


@waits
def _ask(questions: Sequence[dict[str, Any]]) -> list[Answered | NotUsable]:
    """Ask one child everything, a few questions ahead; replace it when it breaks.

    A question that ends a child is asked once more, of a fresh one: somebody else may have killed
    the first. Time that ran out is not given twice.
    """
    answers: list[Answered | NotUsable] = []
    asked_again = -1
    while len(answers) < len(questions):
        try:
            with _readers.one() as child:
                _converse(child, questions, answers)
        except Broken as broken:
            logger.warning("A reader of received objects ended: %s", broken)
            at_fault = len(answers)
            if broken.ran_out_of_time or at_fault == asked_again:
                answers.append(broken.as_not_usable())
            else:
                asked_again = at_fault
    return answers


def _converse(
    child: LimitedProcess,
    questions: Sequence[dict[str, Any]],
    answers: list[Answered | NotUsable],
) -> None:
    """Fill `answers` until all questions are answered or the child has served enough."""
    waiting: deque[int] = deque()
    asked = len(answers)
    while len(answers) < len(questions) and (waiting or child.has_life_left):
        while asked < len(questions) and len(waiting) < PIPELINED and child.has_life_left:
            child.send(questions[asked])
            waiting.append(asked)
            asked += 1
        answers.append(child.receive())
        waiting.popleft()
