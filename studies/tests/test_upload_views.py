"""The upload page as a browser uses it."""

import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from studies.models import IncomingFile, Upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def technician(client, person):
    user = person("Technician")
    client.force_login(user)
    return user


def begin(client, label="disc"):
    return client.post(reverse("upload:start"), {"label": label}).json()["pk"]


def send(client, pk, **files):
    return client.post(
        reverse("upload:add", args=[pk]),
        {
            "names": json.dumps(list(files)),
            "files": [SimpleUploadedFile("file", content) for content in files.values()],
        },
    )


def test_files_are_kept_as_they_came_and_wait_to_be_filed(client, technician):
    pk = begin(client)

    answer = send(client, pk, a=b"first", b=b"second")

    assert answer.status_code == 201
    rows = IncomingFile.objects.filter(upload=pk).order_by("original_name")
    assert [(row.original_name, row.size, row.sender) for row in rows] == [
        ("a", 5, technician.username),
        ("b", 6, technician.username),
    ]


def test_a_resumed_upload_is_told_what_need_not_be_sent_again(client, technician):
    pk = begin(client)
    send(client, pk, a=b"first")

    answer = client.post(
        reverse("upload:have", args=[pk]),
        json.dumps({"a": 5, "b": 6}),
        content_type="application/json",
    )

    assert answer.json() == {"have": ["a"]}


def test_the_same_file_sent_twice_stays_one(client, technician):
    pk = begin(client)

    send(client, pk, a=b"first")
    send(client, pk, a=b"first")

    assert IncomingFile.objects.filter(upload=pk).count() == 1


@pytest.mark.parametrize("body", ["", "[]", '{"a": "x"}', "{", '{"a": null}'])
def test_rubbish_instead_of_names_and_sizes_is_a_bad_request(client, technician, body):
    answer = client.post(
        reverse("upload:have", args=[begin(client)]), body, content_type="application/json"
    )

    assert answer.status_code == 400


@pytest.mark.parametrize("names", ["", "[]", "{", '["only one", "too many"]', '"a"'])
def test_files_without_their_names_are_a_bad_request(client, technician, names):
    answer = client.post(
        reverse("upload:add", args=[begin(client)]),
        {"names": names, "files": [io.BytesIO(b"x")]},
    )

    assert answer.status_code == 400
    assert not IncomingFile.objects.exists()


def test_a_full_disk_is_said_and_takes_nothing(client, technician, settings):
    pk = begin(client)
    settings.LEAST_FREE_BYTES = 2**62

    answer = send(client, pk, a=b"first")

    assert answer.status_code == 507
    assert "nearly full" in answer.content.decode()
    assert not IncomingFile.objects.exists()


def test_nobody_adds_to_another_persons_upload(client, person, technician):
    pk = begin(client)
    client.force_login(person("Technician"))

    assert send(client, pk, a=b"first").status_code == 404


def test_a_referrer_uploads_nothing(client, person):
    client.force_login(person("Referrer"))

    assert client.get(reverse("upload:page")).status_code == 403
    assert client.post(reverse("upload:start")).status_code == 403


def test_the_batch_says_what_became_of_each_file(client, technician, django_assert_max_num_queries):
    pk = begin(client)
    send(client, pk, a=b"first", b=b"second")
    IncomingFile.objects.filter(original_name="b").update(
        status="REFUSED", reason_code="not_dicom", reason="This is not a DICOM object."
    )

    with django_assert_max_num_queries(25):
        page = client.get(reverse("upload:batch", args=[pk])).content.decode()

    assert "This is not a DICOM object." in page


def test_finishing_twice_is_finishing_once(client, technician):
    pk = begin(client)

    assert client.post(reverse("upload:finish", args=[pk])).status_code == 204
    assert client.post(reverse("upload:finish", args=[pk])).status_code == 204

    assert Upload.objects.get(pk=pk).finished_at is not None
