"""Places: each role sees its own, and only doors it can open."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from staff import places
from staff.context import frame
from staff.places import Count, Notice, Place, count_for, notices_for, places_of
from staff.roles import ROLES

pytestmark = pytest.mark.django_db


def test_every_role_has_places_and_every_place_is_known():
    assert set(places.ROLE_PLACES) == set(ROLES)
    assert {key for keys in places.ROLE_PLACES.values() for key in keys} <= set(places.PLACES)


def test_a_door_that_would_not_open_is_not_shown(person):
    technician, administrator = person("Technician"), person("Administrator")

    shown = {place.key for place, _path in places_of(technician)}

    assert "styleguide" not in shown
    assert "styleguide" in {place.key for place, _path in places_of(administrator)}


def test_somebody_without_a_role_has_no_place(person):
    assert list(places_of(person())) == []


def test_a_count_of_nothing_is_not_shown(person, monkeypatch):
    monkeypatch.setattr(places, "_counters", {})
    worklist = Place("worklist", "Worklist", "worklist:board", "worklist")
    waiting = [Count(0, "nobody"), Count(3, "3 waiting")]
    places.count_at("worklist")(lambda _user: waiting.pop())

    assert count_for(person("Technician"), worklist) == Count(3, "3 waiting")
    assert count_for(person("Technician"), worklist) is None


def test_trouble_is_told_first(person, monkeypatch):
    monkeypatch.setattr(places, "_notice_finders", [])
    places.finds_notices(
        lambda _user: [Notice("A check is due."), Notice("Late.", is_trouble=True)]
    )

    assert [notice.sentence for notice in notices_for(person("Engineer"))] == [
        "Late.",
        "A check is due.",
    ]


def test_a_stranger_gets_no_frame():
    request = RequestFactory().get("/")
    request.user = AnonymousUser()

    assert frame(request)["frame"] is None
