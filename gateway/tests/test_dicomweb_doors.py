"""Who may come in over DICOMweb, what everybody else is told, and what stands in the trail."""

import re

import pytest
from django.core.cache import cache
from django.urls import URLResolver, get_resolver

from audit.models import Entry
from gateway.dicomweb import trail
from gateway.tests.asking import ROOT, address, ask
from staff.models import ApiToken
from studies.models import Study
from studies.tests.factories import StudyFactory
from studies.tests.filing import filed
from studies.tests.made_objects import an_image, ramp, saved
from worklist.tests.factories import OrderFactory

pytestmark = pytest.mark.django_db

NAMES = {
    "study": "1.2.3",
    "series": "1.2.3.4",
    "instance": "1.2.3.4.5",
    "frames": "1",
    "tag_path": "00420011",
    "address": "nothing/here",
    "step": "1.2.3.6",
    "transaction": "1.2.3.7",
}


def every_address():
    """Each DICOMweb address once, as a person would write it."""
    prefixes = [entry for entry in get_resolver().url_patterns if isinstance(entry, URLResolver)]
    [below] = [entry for entry in prefixes if str(entry.pattern) == "dicom-web/"]
    for entry in below.url_patterns:
        path = str(entry.pattern)
        path = re.sub(r"<\w+:(\w+)>", lambda found: NAMES[found[1]], path)
        yield f"{ROOT}/{path}"


ADDRESSES = list(every_address())
# The worklist and what comes of it has other keys than images have.
OTHERS = ("/modality-", "/commitment-")
OF_IMAGES = [path for path in ADDRESSES if not any(other in path for other in OTHERS)]


@pytest.fixture(autouse=True)
def _nothing_noted_yet():
    trail._noted.clear()
    cache.clear()


@pytest.fixture
def image(tmp_path):
    return filed(saved(an_image(ramp()), tmp_path / "a.dcm"), with_pictures=True)[0]


def places_of(image):
    """Every address that shows something of one image."""
    study = f"{ROOT}/studies/{image.series.study.study_instance_uid}"
    series = f"{study}/series/{image.series.series_instance_uid}"
    whole = address(image)
    ends = ("", "/metadata", "/rendered", "/thumbnail")
    yield from (place + end for place in (study, series, whole) for end in ends)
    yield from (whole + end for end in ("/frames", "/frames/1", "/bulkdata/00420011"))
    yield from (f"{whole}/frames/1{end}" for end in ("/rendered", "/thumbnail"))


def test_the_list_of_addresses_is_not_empty():
    assert len(ADDRESSES) > 20
    assert all("<" not in path for path in ADDRESSES)


@pytest.mark.parametrize("path", ADDRESSES)
def test_nobody_comes_in_without_a_session_or_token(client, path):
    answer = client.get(path)

    assert answer.status_code == 401
    assert answer.json()["detail"]
    assert "Bearer" in answer["WWW-Authenticate"]


@pytest.mark.parametrize("path", OF_IMAGES)
def test_who_may_see_no_images_is_told_so_in_json(client, person, path):
    client.force_login(person("Engineer"))

    answer = client.get(path)

    assert answer.status_code == 403
    assert answer.json()["detail"]


@pytest.mark.parametrize("path", ADDRESSES)
def test_only_reading_is_answered(client, person, path):
    client.force_login(person("Technician"))

    for method in (client.put, client.delete, client.patch):
        answer = method(path)
        assert answer.status_code == 405
        assert answer["Allow"] in {"GET, HEAD", "GET, HEAD, POST"}
        assert answer.json()["detail"]


def test_what_is_not_there_is_told_in_json(client, person):
    client.force_login(person("Technician"))

    for path in OF_IMAGES:
        if path.endswith(("/studies", "/dicom-web/series", "/dicom-web/instances")):
            continue
        answer = client.get(path)
        assert answer.status_code in {200, 404}, path
        if answer.status_code == 200:
            assert answer.json() == []  # a search, that finds nothing
        else:
            assert answer.json()["detail"]


def test_a_referrer_sees_the_studies_of_their_own_orders_and_no_others(client, person, image):
    referrer, other = person("Referrer"), person("Referrer")
    order = OrderFactory.create(ordered_by=referrer, patient=image.series.study.patient)
    Study.objects.filter(pk=image.series.study_id).update(order=order)
    StudyFactory.create()

    client.force_login(referrer)
    seen = [ask(client, path)[0].status_code for path in places_of(image)]
    studies, series, instances = (
        client.get(f"{ROOT}/{level}").json() for level in ("studies", "series", "instances")
    )
    client.force_login(other)
    hidden = [ask(client, path)[0].status_code for path in places_of(image)]
    nothing = [client.get(f"{ROOT}/{level}").json() for level in ("studies", "series", "instances")]

    assert set(seen) == {200, 404}
    assert seen.count(404) == 1  # there is no document in it
    assert [len(found) for found in (studies, series, instances)] == [1, 1, 1]
    assert set(hidden) == {404}
    assert nothing == [[], [], []]


def test_a_token_opens_the_same_doors_as_its_person(client, person, image):
    tokens = {}
    for role in ("Technician", "Engineer"):
        tokens[role] = ApiToken.new_secret()
        ApiToken.objects.create(
            user=person(role), digest=ApiToken.digest_of(tokens[role]), label="test"
        )
    path = address(image, "/frames/1")

    def status(secret):
        return ask(client, path, Authorization=f"Bearer {secret}")[0].status_code

    assert status(tokens["Technician"]) == 200
    assert status(tokens["Engineer"]) == 403
    assert status("made-up") == 401


def test_a_look_stands_in_the_trail_once(client, person, image):
    technician = person("Technician")
    client.force_login(technician)
    study = image.series.study

    for _again in range(3):
        for rest in ("/metadata", "/frames/1", "/rendered"):
            ask(client, address(image, rest))
    trail._noted.clear()  # another process of the web server
    ask(client, address(image, "/frames/1"))
    ask(client, address(image))

    entries = Entry.objects.about(study).filter(actor=technician).order_by("pk")
    assert [entry.verb for entry in entries] == ["study.viewed", "study.retrieved"]
    assert {entry.patient_id for entry in entries} == {study.patient_id}


def test_each_person_has_an_entry_of_their_own(client, person, image):
    for _one in range(2):
        client.force_login(person("Radiologist"))
        ask(client, address(image, "/frames/1"))

    assert Entry.objects.about(image.series.study).filter(verb="study.viewed").count() == 2


def test_images_are_shown_while_the_cache_is_away(client, person, image, settings, monkeypatch):
    client.force_login(person("Technician"))

    def away(*_args, **_kwargs):
        raise ConnectionError

    monkeypatch.setattr(cache, "add", away, raising=False)
    answer, _body = ask(client, address(image, "/frames/1"))

    assert answer.status_code == 200
    assert Entry.objects.about(image.series.study).filter(verb="study.viewed").exists()


def test_a_refused_look_leaves_no_trace_of_a_look(client, person, image):
    client.force_login(person("Referrer"))

    ask(client, address(image, "/frames/1"))

    assert not Entry.objects.filter(verb="study.viewed").exists()


def test_the_name_that_is_searched_for_stays_out_of_the_log(client, person, caplog, capfd):
    client.force_login(person("Technician"))

    client.get(f"{ROOT}/studies", {"PatientName": "Geheim^Name", "StudyDate": "wrong"})

    written = caplog.text + "".join(capfd.readouterr())
    assert "/dicom-web/studies" in written
    assert "Geheim" not in written
