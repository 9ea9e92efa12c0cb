"""What the components promise: words, shapes, times, names, and no missing picture."""

import datetime as dt
import re

import pytest
from django import forms
from django.apps import apps
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone

from common.states import Stateful
from common.templatetags.browsers import browser
from common.templatetags.chips import ALERT_ICONS, KINDS, NOUNS, chip, kind_icon, look_of
from common.templatetags.icons import icon
from common.templatetags.ward import age, in_words, pn, side, when

NOW = dt.datetime(2026, 3, 3, 12, 0, tzinfo=dt.UTC)
MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)
TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))


@pytest.fixture(scope="module")
def pictures():
    sprite = (settings.BASE_DIR / "static" / "icons" / "sprite.svg").read_text()
    return set(re.findall(r'<symbol id="([\w-]+)"', sprite))


@pytest.mark.parametrize("noun", NOUNS)
def test_no_two_states_of_a_noun_share_both_word_and_shape(noun):
    looks = [(str(look.word), look.shape) for look in NOUNS[noun].values()]

    assert len(looks) == len(set(looks))


@pytest.mark.parametrize("model", [m for m in apps.get_models() if issubclass(m, Stateful)])
def test_every_state_of_every_noun_has_a_chip(model):
    states = {state for state, _word in model._meta.get_field("status").choices}
    known = {state for table in NOUNS.values() for state in table}

    assert states <= known


def test_every_look_has_its_picture(pictures):
    shapes = {look.shape for table in NOUNS.values() for look in table.values()}

    assert shapes | set(ALERT_ICONS.values()) | {kind_icon(kind) for kind in KINDS} <= pictures


def test_every_picture_a_template_asks_for_exists(pictures):
    asked = {
        name
        for template in TEMPLATES
        for name in re.findall(r'{% icon "([\w-]+)"', template.read_text())
    }

    assert asked <= pictures


def test_a_chip_says_its_state_in_words_and_shape():
    html = chip("IN_PROGRESS", detail="12 / 40")

    assert "In progress" in html
    assert "#st-progress" in html
    assert "12 / 40" in html


def test_a_state_nobody_has_drawn_still_says_its_word():
    assert look_of("SENT_TO_MARS").word == "Sent to mars"


def test_an_icon_is_silent_unless_it_has_a_label():
    assert 'aria-hidden="true"' in icon("check")
    assert 'role="img" aria-label="Done"' in icon("check", "Done")


@pytest.mark.parametrize(
    ("ahead", "manner", "words"),
    [
        (dt.timedelta(seconds=20), "when", "now"),
        (12 * MINUTE, "when", "in 12 min"),
        (-34 * MINUTE, "when", "34 min ago"),
        (-80 * MINUTE, "when", "1 h 20 min ago"),
        (5 * HOUR, "when", "17:00"),
        (21 * HOUR, "when", "tomorrow 09:00"),
        (-20 * HOUR, "when", "yesterday 16:00"),
        (-40 * 24 * HOUR, "when", "22 Jan 12:00"),
        (-34 * MINUTE, "waiting", "waiting 34 min"),
        (5 * MINUTE, "waiting", "waiting 0 min"),
        (-65 * MINUTE, "since", "1 h 05 min"),
        (-50 * HOUR, "since", "2 d"),
        (-34 * MINUTE, "clock", "11:26"),
    ],
)
def test_a_time_is_said_as_the_ward_says_it(settings, ahead, manner, words):
    settings.TIME_ZONE = "UTC"

    assert in_words(NOW + ahead, NOW, manner).replace("\u00a0", " ") == words


def test_a_time_carries_the_exact_moment_and_marks_a_wait_that_is_too_long():
    moment = timezone.now() - 31 * MINUTE

    html = when(moment, "waiting", 30)

    assert f'datetime="{timezone.localtime(moment).isoformat(timespec="seconds")}"' in html
    assert "is-late" in html
    assert "is-late" not in when(moment, "waiting", 32)
    assert when(None) == "–"


@pytest.mark.parametrize(
    ("born", "words"),
    [
        (dt.date(2026, 3, 2), "1 day"),
        (dt.date(2026, 2, 19), "12 days"),
        (dt.date(2025, 9, 4), "5 months"),
        (dt.date(1968, 3, 3), "58 y"),
        (dt.date(1968, 3, 4), "57 y"),
        (dt.date(2026, 3, 9), "not yet born"),
        (None, "age unknown"),
    ],
)
def test_age_is_said_in_the_unit_the_ward_uses(time_machine, born, words):
    time_machine.move_to(NOW)

    assert age(born) == words


@pytest.mark.parametrize(
    ("group", "name"),
    [
        ("Okafor^Adaeze^Ngozi^Dr", "Okafor, Adaeze Ngozi"),
        ("山田^太郎", "山田 太郎"),
        ("김^희중", "김 희중"),
        ("قباني^لنزار", "قباني, لنزار"),
        ("Smith", "Smith"),
        ("^Cher", "Cher"),
        ("", ""),
    ],
)
def test_a_person_name_is_written_as_its_script_writes_names(group, name):
    assert pn(group) == name


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Firefox, Linux",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/141.0 Safari/537.36 Edg/141.0", "Edge, Windows"),
        ("Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) Safari/604.1", "Safari, iPad"),
        ("curl", "unknown browser"),
    ],
)
def test_a_browser_is_named_so_that_one_knows_it(user_agent, words):
    assert browser(user_agent) == words


def test_no_side_says_nothing():
    assert side("").strip() == ""
    assert "Left" in side("L")


class Booking(forms.Form):
    room = forms.CharField(help_text="As on the door.")
    is_urgent = forms.BooleanField(required=False)


def test_a_wrong_field_is_named_on_top_and_told_beside_itself():
    html = render_to_string("components/_form_fields.html", {"form": Booking({"room": ""})})

    assert 'href="#id_room"' in html
    assert 'id="id_room_error"' in html
    assert 'aria-describedby="id_room_helptext id_room_error"' in html


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_page_carries_a_script_or_a_style_of_its_own(template):
    text = template.read_text()

    assert not re.search(r"<script(?![^>]*\b(src|type=\"application/json\"))[^>]*>", text)
    assert not re.search(r"<style\b|\sstyle=|\son\w+=|hx-on|javascript:", text)


@pytest.mark.parametrize("page", ["500.html", "503.html", "403_csrf.html"])
def test_a_page_for_bad_moments_asks_nobody_anything(page):
    html = render_to_string(page)

    assert html.count("<h1>") == 1
    assert 'href="/"' in html
