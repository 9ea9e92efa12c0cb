"""A database that is away is told so, wherever in a request somebody notices."""

import pytest
from django.db import InterfaceError, OperationalError
from django.urls import reverse

from patients.models import PatientQuerySet
from staff import bearer

pytestmark = pytest.mark.django_db
AWAY = [OperationalError("the database system is starting up"), InterfaceError("closed")]


@pytest.fixture
def signed_in(client, person):
    client.force_login(person("Technician"))
    client.raise_request_exception = False
    return client


def raises(why):
    def fail(*_args, **_kwargs):
        raise why

    return fail


@pytest.mark.parametrize("why", AWAY)
@pytest.mark.parametrize("method", ["get", "post"])
def test_before_anybody_knows_who_asks(signed_in, monkeypatch, why, method):
    store = "django.contrib.sessions.backends.db.SessionStore"
    monkeypatch.setattr(f"{store}._get_session_from_db", raises(why))

    page = getattr(signed_in, method)(reverse("patients:list"))
    api = getattr(signed_in, method)("/api/patients/")

    assert [page.status_code, api.status_code] == [503, 503]
    assert page["Retry-After"] == api["Retry-After"] == "5"
    assert "detail" in api.json()
    assert signed_in.get("/healthz").status_code == 200


@pytest.mark.parametrize("why", AWAY)
def test_in_the_middle_of_a_page(signed_in, monkeypatch, why):
    monkeypatch.setattr(PatientQuerySet, "in_name_order", raises(why))

    assert signed_in.get(reverse("patients:list")).status_code == 503


def test_while_a_token_is_looked_up(client, monkeypatch):
    client.raise_request_exception = False
    monkeypatch.setattr(bearer, "owner_of", raises(AWAY[0]))

    answer = client.get("/dicom-web/studies", headers={"Authorization": "Bearer abc"})

    assert answer.status_code == 503


def test_what_is_wrong_with_us_is_not_blamed_on_the_database(signed_in, monkeypatch):
    monkeypatch.setattr(PatientQuerySet, "in_name_order", raises(RuntimeError("a mistake")))

    assert signed_in.get(reverse("patients:list")).status_code == 500
