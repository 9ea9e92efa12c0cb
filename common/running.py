"""A running department: in what order things start and stop, and what a person is told."""

import json
import os
import socket
import sys
import time
import urllib.error
import urllib.request
from contextlib import closing
from dataclasses import replace

from common import ports
from common.environment import Department
from common.launch import start_engines
from common.place import Lock, Unusable, sentence_about
from common.preparation import ROOT
from common.programs import preparation_of_database, programs
from common.supervisor import Keeper, NotReady, Stopped
from common.supervisor.leftovers import await_leftovers

READY_SECONDS = 120.0
INTERRUPTED = 130  # what shells expect after Ctrl-C


def run_department(department: Department) -> int:
    """Start everything, keep it running, stop it when asked to. The exit code."""
    keeper = Keeper(department.place)
    keeper.heed_signals()
    lock: Lock | None = None
    try:
        refuse_public_demo(department)
        department.place.make()
        lock = take(department)
        with closing(ports.listen_on(department.host, department.port)) as web_socket:
            start(keeper, lock, department, web_socket)
            keeper.watch()
        keeper.tell("Stopping (Ctrl-C again stops at once)")
        return 0
    except Stopped:
        keeper.tell("Stopping before everything was there; the next start takes it up again")
        return INTERRUPTED
    except (Unusable, NotReady) as why:
        return complain(str(why))
    except OSError as why:
        return complain(sentence_about(why, department.place.data))
    finally:
        keeper.stop()
        if lock is not None:
            department.place.tidy()
            lock.release()
            keeper.tell("Stopped")


def complain(sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    return 1


def refuse_public_demo(department: Department) -> None:
    """The demonstration department has known people in it: it is shown to this machine alone."""
    if department.is_on_loopback:
        return
    is_first = not (department.place.database.exists() or department.given.get("DATABASE_URL"))
    if (department.demo and is_first) or department.accounts.exists():
        raise Unusable(
            f"The demonstration department is served on loopback addresses only, and "
            f"{department.host} is not one: use --host 127.0.0.1, or --no-demo with another "
            "--data-dir."
        )


def take(department: Department) -> Lock:
    lock = Lock(department.place)
    if not lock.take():
        folder = department.place.data
        raise Unusable(f"The department in {folder} is already running ({lock.holder()}).")
    return lock


def start(keeper: Keeper, lock: Lock, department: Department, web_socket: socket.socket) -> None:
    """Up, in order: engines, tables, everybody else; then say so."""
    began = time.monotonic()
    os.chdir(ROOT)
    await_leftovers(department.place)
    department.place.forget_figures()
    dicom_port = ports.check_free(department.dicom_host, department.dicom_port, "--dicom-port")
    department = replace(department, port=web_socket.getsockname()[1], dicom_port=dicom_port)
    lock.say(f"process {os.getpid()}, {department.url}")
    keeper.tell("Starting the database and the broker")
    start_engines(keeper, department)
    keeper.do_or_fail(preparation_of_database(department.environment()))
    refuse_public_demo(department)
    keeper.tell("Starting web, worker, clock and DICOM listener")
    # From here on DEMO says whether the demonstration is there: every page is marked then.
    department = replace(department, demo=department.accounts.exists())
    keeper.start(*programs(department, department.environment(), web_socket.fileno()))
    keeper.await_ready()
    await_all_well(keeper, department)
    greet(keeper, department, time.monotonic() - began)


def await_all_well(keeper: Keeper, department: Department) -> None:
    """Wait for /readyz to say that everything works together."""
    deadline = time.monotonic() + READY_SECONDS
    while ailing := what_ails(department.url):
        if keeper.stop_requests:
            raise Stopped
        if time.monotonic() > deadline:
            raise NotReady(f"Not ready: {ailing}. The folder {department.place.log} says more.")
        time.sleep(0.1)


def what_ails(url: str) -> str:
    """The parts that /readyz finds wanting; empty when all is well."""
    try:
        with urllib.request.urlopen(f"{url}readyz", timeout=10):  # noqa: S310  our own address
            return ""
    except urllib.error.HTTPError as answer:
        try:
            parts = json.load(answer)["parts"]
        except (ValueError, KeyError):
            return f"the web answers {answer.code}"
        return ", ".join(f"{name} {state}" for name, state in parts.items() if state != "ok")
    except OSError as why:
        return f"the web ({why})"


def greet(keeper: Keeper, department: Department, seconds: float) -> None:
    """Where to sign in, and with what."""
    if department.accounts.exists():
        keeper.tell(f"Sign in with one of these (kept in {department.accounts}):")
        for line in department.accounts.read_text().splitlines():
            keeper.tell(f"    {line}")
    keeper.tell(
        f"DICOM: {department.ae_title} on {department.dicom_host} port {department.dicom_port}"
    )
    keeper.tell(f"Started in {seconds:.1f} s. Ctrl-C stops everything.")
    sys.stdout.write(f"Ready: {department.url}\n")
    sys.stdout.flush()
