"""The signed-in person's own pages."""

import pytest
from django.urls import reverse

from staff.models import User

pytestmark = pytest.mark.django_db


def test_home_sends_somebody_without_a_role_nowhere_and_says_why(client, person):
    client.force_login(person())

    page = client.get(reverse("staff:home"))

    assert page.status_code == 200
    assert "no role here yet" in page.content.decode()


def test_a_stranger_is_sent_to_the_door(client):
    assert client.get(reverse("staff:home")).status_code == 302


@pytest.mark.parametrize("theme", ["dark", "light", "auto"])
def test_a_theme_is_remembered_and_drawn(client, person, theme):
    somebody = person("Radiologist")
    client.force_login(somebody)

    answer = client.post(reverse("staff:theme"), {"theme": theme}, headers={"HX-Request": "true"})

    assert answer.status_code == 204
    assert User.objects.get(pk=somebody.pk).theme == theme
    assert f'data-theme="{theme}"' in client.get(reverse("staff:security")).content.decode()


def test_a_theme_nobody_knows_is_refused(client, person):
    client.force_login(person("Radiologist"))

    assert client.post(reverse("staff:theme"), {"theme": "pink"}).status_code == 400


def test_the_rail_is_drawn_for_the_page_it_stands_on(client, person):
    client.force_login(person("Administrator"))
    page = "http://testserver" + reverse("staff:styleguide")

    parts = client.get(
        reverse("staff:frame_parts"),
        headers={"HX-Request": "true", "HX-Current-URL": page},
    ).content.decode()

    assert 'aria-current="page"' in parts
    assert "<html" not in parts


def test_the_styleguide_is_for_who_keeps_the_department(client, person):
    client.force_login(person("Technician"))
    assert client.get(reverse("staff:styleguide")).status_code == 403

    client.force_login(person("Administrator"))
    assert client.get(reverse("staff:styleguide")).status_code == 200


@pytest.mark.parametrize(
    "page", ["account_login", "account_reset_password", "account_reauthenticate"]
)
def test_the_door_works_in_our_clothes(client, person, page):
    if page == "account_reauthenticate":
        client.force_login(person("Technician", password="kept-for-a-test"))  # noqa: S106

    html = client.get(reverse(page)).content.decode()

    assert 'class="entrance"' in html
    assert "btn-primary" in html


@pytest.mark.parametrize("page", ["mfa_index", "account_change_password", "usersessions_list"])
def test_pages_about_ones_own_account_stand_in_the_frame(client, person, page):
    client.force_login(person("Technician", password="kept-for-a-test"))  # noqa: S106

    html = client.get(reverse(page)).content.decode()

    assert 'id="rail"' in html
    assert reverse("staff:security") in html
