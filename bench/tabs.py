"""What it costs to keep 200 open boards live: processor time of the web processes.

    python3 manage.py test bench/tabs.py -s        (starts a department of its own)

Each tab holds a stream of news and asks for the board, which brings the rail, as a browser does:
after every change. A change happens every 20 seconds, as in a department with 200
procedures a day. Prints the share of one core of both web processes together, idle and live.
"""

import concurrent.futures
import os
import threading
import time
import urllib.error
import urllib.request
from contextlib import suppress

import pytest

from common.tests.programs import Up
from tests.journeys.visitor import manage

TABS, SECONDS, EVERY = 200, 60, 20
TICK = os.sysconf("SC_CLK_TCK")
SIGN_IN = """
from django.test import Client
from staff.models import User
client = Client()
client.force_login(User.objects.get(username="technician"))
print(*(f"{name}={morsel.value}" for name, morsel in client.cookies.items()))
"""
CHANGE = "from common.live import poke; poke('board')"


def processor_seconds(up: Up) -> float:
    """What both web processes have used so far."""
    total = 0
    for name, pid in up.pids().items():
        if name.startswith("web"):
            with open(f"/proc/{pid}/stat") as stat:
                words = stat.read().rsplit(")", 1)[1].split()
            total += int(words[11]) + int(words[12])
    return total / TICK


class Tab:
    """A browser's tab on the board, without a browser."""

    def __init__(self, url: str, cookie: str) -> None:
        self.url = url
        self.headers = {"Cookie": cookie}
        self.etag = ""
        self.refreshed = 0

    def listen(self, until: float) -> None:
        """Hear the news for as long as the measurement lasts."""
        asked = urllib.request.Request(f"{self.url}/events/", headers=self.headers)
        with urllib.request.urlopen(asked, timeout=SECONDS + 60) as stream:
            for line in stream:
                if time.monotonic() > until:
                    return
                if line.startswith(b"data:") and b"board" in line:
                    self.refresh()

    def refresh(self) -> None:
        """Ask for the live part; an unchanged one comes as 304 and nothing."""
        known = {"If-None-Match": self.etag} if self.etag else {}
        headers = {**self.headers, **known, "HX-Request": "true"}
        asked = urllib.request.Request(f"{self.url}/worklist/", headers=headers)
        with suppress(urllib.error.HTTPError), urllib.request.urlopen(asked) as answer:
            answer.read()
            self.etag = answer.headers["ETag"]
        self.refreshed += 1


@pytest.mark.timeout(900)
def test_what_open_tabs_cost(up):
    department = up().await_ready()
    time.sleep(30)  # the demonstration's images are filed and drawn
    cookie = manage(department, "shell", "-c", SIGN_IN).strip().splitlines()[-1]
    tabs = [Tab(department.url, cookie) for _ in range(TABS)]
    until = time.monotonic() + 2 * SECONDS + 30
    with concurrent.futures.ThreadPoolExecutor(TABS) as pool:
        for tab in tabs:
            pool.submit(tab.listen, until)
        time.sleep(20)
        before = processor_seconds(department)
        time.sleep(SECONDS)
        idle = processor_seconds(department) - before
        before, rounds = processor_seconds(department), SECONDS // EVERY
        for _ in range(rounds):
            changing = threading.Thread(target=manage, args=(department, "shell", "-c", CHANGE))
            changing.start()
            time.sleep(EVERY)
        live = processor_seconds(department) - before
    refreshed = sum(tab.refreshed for tab in tabs)
    print(f"\n{TABS} tabs, {rounds} changes in {SECONDS} s, {refreshed} refreshes")
    print(f"idle {idle / SECONDS:.1%} of a core, live {live / SECONDS:.1%} of a core")
