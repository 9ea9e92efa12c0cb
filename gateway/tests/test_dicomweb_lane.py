"""The quick way: for who has just come in, with good answers only, and the same ones."""

import os
import time
import zlib
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.core.exceptions import SynchronousOnlyOperation

from audit.models import Entry
from common.at_once import HasToWait
from gateway.dicomweb import lane, trail
from gateway.dicomweb.callers import callers
from gateway.dicomweb.neighbours import neighbours
from gateway.tests.asking import address
from staff.models import ApiToken
from studies.models import Instance
from studies.tests.filing import filed
from studies.tests.made_objects import an_image, ramp, saved

pytestmark = pytest.mark.django_db

STORED = 'multipart/related; type="application/octet-stream"; transfer-syntax=*'
LONG = 600.0  # seconds: however slow the machine, what was remembered still is
PICTURES = ("thumbnail", "rendered")


@pytest.fixture(autouse=True)
def _nobody_known_yet(monkeypatch):
    for memory in ("callers", "neighbours"):
        monkeypatch.setattr(f"gateway.dicomweb.{memory}.REMEMBERED_SECONDS", LONG)
    callers.forget()
    neighbours.forget()
    trail._noted.clear()
    cache.clear()
    yield
    callers.forget()
    neighbours.forget()


@pytest.fixture
def image(tmp_path):
    return filed(saved(an_image(ramp()), tmp_path / "a.dcm"), with_pictures=True)[0]


@pytest.fixture
def program(person):
    """A technician's program: what it shows, and whose it is."""

    def make(role="Technician", may=""):
        user, secret = person(role), ApiToken.new_secret()
        user.user_permissions.set(Permission.objects.filter(codename=may))
        ApiToken.objects.create(user=user, digest=ApiToken.digest_of(secret))
        return f"Bearer {secret}"

    return make


def asked(path, authorization="", host="localhost", **headers) -> Any:
    """A request as the server hands it over."""
    told = {"host": host, "accept": STORED, "authorization": authorization, **headers}
    return {
        "type": "http",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "scheme": "http",
        "server": ("127.0.0.1", 80),
        "client": ("127.0.0.7", 1),
        "root_path": "",
        "http_version": "1.1",
        "headers": [(k.replace("_", "-").encode(), v.encode()) for k, v in told.items() if v],
    }


def quick(scope) -> Any:
    """The quick way's answer, or None."""
    return lane.quick(scope)


def on_the_loop(scope) -> Any:
    """The same there where nothing may wait."""
    return lane.on_the_loop(scope)


def come_in(client, image, authorization):
    """By the full way."""
    answer = client.get(
        f"{address(image)}/frames/1", HTTP_AUTHORIZATION=authorization, HTTP_ACCEPT=STORED
    )
    assert answer.status_code == 200
    return answer


def test_a_stranger_is_left_to_the_full_way(image, program):
    path = f"{address(image)}/frames/1"

    assert quick(asked(path)) is None
    assert quick(asked(path, "Bearer nonsense")) is None
    assert quick(asked(path, program())) is None  # valid, but nobody has looked yet


def test_who_has_just_come_in_is_answered_the_same(client, image, program):
    key = program()
    usual = come_in(client, image, key)

    found = quick(asked(f"{address(image)}/frames/1", key))

    assert found.content == usual.content
    for header in ("ETag", "Cache-Control", "Content-Type", "Content-Length", "Vary"):
        assert found[header] == usual[header] or header == "Vary"


def test_a_person_with_a_session_goes_the_quick_way_too(client, image, person):
    client.force_login(person("Technician"))
    assert client.get(f"{address(image)}/frames/1", HTTP_ACCEPT=STORED).status_code == 200
    cookie = f"sessionid={client.cookies['sessionid'].value}"

    assert quick(asked(f"{address(image)}/frames/1", cookie=cookie)) is not None
    assert quick(asked(f"{address(image)}/frames/1", cookie="sessionid=other")) is None


def test_nobody_is_remembered_for_longer_than_a_second(client, image, program, monkeypatch):
    key, now = program(), time.monotonic()
    come_in(client, image, key)
    path = f"{address(image)}/frames/1"
    assert quick(asked(path, key)) is not None

    monkeypatch.setattr(time, "monotonic", lambda: now + 1.1 * LONG)

    assert quick(asked(path, key)) is None


def test_to_be_answered_quickly_does_not_lengthen_the_memory(client, image, program, monkeypatch):
    key, now = program(), time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now)
    come_in(client, image, key)
    path = f"{address(image)}/frames/1"
    monkeypatch.setattr(time, "monotonic", lambda: now + 0.6 * LONG)
    assert quick(asked(path, key)) is not None

    monkeypatch.setattr(time, "monotonic", lambda: now + 1.1 * LONG)

    assert quick(asked(path, key)) is None


def test_whoever_is_refused_is_not_remembered(client, image, program):
    key = program("Engineer")
    assert client.get(f"{address(image)}/frames/1", HTTP_AUTHORIZATION=key).status_code == 403

    assert quick(asked(f"{address(image)}/frames/1", key)) is None


def test_every_answer_that_is_not_good_is_left_to_the_full_way(client, image, program):
    key = program()
    come_in(client, image, key)

    for path, more in (
        (f"{address(image)}/frames/99", {}),
        (f"{address(image)}/frames/x", {}),
        (f"{address(image)}/frames/1", {"accept": "text/plain"}),
        (f"{address(image)}/frames/1", {"host": "elsewhere.example"}),
        ("/dicom-web/nothing/here", {}),
    ):
        assert quick(asked(path, key, **more)) is None


def test_a_rejected_image_is_left_to_the_full_way(client, image, program):
    reader, reviewer = program("", may="view_study"), program()
    for key in (reader, reviewer):
        come_in(client, image, key)
    Instance.objects.update(is_rejected=True)

    assert quick(asked(f"{address(image)}/frames/1", reader)) is None
    assert quick(asked(f"{address(image)}/frames/1", reviewer)) is not None


def test_plain_http_is_sent_on_to_https_by_the_full_way(client, image, program, monkeypatch):
    key = program()
    come_in(client, image, key)
    monkeypatch.setattr(lane._chain, "redirect", True)

    assert quick(asked(f"{address(image)}/frames/1", key)) is None


def test_what_is_taken_by_the_quick_way_stands_in_the_trail(client, image, program):
    key = program()
    come_in(client, image, key)

    quick(asked(address(image), key, accept="application/dicom"))

    entry = Entry.objects.get(verb="study.retrieved")
    assert entry.patient_id == image.series.study.patient_id
    assert entry.origin == "127.0.0.7"


def test_a_frame_takes_one_question_to_the_database_and_the_next_of_its_series_none(
    client, image, program, django_assert_num_queries
):
    key = program()
    come_in(client, image, key)
    path = f"{address(image)}/frames/1"
    quick(asked(path, key))
    neighbours.forget()

    for questions in (1, 1, 0):  # itself; all of its series; remembered
        with django_assert_num_queries(questions):
            assert quick(asked(path, key)).content


@pytest.fixture
def looked_at(client, image, program):
    """A program in the middle of a series: what it asks for next, waiting for nothing."""
    key = program()
    come_in(client, image, key)
    pictures = (asked(f"{address(image)}/{rest}", key, accept="image/jpeg") for rest in PICTURES)
    scopes = [asked(f"{address(image)}/frames/1", key), *pictures]
    scopes[-1]["query_string"] = b"viewport=256,256"
    for scope in scopes * 2:
        assert quick(scope)
    return scopes


def test_what_lies_in_memory_is_answered_on_the_loop_and_the_same(looked_at):
    for scope in looked_at:
        found = on_the_loop(scope)

        assert (found.status_code, found.content) == (200, quick(scope).content)


def forget_the_trail(_monkeypatch):
    trail._noted.clear()


def forget_the_series(_monkeypatch):
    neighbours.forget()


def empty_the_memory_of_files(monkeypatch):
    def away(*_):
        raise BlockingIOError

    monkeypatch.setattr(os, "preadv", away)


@pytest.mark.parametrize(
    "happens", [forget_the_trail, forget_the_series, empty_the_memory_of_files]
)
def test_what_has_to_be_waited_for_is_left_to_a_thread(looked_at, happens, monkeypatch):
    for scope in looked_at[:2]:  # what is rendered leaves another trail
        happens(monkeypatch)

        with pytest.raises(HasToWait):
            on_the_loop(scope)

        assert quick(scope)


def test_what_has_to_be_drawn_or_decoded_is_left_to_a_thread(looked_at):
    path = looked_at[0]["path"]
    drawn = {**looked_at[2], "path": f"{path}/rendered", "query_string": b"viewport=64,64"}

    with pytest.raises(HasToWait):
        on_the_loop(drawn)

    assert quick(drawn)


def test_what_was_rejected_is_remembered_for_no_longer_than_a_second(
    client, image, program, monkeypatch
):
    key, now = program("", may="view_study"), time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now)
    come_in(client, image, key)
    path = f"{address(image)}/frames/1"
    for _ in range(3):
        assert quick(asked(path, key)) is not None
    Instance.objects.update(is_rejected=True)
    assert client.get(path, HTTP_AUTHORIZATION=key).status_code == 404  # the full way remembers not

    monkeypatch.setattr(time, "monotonic", lambda: now + 1.1 * LONG)
    callers._known.update({k: (now + 9, user) for k, (_until, user) in callers._known.items()})

    assert quick(asked(path, key)) is None


def test_only_reading_below_the_root_goes_the_quick_way():
    assert lane.is_open_to(asked("/dicom-web/studies"))
    assert not lane.is_open_to(asked("/worklist/"))
    assert not lane.is_open_to(asked("/dicom-web/studies") | {"method": "POST"})


def test_metadata_is_sent_on_as_it_is_kept_to_whoever_takes_that(client, image, program):
    key = program()
    place = f"{address(image)}/metadata"
    ask = {"HTTP_AUTHORIZATION": key, "HTTP_ACCEPT": "application/dicom+json"}

    plain = client.get(place, **ask)
    packed = client.get(place, HTTP_ACCEPT_ENCODING="gzip, deflate", **ask)
    refused = client.get(place, HTTP_ACCEPT_ENCODING="gzip, deflate;q=0", **ask)

    assert packed["Content-Encoding"] == "deflate"
    assert zlib.decompress(b"".join(packed)) == b"".join(plain)
    assert packed["ETag"] != plain["ETag"]
    assert "Accept-Encoding" in packed["Vary"]
    assert not refused.has_header("Content-Encoding")


def test_only_what_is_asked_for_by_the_hundred_is_tried_on_the_loop(looked_at):
    instance = looked_at[0]["path"].removesuffix("/frames/1")
    series, _slash, _uid = instance.rpartition("/instances/")
    paths = [f"{instance}{rest}" for rest in ("", "/metadata", "/frames/1,1", "/bulkdata/00420011")]
    for path in (*paths, f"{series}/thumbnail", f"{series}/rendered"):
        with pytest.raises(HasToWait):
            on_the_loop({**looked_at[0], "path": path})


def test_a_question_to_the_database_on_the_loop_is_left_to_a_thread(looked_at, monkeypatch):
    def asks_the_database(_request):
        raise SynchronousOnlyOperation

    monkeypatch.setattr(lane, "_chain", asks_the_database)

    with pytest.raises(HasToWait):
        on_the_loop(looked_at[0])
