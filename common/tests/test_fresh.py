"""Live parts: drawn once for everybody, again after a poke, and never from another's eyes."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.http import HttpResponse

from common import fresh
from common.fresh import Shelf, drawn_once
from common.live import poke

pytestmark = pytest.mark.usefixtures("broker")


class Easel:
    """Counts how often it draws, and draws the number."""

    def __init__(self) -> None:
        self.drawn = 0

    def __call__(self) -> HttpResponse:
        self.drawn += 1
        return HttpResponse(f"drawing {self.drawn}")


@pytest.fixture(autouse=True)
def noon(monkeypatch):
    monkeypatch.setattr("common.fresh.time.time", lambda: 12 * 3600.0)


def asked(rf, easel, seen_by="technicians", etag="", topics=("board",)):
    headers = {"If-None-Match": etag} if etag else {}
    return drawn_once(rf.get("/worklist/", headers=headers), topics, seen_by, easel)


def test_many_who_would_see_the_same_get_one_drawing(rf):
    easel = Easel()

    assert [asked(rf, easel).content for _ in range(5)] == [b"drawing 1"] * 5
    assert easel.drawn == 1


def test_whoever_has_it_already_gets_no_drawing_at_all(rf):
    easel = Easel()
    first = asked(rf, easel)

    again = asked(rf, easel, etag=first["ETag"])

    assert (again.status_code, again.content, easel.drawn) == (304, b"", 1)


def test_after_a_poke_it_is_drawn_again(rf):
    easel = Easel()
    first = asked(rf, easel)

    poke("board")

    assert asked(rf, easel, etag=first["ETag"]).content == b"drawing 2"


def test_a_poke_about_something_else_changes_nothing(rf):
    easel = Easel()
    first = asked(rf, easel)

    poke("study-1")

    assert asked(rf, easel, etag=first["ETag"]).status_code == 304


def test_people_who_see_different_things_never_share(rf):
    easel = Easel()

    assert asked(rf, easel, "technicians").content == b"drawing 1"
    assert asked(rf, easel, "engineers").content == b"drawing 2"


def test_the_next_minute_it_is_drawn_again_because_waits_are_said_in_minutes(rf, monkeypatch):
    easel = Easel()
    asked(rf, easel)

    monkeypatch.setattr("common.fresh.time.time", lambda: 12 * 3600.0 + 60)

    assert asked(rf, easel).content == b"drawing 2"


def test_while_valkey_is_away_it_is_drawn_each_time(rf, monkeypatch):
    easel = Easel()
    monkeypatch.setattr(fresh, "versions", lambda _topics: None)

    assert [asked(rf, easel).content for _ in range(2)] == [b"drawing 1", b"drawing 2"]


def test_two_who_ask_at_once_wait_for_one_drawing():
    shelf, both, drawn = Shelf(), Barrier(2), []

    def draw():
        drawn.append(1)
        return b"part"

    def ask(_number):
        both.wait()
        return shelf.take("part", draw)

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(ask, range(2))) == [b"part", b"part"]
    assert len(drawn) == 1


def test_the_shelf_forgets_what_nobody_asked_for_longest():
    shelf = Shelf(most=2)
    for key in ("a", "b", "c"):
        shelf.take(key, key.encode)

    assert shelf.take("a", lambda: b"drawn again") == b"drawn again"


def test_a_drawing_that_fails_is_tried_again_by_the_next():
    shelf = Shelf()

    def fail():
        raise ValueError("no paint")

    with pytest.raises(ValueError, match="no paint"):
        shelf.take("part", fail)
    assert shelf.take("part", lambda: b"part") == b"part"
