"""manage.py inside .venv: finds or starts the engines a command needs, then hands on to Django."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module

from common.engines import Postgres
from common.environment import Department
from common.place import Lock, Unusable, is_running
from common.supervisor import Keeper, NotReady, Program
from common.supervisor.child import say
from common.supervisor.leftovers import await_leftovers

# These start Django in processes of their own, so they need not wait for it themselves.
BEFORE_DJANGO = {"up", "test", "lint"}
WITHOUT_ENGINES = {
    *("help", "--help", "-h", "version", "--version", "check", "collectstatic", "compilemessages"),
    *("diffsettings", "findstatic", "makemessages", "spectacular", "startapp"),
    *("play_modality", "write_conformance"),
}
ENGINES_SECONDS = 60.0


def run(argv: list[str]) -> None:
    """Run a management command."""
    name = argv[1] if len(argv) > 1 else "help"
    try:
        if name in BEFORE_DJANGO:
            import_module(f"common.management.commands.{name}").Command().run_from_argv(argv)
            return
        with surroundings(engines_needed=name not in WITHOUT_ENGINES):
            execute = import_module("django.core.management").execute_from_command_line
            execute(argv)
    except (Unusable, NotReady) as why:
        sys.exit(str(why))


@contextmanager
def surroundings(*, engines_needed: bool) -> Iterator[None]:
    """Everything a command reads from the environment, and its engines for as long as it runs."""
    department = Department.from_environment()
    engines_needed = engines_needed and bool(department.engines)
    department.place.make()
    os.environ.update(department.environment())
    if not engines_needed:
        yield
    elif is_running(department.place):
        await_database(department)
        yield
    else:
        with engines_of(department):
            yield


@contextmanager
def engines_of(department: Department, tell: Callable[[str], None] = say) -> Iterator[Keeper]:
    """The embedded engines, started for a while. The place is ours meanwhile."""
    lock = Lock(department.place)
    if not lock.take():
        raise Unusable(f"The department in {department.place.data} is running ({lock.holder()}).")
    keeper = Keeper(department.place, tell)
    try:
        await_leftovers(department.place)
        start_engines(keeper, department)
        yield keeper
    finally:
        keeper.stop()
        department.place.tidy()
        lock.release()


def start_engines(keeper: Keeper, department: Department) -> None:
    """Make the database's folder if it is not there, start the engines, wait until they answer."""
    programs: list[Program] = []
    for engine in department.engines:
        if isinstance(engine, Postgres):
            initialise(keeper, engine)
        programs.append(engine.program())
    keeper.start(*programs)
    keeper.await_ready(*(program.name for program in programs), seconds=ENGINES_SECONDS)


def initialise(keeper: Keeper, postgres: Postgres) -> None:
    postgres.check_version()
    initialisation = postgres.initialisation()
    if initialisation is not None:
        keeper.tell("Making the database's folder")
        keeper.do_or_fail(initialisation)
        postgres.keep_initialised()


def await_database(department: Department) -> None:
    """Somebody else starts the engines just now: wait until the database answers."""
    deadline = time.monotonic() + ENGINES_SECONDS
    for engine in department.engines:
        while not engine.answers():
            if time.monotonic() > deadline:
                raise Unusable(
                    f"The engines of {department.place.data} do not answer; see its log folder."
                )
            time.sleep(0.1)
