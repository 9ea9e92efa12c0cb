"""What /healthz and /readyz say. Parts that are missing in a plain test are named as missing."""

import json
import urllib.request

import pytest
from django.urls import reverse

from common import health


def test_alive_needs_nobody_and_no_sign_in(client):
    answer = client.get(reverse("healthz"))

    assert answer.status_code == 200
    assert answer.json() == {"status": "ok"}


@pytest.mark.django_db
def test_readiness_names_each_part_and_is_503_when_one_is_missing(client, broker, monkeypatch):
    monkeypatch.setitem(health.CHECKS, "worker", lambda: "does not answer")

    answer = client.get(reverse("readyz"))

    assert answer.status_code == 503
    assert list(answer.json()["parts"]) == ["database", "broker", "storage", "worker", "listener"]
    assert answer.json()["parts"]["database"] == "ok"
    assert answer.json()["parts"]["broker"] == "ok"
    assert answer.json()["parts"]["storage"] == "ok"


@pytest.mark.django_db
def test_readiness_says_so_when_the_broker_is_away(client, settings):
    settings.LIVE_URL = "unix:///nowhere/valkey.sock"

    parts = client.get(reverse("readyz")).json()["parts"]

    assert parts["broker"] == "does not answer"
    assert parts["worker"] == "cannot be asked"


def test_a_storage_that_is_nearly_full_is_not_ready(settings):
    settings.LEAST_FREE_BYTES = 10**18

    assert health.storage() == "nearly full"


@pytest.mark.slow
def test_a_department_with_all_its_programs_is_ready(department):
    with urllib.request.urlopen(f"{department.url}/readyz") as answer:
        parts = json.load(answer)["parts"]

    assert set(parts.values()) == {"ok"}


def test_metrics_are_for_this_machine_alone_unless_a_token_is_set(client, db, settings):
    assert b"imaging_incoming_objects" in client.get("/metrics").content
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.7").status_code == 403
    assert client.get("/metrics", headers={"X-Forwarded-For": "192.0.2.7"}).status_code == 403

    settings.METRICS_TOKEN = "watch"  # noqa: S105

    assert client.get("/metrics").status_code == 403
    assert client.get("/metrics", headers={"Authorization": "Bearer watch"}).status_code == 200
