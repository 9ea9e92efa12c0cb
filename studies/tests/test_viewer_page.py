"""The viewer's page: who may open it, what it is told, and what is written down."""

import json
import re

import pytest
from django.urls import reverse

from audit.models import Entry
from studies.tests.filing import filed, renamed

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def study(samples, tmp_path):
    """A CT of a few slices, filed the whole way."""
    slices = sorted((samples / "volume_ct_head_phantom").iterdir())[:2]
    return filed(*renamed(slices, tmp_path))[0].series.study


def open_viewer(client, *uids, **more):
    return client.get(reverse("viewer:viewer"), {"StudyInstanceUIDs": ",".join(uids), **more})


def config_in(answer):
    found = re.search(r'<script id="viewer-config"[^>]*>(.*?)</script>', answer.content.decode())
    assert found is not None
    return json.loads(found[1])


def test_the_page_names_the_study_and_the_way_back(client, person, study):
    client.force_login(person("Radiologist"))

    answer = open_viewer(client, study.study_instance_uid)

    config = config_in(answer)
    assert config["studies"] == [study.study_instance_uid]
    assert config["back"] == reverse("studies:study", args=[study.study_instance_uid])
    assert [other["uid"] for other in config["otherStudies"]] == [study.study_instance_uid]


def test_scripts_may_run_decoders_but_nothing_inline(client, person, study):
    client.force_login(person("Technician"))

    policy = open_viewer(client, study.study_instance_uid)["Content-Security-Policy"]

    assert "'wasm-unsafe-eval'" in policy
    assert "unsafe-inline" not in policy
    assert "'unsafe-eval'" not in policy


def test_it_may_stand_beside_the_report_and_in_nobody_elses_page(client, person, study):
    client.force_login(person("Radiologist"))

    answer = open_viewer(client, study.study_instance_uid)

    policy = dict(rule.split(" ", 1) for rule in answer["Content-Security-Policy"].split("; "))
    assert policy["frame-ancestors"] == "'self'"
    assert answer["X-Frame-Options"] == "SAMEORIGIN"


def test_opening_is_written_down(client, person, study):
    radiologist = person("Radiologist")
    client.force_login(radiologist)

    open_viewer(client, study.study_instance_uid)

    looked = Entry.objects.get(verb="study.viewed", actor=radiologist)
    assert looked.details["how"] == "viewer"


def test_somebody_without_studies_is_kept_out(client, person, study):
    client.force_login(person("Engineer"))

    assert open_viewer(client, study.study_instance_uid).status_code == 403


def test_a_referrer_sees_no_study_of_others(client, person, study):
    client.force_login(person("Referrer"))

    assert open_viewer(client, study.study_instance_uid).status_code == 404


@pytest.mark.parametrize("named", ["", "1.2.3.4", "<script>", "..", ","])
def test_what_is_no_study_here_is_not_found(client, person, named):
    client.force_login(person("Radiologist"))

    assert open_viewer(client, named).status_code == 404


def test_the_name_of_invoke_image_display_is_understood(client, person, study):
    client.force_login(person("Radiologist"))

    answer = client.get(reverse("viewer:viewer"), {"studyUID": study.study_instance_uid})

    assert config_in(answer)["studies"] == [study.study_instance_uid]
