"""The supervisor with small stand-in programs: order, revival, patience, no orphans."""

import os
import signal
import subprocess
import sys
import time

import pytest

from common.place import Place
from common.supervisor import Keeper, NotReady, Program
from common.supervisor.child import delay_after
from common.supervisor.leftovers import await_leftovers, born, note_children

READY = "import os, pathlib, time; pathlib.Path(os.environ['READY_FILE']).touch(); "


@pytest.fixture
def place(tmp_path) -> Place:
    place = Place.at(tmp_path / "data")
    place.make()
    return place


@pytest.fixture
def keeper(place):
    keeper = Keeper(place, tell=lambda _: None)
    yield keeper
    keeper.stop_requests = 2
    keeper.stop()


def python(name: str, code: str, **details) -> Program:
    return Program(name, (sys.executable, "-c", code), **details)


def pid_of(keeper: Keeper, name: str) -> int:
    return next(c.process.pid for c in keeper.children if c.process and c.name == name)


def until(condition, seconds=10.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def test_a_program_is_ready_when_it_says_so(keeper):
    keeper.start(python("calm", READY + "time.sleep(60)"))

    keeper.await_ready("calm", seconds=10)

    assert keeper.children[0].is_alive


def test_a_program_that_dies_while_starting_is_named_with_its_last_words(keeper):
    keeper.start(python("broken", "print('the disk is on fire'); raise SystemExit(3)"))

    with pytest.raises(NotReady, match=r"(?s)broken ended with code 3.*the disk is on fire"):
        keeper.await_ready()


def test_a_program_that_never_answers_is_named(keeper):
    keeper.start(python("silent", "import time; time.sleep(60)"))

    with pytest.raises(NotReady, match="silent did not answer within 0 s"):
        keeper.await_ready(seconds=0.2)


def test_a_killed_program_is_back_at_once(keeper):
    keeper.start(python("calm", READY + "time.sleep(60)"))
    keeper.await_ready()
    first = pid_of(keeper, "calm")
    os.kill(first, signal.SIGKILL)
    began = time.monotonic()

    until(lambda: keeper.revive() or pid_of(keeper, "calm") != first)

    keeper.await_ready(seconds=10)
    assert time.monotonic() - began < 2


def test_patience_grows_only_for_a_program_that_keeps_dying():
    assert [delay_after(deaths) for deaths in range(5)] == [0, 0, 0.5, 1, 2]
    assert delay_after(50) == 30


def test_a_program_that_will_not_stop_is_ended(keeper):
    stubborn = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    keeper.start(python("stubborn", stubborn + READY + "time.sleep(60)", grace=0.2))
    keeper.await_ready()
    pid = pid_of(keeper, "stubborn")

    keeper.stop()

    assert born(pid) == 0


def test_users_of_the_engines_stop_before_the_engines(keeper, tmp_path):
    write = (
        "import signal, sys, time, pathlib; "
        "log = open({path!r}, 'a', buffering=1); "
        "signal.signal(signal.SIGTERM, lambda *_: (log.write({name!r} + ' '), sys.exit())); "
    )
    path = str(tmp_path / "order")
    for name in ("postgres", "web", "worker"):
        keeper.start(python(name, write.format(path=path, name=name) + READY + "time.sleep(60)"))
    keeper.await_ready()

    keeper.stop()

    order = (tmp_path / "order").read_text().split()
    assert sorted(order[:2]) == ["web", "worker"]
    assert order[2] == "postgres"


def test_a_log_is_kept_within_bounds_without_losing_its_writer(keeper, monkeypatch):
    monkeypatch.setattr("common.supervisor.child.LARGEST_LOG", 1000)
    keeper.start(python("talker", READY + "print('x' * 2000, flush=True); time.sleep(60)"))
    log = keeper.children[0].log
    until(lambda: log.stat().st_size > 1000)

    keeper.children[0].cap_log()

    assert log.stat().st_size == 0
    assert log.with_suffix(".log.1").stat().st_size > 1000


SUPERVISOR = """
import sys, time
from common.place import Place
from common.supervisor import Keeper, Program
keeper = Keeper(Place.at(sys.argv[1]))
child = (
    "import os, subprocess, sys, time, pathlib;"
    "from functools import partial;"
    "from common.processes import die_with_parent;"
    "grand = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'],"
    " preexec_fn=partial(die_with_parent, 9, os.getpid()));"
    "print(grand.pid, flush=True);"
    "pathlib.Path(os.environ['READY_FILE']).touch();"
    "time.sleep(600)"
)
keeper.start(Program("child", (sys.executable, "-c", child)))
keeper.await_ready()
print("ready", flush=True)
keeper.watch()
"""


def test_kill_9_of_the_supervisor_leaves_no_orphan_not_even_a_grandchild(place):
    supervisor = subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR, str(place.data)], stdout=subprocess.PIPE, text=True
    )
    with supervisor:
        assert supervisor.stdout is not None
        assert supervisor.stdout.readline() == "ready\n"
        grandchild = int((place.log / "child.log").read_text())
        assert born(grandchild)

        supervisor.kill()

    until(lambda: not born(grandchild), seconds=5)


def test_what_an_earlier_start_left_is_ended_before_the_next_goes_on(place, monkeypatch):
    monkeypatch.setattr("common.supervisor.leftovers.PATIENCE_SECONDS", 0.2)
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as left:

        class Left:
            name, process = "postgres", left

        note_children(place, [Left()])

        await_leftovers(place)

        assert left.wait(5) == -signal.SIGKILL


def test_a_process_that_merely_has_an_old_number_is_left_alone(place):
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as innocent:
        notes = place.run / "processes.json"
        notes.write_text(f'[{{"name": "postgres", "pid": {innocent.pid}, "born": 1}}]')

        await_leftovers(place)

        assert innocent.poll() is None
        innocent.kill()
