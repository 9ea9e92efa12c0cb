"""PostgreSQL and Valkey as real processes: started as root too, killed, interrupted, guarded."""

import os
import signal
import tempfile
import threading
import time
from itertools import takewhile
from pathlib import Path

import psycopg2
import pytest
import redis

from common import engines, processes
from common.engines import Postgres, Valkey
from common.environment import Department
from common.launch import engines_of, start_engines
from common.place import Place, Unusable
from common.supervisor import Keeper, Stopped


def department(folder, *, durable=False) -> Department:
    return Department(place=Place.at(folder), durable=durable, given={})


@pytest.fixture
def keeper(tmp_path):
    """A supervisor whose folder is ready."""
    one = department(tmp_path / "data")
    one.place.make()
    keeper = Keeper(one.place, tell=lambda _: None)
    yield keeper
    keeper.stop()


def connect(place: Place):
    return psycopg2.connect(host=str(place.run), user=engines.USER, dbname=engines.DATABASE)


def rows(place: Place) -> int:
    with connect(place) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM kept")
        return int(cursor.fetchone()[0])


def kill(keeper: Keeper, name: str) -> None:
    """kill -9, then let the supervisor notice and bring it back."""
    child = next(child for child in keeper.children if child.name == name)
    assert child.process is not None
    os.kill(child.process.pid, signal.SIGKILL)
    child.process.wait()
    deadline = time.monotonic() + 20
    while not child.is_ready:
        assert time.monotonic() < deadline, child.last_words()
        keeper.revive()
        time.sleep(0.02)


@pytest.mark.slow
def test_killed_engines_come_back_with_everything_that_was_written(keeper, tmp_path):
    one = department(tmp_path / "data", durable=True)
    start_engines(keeper, one)
    with connect(one.place) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE kept AS SELECT generate_series(1, 10000) AS n")
    connection.close()
    broker = redis.Redis(unix_socket_path=str(Valkey(one.place).socket))
    broker.rpush("queue", *range(1000))

    kill(keeper, "postgres")
    kill(keeper, "valkey")

    assert rows(one.place) == 10_000
    assert broker.llen("queue") == 1000
    broker.close()


@pytest.mark.slow
def test_the_database_sorts_the_same_on_every_machine(tmp_path):
    one = department(tmp_path / "data")
    one.place.make()
    with engines_of(one, tell=lambda _: None), connect(one.place) as connection:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT datlocprovider, datlocale FROM pg_database WHERE datname = %s",
                [engines.DATABASE],
            )
            assert cursor.fetchone() == ("b", "C.UTF-8")
        connection.rollback()


def test_ctrl_c_during_initdb_leaves_nothing_that_the_next_start_trips_over(keeper, tmp_path):
    one = department(tmp_path / "data")
    half = Postgres(one.place).half_made

    def interrupt() -> None:
        deadline = time.monotonic() + 10
        while not (half / "PG_VERSION").exists() and time.monotonic() < deadline:
            time.sleep(0.001)
        keeper.stop_requests = 1

    interrupter = threading.Thread(target=interrupt)
    interrupter.start()
    with pytest.raises(Stopped):
        start_engines(keeper, one)
    interrupter.join()
    assert half.exists()
    assert not one.place.database.exists()

    keeper.stop_requests = 0
    start_engines(keeper, one)

    assert Postgres(one.place).answers()
    assert not half.exists()


def test_a_folder_of_another_version_is_refused_with_advice(tmp_path):
    one = department(tmp_path / "data")
    one.place.make()
    one.place.database.mkdir()
    (one.place.database / "PG_VERSION").write_text("15\n")

    with pytest.raises(Unusable, match=r"PostgreSQL 15 .* PostgreSQL 18: dump it"):
        Postgres(one.place).check_version()


def test_what_the_environment_names_is_not_started(tmp_path):
    place = Place.at(tmp_path)

    both = engines.wanted(place, {})
    broker_alone = engines.wanted(place, {"DATABASE_URL": "postgres://elsewhere/x"})

    assert set(engines.addresses(both)) == {"DATABASE_URL", "REDIS_URL"}
    assert set(engines.addresses(broker_alone)) == {"REDIS_URL"}
    assert engines.wanted(place, {"DATABASE_URL": "x", "REDIS_URL": "y"}) == []


if os.geteuid() == 0:  # only root can give up being root

    @pytest.mark.slow
    def test_root_without_namespaces_runs_the_database_as_nobody(tmp_path_factory, monkeypatch):
        monkeypatch.setattr(processes, "may_appear_unprivileged", lambda: False)
        folder = tmp_path_factory.mktemp("open")
        top = Path(tempfile.gettempdir())
        for parent in (folder, *takewhile(lambda one: one != top, folder.parents)):
            parent.chmod(0o755)
        one = department(folder / "data")
        one.place.make()

        with engines_of(one, tell=lambda _: None):
            assert Postgres(one.place).answers()

        assert one.place.database.stat().st_uid == processes.NOBODY

    def test_root_without_namespaces_is_told_which_folder_is_closed(tmp_path, monkeypatch):
        monkeypatch.setattr(processes, "may_appear_unprivileged", lambda: False)
        tmp_path.chmod(0o700)
        one = department(tmp_path / "data")
        one.place.make()

        with pytest.raises(Unusable, match="nobody else may enter"):
            Postgres(one.place).initialisation()
