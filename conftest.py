"""What every test may ask for: people, a data folder, real programs, a real browser, samples."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pgtrigger
import pytest
import redis
from django.apps import apps
from django.contrib.auth.models import Group
from django.db.models import Model
from django.test import TransactionTestCase
from django.test.testcases import LiveServerThread
from hypothesis import settings as invented

from common import fresh
from common.preparation import ROOT
from common.tests.live import EndingServer
from common.tests.programs import RealPrograms, Up
from staff.models import User

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's loop beside live_server

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROWSER_FLAGS = [
    *("--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
    *("--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"),  # WebGL 2
]
REQUIRE_ALL = os.environ.get("REQUIRE_ALL") == "1"
skipped: dict[str, int] = {}

# Invented inputs: new ones with every run; where all must pass, always the same. No clock judges.
invented.register_profile("explore", deadline=None)
invented.load_profile("ci" if REQUIRE_ALL else "explore")


# ── what was not tested ──────────────────────────────────────────────────────────────────────────


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: "pytest.CallInfo[None]") -> Any:
    """Say why a test was skipped. REQUIRE_ALL=1: a skip is a failure."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail"):
        report.not_tested = str(call.excinfo.value) if call.excinfo else "skipped"
        if REQUIRE_ALL:
            report.outcome = "failed"
            report.longrepr = f"REQUIRE_ALL=1, and this was skipped: {report.not_tested}"
    return report


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Remember why tests were skipped, in the process that tells about all workers."""
    reason = getattr(report, "not_tested", "")
    if reason:
        skipped[reason] = skipped.get(reason, 0) + 1


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests come first: no worker is left with one when the others have ended."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    browser = {item.path for item in items if item.get_closest_marker("browser")}
    items.sort(key=lambda item: (item.path not in slow & browser, item.path not in slow | browser))


def pytest_unconfigure(config: pytest.Config) -> None:
    """The last lines say what was not tested, and how to get what is missing."""
    for reason, count in sorted(skipped.items()):
        config.get_terminal_writer().line(f"NOT TESTED ({count} tests): {reason}", yellow=True)


@pytest.fixture(autouse=True)
def nothing_drawn_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test draws its own live parts."""
    monkeypatch.setattr(fresh, "shelf", fresh.Shelf())


# ── people and files ─────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def person(db: None) -> Callable[..., User]:
    """`person("Technician")`: somebody who works here, with that role (or none)."""

    def employ(role: str = "", username: str = "", password: str | None = None) -> User:
        name = username or f"{role.lower() or 'nobody'}{User.objects.count()}"
        user = User.objects.create_user(name, password=password, first_name="Ada", last_name=name)
        user.is_staff = role == "Administrator"
        user.save()
        if role:
            user.groups.add(Group.objects.get(name=role))
        return user

    return employ


@pytest.fixture(autouse=True)
def data_folder(request: pytest.FixtureRequest, settings: Any, tmp_path: Path) -> Iterator[Path]:
    """Nothing a test keeps is found by another test, or by a running department.

    Tests with real programs share one folder with them, which is emptied after each.
    """
    if "real_programs" not in request.fixturenames:
        settings.DATA_DIR = tmp_path
    settings.HALF_WRITTEN = settings.DATA_DIR / "tmp"
    settings.HALF_WRITTEN.mkdir(exist_ok=True)
    yield settings.DATA_DIR
    if "real_programs" in request.fixturenames:
        empty(settings.DATA_DIR)


def empty(folder: Path) -> None:
    """Remove what a test has kept; the folders that programs expect stay."""
    for entry in folder.iterdir():
        if entry.name not in {"static", "tmp"}:
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of sample files that lies beside the project."""
    folder = Path(os.environ.get("SAMPLES_DIR") or ROOT.parent / "shared" / "samples")
    if not (folder / "samples.csv").exists():
        pytest.skip("The sample files are not beside the project: set SAMPLES_DIR to their folder.")
    return folder


# What a new department begins with: migrations fill these tables once.
BEGUN_WITH = (
    "patients.AskAgain",
    "worklist.Questionnaire",
    "worklist.Question",
    "reports.ReadingTarget",
)
first_rows: list[list[Model]] = []


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """The test database, and what its first rows were."""
    with django_db_blocker.unblock():
        first_rows[:] = [list(apps.get_model(name)._default_manager.all()) for name in BEGUN_WITH]


@pytest.fixture(autouse=True, scope="session")
def tables_are_emptied_to_their_beginning() -> Iterator[None]:
    """After a test that really commits, Django empties all tables. The trail would refuse, and
    what every department begins with comes back."""
    usual = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]

    def empty_all(case: TransactionTestCase) -> None:
        with pgtrigger.ignore("audit.Entry:entries_are_never_emptied"):
            usual(case)
        for rows in first_rows:
            type(rows[0])._default_manager.bulk_create(rows)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty_all)
        yield


# ── real programs ────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="session")
def real_programs(
    django_db_setup: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RealPrograms]:
    """Programs of the department on the test database, each started when first asked for."""
    programs = RealPrograms(tmp_path_factory.mktemp("programs"))
    yield programs
    programs.stop()


@pytest.fixture
def broker(settings: Any) -> "Iterator[redis.Redis]":
    """The broker, empty before and after."""
    with redis.Redis.from_url(settings.LIVE_URL) as client:
        client.flushdb()
        yield client
        client.flushdb()


@pytest.fixture
def worker(
    real_programs: RealPrograms, transactional_db: None, broker: "redis.Redis"
) -> Iterator[RealPrograms]:
    """A real Celery worker on the test database. Rows are really committed in such a test."""
    real_programs.start("worker")
    yield real_programs
    real_programs.await_idle_worker()
    real_programs.halt()  # else it would take what other tests commit


@pytest.fixture
def department(worker: RealPrograms) -> RealPrograms:
    """Web, worker and DICOM listener as real processes: `.url`, `.dicom_port`. No clock."""
    worker.start("web-1", "listener")
    return worker


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Callable[..., Up]]:
    """Start whole departments with `manage.py up`, each in its own folder, on free ports."""
    started: list[Up] = []

    def start(*flags: str, in_folder: Path | None = None, **env: str) -> Up:
        one = Up(in_folder or tmp_path / f"department-{len(started)}", flags, env)
        started.append(one)
        return one

    yield start
    for one in started:
        one.stop()


@pytest.fixture(scope="session")
def ending_server() -> Iterator[None]:
    """The live server hangs up when it ends."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(LiveServerThread, "server_class", EndingServer)
        yield


@pytest.fixture(scope="session")
def live_server(django_db_setup: None, ending_server: None, live_server: Any) -> Any:
    """The usual one; made after the test database, so that it ends before that is removed."""
    return live_server


@pytest.fixture(autouse=True)
def _answered_before_the_flush(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a page has asked for last is answered before the database is emptied: under load the
    two would wait for each other."""
    if "live_server" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("transactional_db")
    server = request.getfixturevalue("live_server").thread
    yield
    server.httpd.hang_up()


# ── tools that pip cannot bring ──────────────────────────────────────────────────────────────────


@pytest.fixture(scope="session")
def dcmtk() -> Callable[[str], str]:
    """The path of one of DCMTK's programs: `dcmtk("storescu")`."""

    def find(program: str) -> str:
        path = shutil.which(program)
        if path is None:
            pytest.skip("DCMTK is missing: `apt install dcmtk`.")
        return path

    return find


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's Chromium, with software WebGL and no calls home."""
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM)), None)
    if path is None:
        pytest.skip("Chromium is missing: `apt install chromium`, or set CHROMIUM to its path.")
    return {**browser_type_launch_args, "executable_path": path, "args": BROWSER_FLAGS}
