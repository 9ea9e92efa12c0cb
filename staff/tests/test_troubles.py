"""What the strip says when something is away."""

import shutil
from collections import namedtuple

import pytest

from common import health
from staff import troubles
from staff.models import User

Usage = namedtuple("Usage", "total used free")


def test_a_broker_that_answers_is_not_worth_a_word(monkeypatch):
    monkeypatch.setattr(health, "broker", lambda: "ok")

    assert troubles.broker_away(User()) == []


def test_a_broker_that_is_away_is_trouble_and_nothing_is_lost(monkeypatch):
    monkeypatch.setattr(health, "broker", lambda: "does not answer")

    (notice,) = troubles.broker_away(User())

    assert notice.is_trouble
    assert "Nothing is lost" in notice.sentence


@pytest.mark.parametrize(("free", "told"), [(10, True), (10**12, False)])
def test_storage_that_fills_up_is_told_in_time(monkeypatch, free, told):
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: Usage(10**12, 0, free))

    assert bool(troubles.storage_full(User())) is told
