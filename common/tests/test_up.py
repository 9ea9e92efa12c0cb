"""`manage.py up` as a person meets it: the whole department, killed and interrupted."""

import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from typing import Any

import psycopg2
import pytest

from common import engines
from common.place import Place
from common.supervisor.leftovers import born

PROGRAMS = {"postgres", "valkey", "web-1", "web-2", "worker", "clock", "listener"}


def parts(url: str) -> Any:
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=20) as answer:
            return json.load(answer)["parts"]
    except urllib.error.HTTPError as answer:
        return json.load(answer)["parts"]


def until(condition, seconds=20.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def is_well(url: str) -> bool:
    try:
        return set(parts(url).values()) == {"ok"}
    except (OSError, ValueError):
        return False


def processes_under(folder) -> list[int]:
    """Everybody whose environment or command line names this data folder."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with (
                open(f"/proc/{pid}/environ", "rb") as environ,
                open(f"/proc/{pid}/cmdline", "rb") as line,
            ):
                if os.fsencode(folder) in environ.read() + line.read() and born(int(pid)):
                    found.append(int(pid))
        except OSError:
            continue
    return found


@pytest.mark.slow
@pytest.mark.kills
@pytest.mark.timeout(300)
def test_every_killed_program_is_back_within_seconds_and_no_page_is_refused(up):
    one = up("--no-demo").await_ready()
    assert set(one.pids()) == PROGRAMS
    for name in ("web-1", "worker", "clock", "listener", "valkey", "postgres"):
        old = one.kill(name)

        with urllib.request.urlopen(f"{one.url}/healthz", timeout=20) as answer:
            assert answer.status == 200
        until(lambda name=name, old=old: one.pids()[name] != old, 5)

    until(lambda: is_well(one.url), 60)
    assert one.interrupt() == 0
    assert processes_under(one.data) == []


@pytest.mark.slow
@pytest.mark.kills
@pytest.mark.timeout(300)
def test_kill_9_of_the_supervisor_leaves_no_orphan_and_the_next_start_recovers(up):
    one = up("--no-demo").await_ready()
    place = Place.at(one.data)
    with psycopg2.connect(
        host=str(place.run), user=engines.USER, dbname=engines.DATABASE
    ) as connection:
        connection.cursor().execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
    connection.close()

    one.process.kill()
    one.process.wait()

    until(lambda: processes_under(one.data) == [], 20)
    again = up("--no-demo", in_folder=one.folder)
    began = time.monotonic()
    again.await_ready()
    assert time.monotonic() - began < 30
    assert is_well(again.url)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_second_start_on_the_same_folder_says_who_is_there(up):
    one = up("--no-demo")
    one.await_words("Starting the database")

    second = up("--no-demo", in_folder=one.folder)

    assert second.process.wait(30) == 1
    assert f"already running (process {one.process.pid}" in second.says()


@pytest.mark.slow
def test_ctrl_c_in_the_middle_of_the_first_start_is_clean_and_the_next_one_goes_on(up):
    one = up("--no-demo")
    one.await_words("Applying")

    assert one.interrupt() == 130

    assert processes_under(one.data) == []
    up("--no-demo", in_folder=one.folder).await_ready()


@pytest.mark.parametrize("flag", ["--port", "--dicom-port"])
def test_a_taken_port_is_one_sentence_and_nothing_is_left_running(up, flag):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        one = up("--no-demo", flag, str(port))

        assert one.process.wait(30) == 1
    assert one.says().startswith(f"Port {port} on 127.0.0.1 is taken by another program")
    assert f"with {flag}.\n" in one.says()
    assert processes_under(one.data) == []


def test_the_demonstration_is_not_shown_to_other_machines(up):
    one = up("--host", "0.0.0.0")  # noqa: S104

    assert one.process.wait(30) == 1
    assert "served on loopback addresses only" in one.says()
    assert len(one.says().splitlines()) == 1


def test_a_data_folder_that_cannot_be_written_is_one_sentence(up, tmp_path):
    (tmp_path / "a-file").write_text("")

    one = up("--no-demo", "--data-dir", str(tmp_path / "a-file" / "data"))

    assert one.process.wait(30) == 1
    assert one.says() == f"{tmp_path}/a-file/data cannot be used: Not a directory.\n"


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_two_copies_run_side_by_side_and_twice_ctrl_c_is_at_once(up):
    first, second = up("--no-demo"), up("--no-demo")
    first.await_ready()
    second.await_ready()
    assert first.url != second.url

    second.process.send_signal(signal.SIGINT)
    time.sleep(0.1)
    began = time.monotonic()
    second.process.send_signal(signal.SIGINT)
    assert second.process.wait(20) == 0

    assert time.monotonic() - began < 5
    assert is_well(first.url)


@pytest.mark.slow
def test_other_commands_find_the_engines_of_a_running_department(up):
    one = up("--no-demo").await_ready()

    done = subprocess.run(
        [*one.manage, "showmigrations", "staff"],
        env=one.env,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "[X] 0001" in done.stdout


@pytest.mark.slow
def test_other_commands_start_the_engines_for_themselves(up):
    one = up("--no-demo")
    one.await_words("Starting web")
    one.interrupt()

    done = subprocess.run(
        [*one.manage, "showmigrations", "staff"],
        env=one.env,
        capture_output=True,
        text=True,
        check=False,
    )

    assert "[X] 0001" in done.stdout
    assert processes_under(one.data) == []
