"""A running department: its programs, in what order they start, and what a person is told."""

import errno
import json
import os
import socket
import sys
import time
import urllib.error
import urllib.request
from contextlib import closing
from dataclasses import replace

from common.environment import Department
from common.launch import start_engines
from common.place import Lock, Unusable, sentence_about
from common.preparation import ROOT
from common.supervisor import Keeper, NotReady, Program, Stopped
from common.supervisor.leftovers import await_leftovers

WEB_PROCESSES = 2
WORKER_PROCESSES = 2
BACKLOG = 512
READY_SECONDS = 60.0
ACCOUNTS = "demo-accounts.txt"


def run_department(department: Department) -> int:
    """Start everything, keep it running, stop it when asked to. The exit code."""
    keeper = Keeper(department.place)
    keeper.heed_signals()
    lock: Lock | None = None
    try:
        refuse_public_demo(department)
        department.place.make()
        lock = take(department)
        with closing(listen_on(department.host, department.port)) as web_socket:
            start(keeper, lock, department, web_socket)
            keeper.watch()
        keeper.tell("Stopping (Ctrl-C again stops at once)")
        return 0
    except Stopped:
        keeper.tell("Stopping before everything was there; the next start takes it up again")
        return 130
    except (Unusable, NotReady) as why:
        sys.stderr.write(f"{why}\n")
        return 1
    except OSError as why:
        sys.stderr.write(f"{sentence_about(why, department.place.data)}\n")
        return 1
    finally:
        keeper.stop()
        if lock is not None:
            lock.release()
            keeper.tell("Stopped")


def refuse_public_demo(department: Department) -> None:
    """The demonstration department has known people in it: it is shown to this machine alone."""
    if department.is_on_loopback:
        return
    first_start = not (department.place.database.exists() or department.given.get("DATABASE_URL"))
    if (department.demo and first_start) or (department.place.data / ACCOUNTS).exists():
        raise Unusable(
            f"The demonstration department is served on loopback addresses only, and {department.host} is not "
            "one: use --host 127.0.0.1, or another --data-dir with --no-demo."
        )


def take(department: Department) -> Lock:
    lock = Lock(department.place)
    if not lock.take():
        raise Unusable(
            f"The department in {department.place.data} is already running ({lock.holder()})."
        )
    return lock


def start(keeper: Keeper, lock: Lock, department: Department, web_socket: socket.socket) -> None:
    """Up, in order: engines, tables, everybody else; then say so."""
    began = time.monotonic()
    os.chdir(ROOT)
    await_leftovers(department.place)
    department = replace(
        department, port=web_socket.getsockname()[1], dicom_port=free_dicom_port(department)
    )
    lock.say(f"process {os.getpid()}, {department.url}")
    keeper.tell("Starting the database and the broker")
    start_engines(keeper, department)
    env = department.environment()
    keeper.do_or_fail(preparation_of_database(env))
    keeper.tell("Starting web, worker, clock and DICOM listener")
    keeper.start(*programs(department, env, web_socket.fileno()))
    keeper.await_ready()
    await_all_well(keeper, department)
    greet(keeper, department, time.monotonic() - began)


def preparation_of_database(env: dict[str, str]) -> Program:
    return Program("prepare_database", manage("prepare_database"), env=env, on_screen=True)


def programs(department: Department, env: dict[str, str], web_fd: int) -> list[Program]:
    """Everybody but the engines."""
    celery = (sys.executable, "-m", "celery", "-A", "imaging_dept")
    web = (
        *(sys.executable, "-m", "uvicorn", "imaging_dept.asgi:application", "--fd", str(web_fd)),
        *(
            "--backlog",
            str(BACKLOG),
            "--no-access-log",
            "--log-level",
            "warning",
            "--no-server-header",
        ),
        *("--no-proxy-headers", "--timeout-graceful-shutdown", "2", "--timeout-keep-alive", "30"),
    )
    worker = (
        *(*celery, "worker", "-n", "worker@%h", "-c", str(WORKER_PROCESSES), "-l", "WARNING"),
        *("--without-gossip", "--without-mingle"),
    )
    clock = (
        *(*celery, "beat", "-l", "WARNING", "-s", str(department.place.data / "clock")),
        *("--pidfile", ""),
    )
    return [
        *(
            Program(f"web-{number}", web, env=env, grace=5, hand_down=(web_fd,))
            for number in range(1, WEB_PROCESSES + 1)
        ),
        Program("worker", worker, env=env, grace=15),
        Program("clock", clock, env=env, grace=5),
        Program(
            "listener",
            manage("listen"),
            env=env,
            grace=10,
            answers=lambda: answers(dicom_address(department)),
        ),
    ]


def manage(*words: str) -> tuple[str, ...]:
    return (sys.executable, str(ROOT / "manage.py"), *words)


# ── ports ────────────────────────────────────────────────────────────────────────────────────────


def listen_on(host: str, port: int) -> socket.socket:
    """The web's listening socket. All web processes share it: one that dies refuses nobody."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        )[0]
        listening = socket.socket(family, kind, protocol)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Handed on to accepted connections by the kernel; uvicorn cannot know that it is TCP.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listening.bind(address)
        listening.listen(BACKLOG)
    except OSError as why:
        raise Unusable(sentence_about_port(why, host, port, "--port")) from why
    return listening


def free_dicom_port(department: Department) -> int:
    """The DICOM port, which nobody else must have taken. The listener itself binds it."""
    host, port = dicom_address(department)
    try:
        with socket.create_server((host, port)) as probe:
            return int(probe.getsockname()[1])
    except OSError as why:
        raise Unusable(sentence_about_port(why, host, port, "--dicom-port")) from why


def dicom_address(department: Department) -> tuple[str, int]:
    return department.given.get("DICOM_HOST") or department.host, department.dicom_port


def sentence_about_port(why: OSError, host: str, port: int, flag: str) -> str:
    if why.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is taken by another program: stop that one, or choose another {flag}."
    if why.errno == errno.EACCES:
        return f"Port {port} needs rights that you do not have: choose another {flag} above 1023."
    return f"Nothing can listen on {host} port {port}: {why.strerror or why}."


def answers(address: tuple[str, int]) -> bool:
    try:
        with socket.create_connection(address, timeout=1):
            return True
    except OSError:
        return False


# ── the end of the start ─────────────────────────────────────────────────────────────────────────


def await_all_well(keeper: Keeper, department: Department) -> None:
    """Wait for /readyz to say that everything works together."""
    deadline = time.monotonic() + READY_SECONDS
    while ailing := what_ails(department.url):
        if keeper.stop_requests:
            raise Stopped
        if time.monotonic() > deadline:
            raise NotReady(f"Not ready: {ailing}. The log folder {department.place.log} says more.")
        time.sleep(0.1)


def what_ails(url: str) -> str:
    """Names of the parts that /readyz finds wanting; empty when all is well."""
    try:
        with urllib.request.urlopen(f"{url}readyz", timeout=10):  # noqa: S310  our own address
            return ""
    except urllib.error.HTTPError as answer:
        try:
            parts = json.load(answer)["parts"]
        except (ValueError, KeyError):
            return f"the web answers {answer.code}"
        return ", ".join(name for name, part in parts.items() if part != "ok")
    except OSError as why:
        return f"the web ({why})"


def greet(keeper: Keeper, department: Department, seconds: float) -> None:
    """Where to sign in, and with what."""
    accounts = department.place.data / ACCOUNTS
    if accounts.exists():
        keeper.tell(f"Sign in with the accounts of {accounts}:")
        for line in accounts.read_text().splitlines():
            keeper.tell(f"    {line}")
    host, port = dicom_address(department)
    title = department.given.get("DICOM_AE_TITLE", "IMAGING_DEPT")
    keeper.tell(
        f"DICOM: {title} on {host} port {port}. Started in {seconds:.1f} s. Ctrl-C stops everything."
    )
    sys.stdout.write(f"Ready: {department.url}\n")
    sys.stdout.flush()
