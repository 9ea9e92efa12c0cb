"""Storing and retrieving on the server as people run it: chunked, slow, cut off, and very large."""

import http.client
import io
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import cast
from urllib.parse import urlsplit

import pytest
from dicomweb_client import DICOMwebClient
from dicomweb_client.session_utils import create_session
from pydicom import dcmread

from gateway.tests.asking import address, parts_of
from gateway.tests.storing import BOUNDARY, RELATED
from staff.models import ApiToken
from studies.ingest import file_batch
from studies.models import IncomingFile, Instance
from studies.tests.filing import filed, renamed
from studies.tests.made_objects import an_image, ramp, saved

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

SECONDS = 60
LARGE = 500 * 1024**2
PIECE = bytes(1024**2)
TYPE = {"Content-Type": RELATED}
HEAD = f"--{BOUNDARY}\r\nContent-Type: application/dicom\r\n\r\n".encode()
TAIL = f"\r\n--{BOUNDARY}--\r\n".encode()


class Web:
    """One real web process, and a technician's token for it."""

    def __init__(self, url: str, pid: int, secret: str) -> None:
        self.url, self.pid = url, pid
        self.headers = {"Authorization": f"Bearer {secret}"}

    @property
    def place(self) -> tuple[str, int]:
        parts = urlsplit(self.url)
        return parts.hostname or "", parts.port or 0

    @contextmanager
    def send(self, method: str, path: str, body=None, **headers: str):
        """The answer, for as long as it is being read."""
        with closing(http.client.HTTPConnection(*self.place, timeout=SECONDS)) as connection:
            connection.request(method, path, body, self.headers | headers)
            yield connection.getresponse()

    def head(self, length: int, *, content_type: str = RELATED, **more: str) -> bytes:
        """What stands before the body of a store request."""
        fields = {"Host": "127.0.0.1", "Content-Type": content_type, "Content-Length": length}
        lines = [f"{name}: {value}" for name, value in (fields | more | self.headers).items()]
        return "\r\n".join(["POST /dicom-web/studies HTTP/1.1", *lines, "", ""]).encode()

    def begin(self, length: int, first: bytes) -> socket.socket:
        """A store request of which only the beginning comes."""
        line = socket.create_connection(self.place, timeout=SECONDS)
        line.sendall(self.head(length) + first)
        return line

    def peak_bytes(self) -> int:
        """The most memory it has held since `forget_peak`."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024

    def forget_peak(self) -> None:
        Path(f"/proc/{self.pid}/clear_refs").write_text("5")


@pytest.fixture
def web(real_programs, transactional_db, broker, person) -> Iterator[Web]:
    real_programs.start("web-1")
    secret = ApiToken.new_secret()
    digest = ApiToken.digest_of(secret)
    ApiToken.objects.create(user=person("Technician"), digest=digest, label="test")
    [pid] = [one.process.pid for one in real_programs.keeper.children if one.name == "web-1"]
    yield Web(real_programs.url, pid, secret)
    real_programs.halt()


def file_all() -> None:
    while file_batch():
        pass


def test_dicomweb_client_stores_in_chunks_and_finds_it_again(web, samples, tmp_path):
    sources = sorted((samples / "volume_ct_head_phantom").iterdir())[:4]
    datasets = [dcmread(path) for path in renamed(sources, tmp_path)]
    session = create_session()
    session.headers.update(web.headers)
    archive = DICOMwebClient(f"{web.url}/dicom-web", session=session, chunk_size=100_000)
    study = datasets[0].StudyInstanceUID

    told = archive.store_instances(datasets, study_instance_uid=study)
    file_all()
    came = archive.retrieve_study(study)

    assert [item.ReferencedSOPInstanceUID for item in told.ReferencedSOPSequence] == [
        dataset.SOPInstanceUID for dataset in datasets
    ]
    assert "FailedSOPSequence" not in told
    assert [dataset.PixelData for dataset in came] == [dataset.PixelData for dataset in datasets]
    session.close()


def test_slow_senders_keep_nobody_from_reading_and_leave_nothing(web, settings, eventually):
    large = [web.begin(10_000_000, HEAD + b"DICM") for _ in range(12)]
    small = [web.begin(1000, HEAD + b"DICM") for _ in range(12)]

    with web.send("GET", "/dicom-web/studies") as answer:
        assert (answer.status, answer.read()) == (200, b"[]")

    for line in large + small:
        line.close()
    with web.send("POST", "/dicom-web/studies", HEAD + b"x" * 200_000 + TAIL, **TYPE) as stored:
        assert stored.status == 409  # it has a thread again: the broken senders gave theirs back
    eventually(lambda: not any(settings.HALF_WRITTEN.iterdir()))
    assert not IncomingFile.objects.exists()


class Kept(io.BufferedReader):
    """A reader that an answer cannot close: it may hold the beginning of the next one."""

    def close(self) -> None:
        """Not yet."""


def answers_on(line: socket.socket, count: int) -> list[int]:
    """The status of so many answers of one connection, in order."""
    reader, found = Kept(socket.SocketIO(line, "r")), []
    for _ in range(count):
        shared = cast(socket.socket, SimpleNamespace(makefile=lambda *_: reader))
        answer = http.client.HTTPResponse(shared)
        answer.begin()
        answer.read()
        found.append(answer.status)
    return found


LARGE_BODY = HEAD + b"x" * 1_000_000 + TAIL
ASKING = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"


def test_what_follows_a_large_body_on_its_connection_is_answered_too(web):
    with closing(web.begin(len(LARGE_BODY), LARGE_BODY[:300_000])) as line:
        line.sendall(LARGE_BODY[300_000:])
        assert answers_on(line, 1) == [409]
        for part in (LARGE_BODY, LARGE_BODY):  # one connection, kept
            line.sendall(web.head(len(part)) + part)
            assert answers_on(line, 1) == [409]
        line.sendall(web.head(len(LARGE_BODY)) + LARGE_BODY + ASKING)
        assert answers_on(line, 2) == [409, 200]


def test_a_large_body_that_nobody_wanted_is_passed_over(web):
    head = web.head(len(LARGE_BODY), content_type="text/plain")
    with closing(socket.create_connection(web.place, timeout=SECONDS)) as line:
        line.sendall(head + LARGE_BODY[:200_000])
        assert answers_on(line, 1) == [415]
        line.sendall(LARGE_BODY[200_000:] + ASKING)
        assert answers_on(line, 1) == [200]


def test_a_sender_that_asks_first_is_told_to_go_on(web):
    head = web.head(len(LARGE_BODY), Expect="100-continue")
    with closing(socket.create_connection(web.place, timeout=SECONDS)) as line:
        line.sendall(head)
        assert line.recv(25) == b"HTTP/1.1 100 Continue\r\n\r\n"
        line.sendall(LARGE_BODY)
        assert answers_on(line, 1) == [409]


def test_several_ranges_come_in_parts_on_the_wire(web, tmp_path):
    path = saved(an_image(ramp(2048, 1024)), tmp_path / "a.dcm")
    [instance] = filed(path)
    whole = path.read_bytes()
    asked = {"Accept": "application/dicom", "Range": "bytes=0-1999999,-2000000"}

    for _way in ("the full way", "the quick way"):
        with web.send("GET", address(instance), **asked) as answer:
            body = answer.read()
        assert (answer.status, answer.headers["Content-Length"]) == (206, str(len(body)))
        parts = parts_of(answer.headers, body, "multipart/byteranges")
        assert [data for _head, data in parts] == [whole[:2000000], whole[-2000000:]]


def large_object(folder: Path) -> tuple[bytes, int]:
    """The head of an object of many empty frames, and how many bytes follow."""
    frame = ramp(512, 512)
    image = an_image(frame)
    frames = LARGE // image.Rows // image.Columns // 2
    image.NumberOfFrames = frames
    image.PixelData = b""
    following = frames * image.Rows * image.Columns * 2
    head = saved(image, folder / "head.dcm").read_bytes()
    assert head.endswith(b"\xe0\x7f\x10\x00OW\x00\x00\x00\x00\x00\x00")
    return head[:-4] + following.to_bytes(4, "little"), following


@pytest.mark.parametrize("says_its_length", [True, False])
def test_half_a_gigabyte_goes_in_and_out_without_filling_the_memory(web, tmp_path, says_its_length):
    head, following = large_object(tmp_path)
    length = {"Content-Length": str(len(HEAD) + len(head) + following + len(TAIL))}

    def body() -> Iterator[bytes]:
        yield HEAD + head
        for _ in range(following // len(PIECE)):
            yield PIECE
        yield bytes(following % len(PIECE)) + TAIL

    web.forget_peak()
    before = web.peak_bytes()
    known = length if says_its_length else {}
    with web.send("POST", "/dicom-web/studies", body(), **TYPE, **known) as stored:
        assert stored.status == 200, stored.read()
    file_all()
    instance = Instance.objects.select_related("series__study").get()
    path = f"/dicom-web/studies/{instance.series.study.study_instance_uid}"

    came = 0
    with web.send("GET", path, Accept='multipart/related; type="application/dicom"') as answer:
        while piece := answer.read(len(PIECE)):
            came += len(piece)

    apart = {"Accept": "application/dicom", "Range": f"bytes=0-{LARGE // 2},{LARGE // 2 + 9}-"}
    in_parts = 0
    with web.send("GET", address(instance), **apart) as answer:
        assert answer.status == 206
        while piece := answer.read(len(PIECE)):
            in_parts += len(piece)

    assert came > len(head) + following
    assert in_parts > following
    assert web.peak_bytes() - before < LARGE / 4
