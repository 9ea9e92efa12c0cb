"""The server of browser tests leaves no connection to the test database behind."""

from contextlib import closing
from http.client import HTTPConnection
from typing import Any

import pytest
from django.db import connection
from pytest_django.live_server_helper import LiveServer


def at_the_database() -> set[int]:
    """Who else is connected to it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        )
        return {pid for (pid,) in cursor}


@pytest.mark.django_db(transaction=True)
def test_what_a_browser_keeps_open_ends_with_the_server(live_server: Any, eventually: Any) -> None:
    before = at_the_database()
    server = LiveServer("localhost")
    with closing(HTTPConnection("localhost", server.thread.port, timeout=30)) as browser:
        browser.request("GET", "/dicom-web/studies", headers={"Authorization": "Bearer nobody's"})
        answer = browser.getresponse()
        answer.read()
        kept = at_the_database() - before

        server.stop()

        assert (answer.status, len(kept)) == (401, 1)
        eventually(lambda: not kept & at_the_database())
