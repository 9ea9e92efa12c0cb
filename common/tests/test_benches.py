"""Who shares a run of the tests, and what each is given."""

import json
import os

import pytest

from common import benches


@pytest.fixture(autouse=True)
def three_cores(monkeypatch):
    monkeypatch.setattr("common.benches.os.sched_getaffinity", lambda _: {0, 1, 2})


@pytest.mark.parametrize("arguments", [[], ["-m", "not slow"], ["-q", "-x"]])
def test_a_whole_run_takes_every_core(arguments):
    assert benches.benches_for(arguments) == 3


@pytest.mark.parametrize(
    "arguments", [[__file__], [f"{__file__}::test_it", "-x"], ["--pdb"], ["--collect-only"]]
)
def test_who_names_tests_or_watches_them_gets_one_process(arguments):
    assert benches.benches_for(arguments) == 1
    assert benches.flags_for(1) == []


@pytest.mark.parametrize(
    "arguments", [["-n", "2"], ["-n2", __file__], ["-q", "--numprocesses=2"]], ids=" ".join
)
def test_as_many_as_somebody_asks_for(arguments):
    assert benches.benches_for(arguments) == 2


def test_each_worker_sits_down_at_its_own_bench(monkeypatch):
    given = [{"DATABASE_URL": "first"}, {"DATABASE_URL": "second"}]
    monkeypatch.setenv("TEST_BENCHES", json.dumps(given))
    monkeypatch.setenv("DATABASE_URL", "first")
    monkeypatch.setenv("PYTEST_XDIST_WORKER", "gw1")

    benches.sit_down()

    assert os.environ["DATABASE_URL"] == "second"
