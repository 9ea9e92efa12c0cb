"""The pages of set-aside objects: why, what differs, and the verbs."""

import pytest
from django.urls import reverse

from audit.models import Entry
from studies import ingest
from studies.models import IncomingFile
from studies.tests.factories import SMALL, IncomingFileFactory, an_object_for, received
from studies.tests.made_objects import an_image
from worklist.tests.factories import ScheduledProcedureFactory

pytestmark = pytest.mark.django_db

Status = IncomingFile.Status
HTMX = {"HX-Request": "true"}


@pytest.fixture
def technician(person, client):
    """Signed in as a technician."""
    user = person("Technician")
    client.force_login(user)
    return user


@pytest.fixture
def wrong_patient():
    """Images that name another patient than their order."""
    procedure = ScheduledProcedureFactory.create()
    received(an_object_for(procedure, PatientID="WRONG", PatientName="Wrong^Person"))
    ingest.file_batch()
    return IncomingFile.objects.get()


def test_the_list_shows_what_waits_for_a_person(client, technician, wrong_patient):
    discarded = IncomingFileFactory.create(status=Status.DISCARDED)

    page = client.get(reverse("studies:set_aside_list"))
    other = client.get(reverse("studies:set_aside_list"), {"show": "discarded"})

    assert [incoming for incoming, _title in page.context["list"].files] == [wrong_patient]
    assert "Another patient" in page.content.decode()
    assert [incoming for incoming, _title in other.context["list"].files] == [discarded]


def test_an_empty_list_says_that_everything_was_filed(client, technician):
    assert "Nothing is set aside" in client.get(reverse("studies:set_aside_list")).content.decode()


def test_pages_of_the_list_follow_each_other(client, technician):
    IncomingFileFactory.create_batch(70, status=Status.SET_ASIDE)
    address = reverse("studies:set_aside_list")

    first = client.get(address).context["list"]
    second = client.get(address, {"before": first.next_before}).context["list"]

    assert (len(first.files), len(second.files), second.next_before) == (50, 20, None)


def test_a_page_says_why_what_differs_and_where_it_points(client, technician, wrong_patient):
    page = client.get(reverse("studies:set_aside", args=[wrong_patient.pk])).content.decode()

    assert "The images name another patient than the order they belong to." in page
    assert "WRONG" in page
    assert wrong_patient.patient.patient_id in page
    assert reverse("worklist:procedure", args=[wrong_patient.procedure.pk]) in page
    assert reverse("patients:patient", args=[wrong_patient.patient.pk]) in page
    assert reverse("studies:set_aside_picture", args=[wrong_patient.pk]) in page
    assert Entry.objects.get(verb="incoming.viewed").actor == technician


def test_what_cannot_be_read_still_has_a_page_and_a_picture(client, technician):
    received(b"no DICOM at all")
    ingest.file_batch()
    incoming = IncomingFile.objects.get()

    page = client.get(reverse("studies:set_aside", args=[incoming.pk]))
    picture = client.get(reverse("studies:set_aside_picture", args=[incoming.pk]))

    assert page.status_code == 200
    assert "Nothing that can be read." in page.content.decode()
    assert picture.status_code == 200
    assert picture["Content-Type"].startswith("image/")


def test_markup_in_a_name_is_shown_and_does_nothing(client, technician):
    evil = "<script>alert(1)</script>"
    image = an_image(SMALL, PatientID="E1", PatientName=f"{evil}^X", SOPInstanceUID="1.2.3")
    received(image)
    image.PatientID = "E2"
    received(image)
    while ingest.file_batch():
        pass
    incoming = IncomingFile.objects.set_aside().get()

    page = client.get(reverse("studies:set_aside", args=[incoming.pk])).content.decode()

    assert evil not in page
    assert "&lt;script&gt;" in page


def test_the_retry_button_puts_it_back_to_the_waiting(client, technician, wrong_patient):
    answer = client.post(reverse("studies:retry", args=[wrong_patient.pk]), headers=HTMX)

    wrong_patient.refresh_from_db()
    assert answer["HX-Redirect"] == reverse("studies:set_aside", args=[wrong_patient.pk])
    assert wrong_patient.status == Status.WAITING


def test_after_the_order_was_put_right_a_retry_files_it(client, technician, wrong_patient):
    patient = wrong_patient.procedure.patient
    patient.patient_id, patient.name_alphabetic = "WRONG", "Wrong^Person"
    patient.save()

    client.post(reverse("studies:retry", args=[wrong_patient.pk]))
    ingest.file_batch()

    wrong_patient.refresh_from_db()
    assert wrong_patient.status == Status.FILED


def test_the_discard_button_needs_a_reason(client, technician, wrong_patient):
    address = reverse("studies:discard", args=[wrong_patient.pk])

    refused = client.post(address, {"reason": " "}, headers=HTMX)
    taken = client.post(address, {"reason": "Sent again."})

    wrong_patient.refresh_from_db()
    assert (refused.status_code, refused.content) == (409, b"Say why this object is discarded.")
    assert taken.url == reverse("studies:set_aside_list")
    assert wrong_patient.reason == "Sent again."
    discarded = client.get(reverse("studies:set_aside", args=[wrong_patient.pk]))
    assert "Sent again." in discarded.content.decode()


@pytest.mark.parametrize("verb", ["retry", "discard"])
def test_a_radiologist_looks_but_does_not_resolve(client, person, wrong_patient, verb):
    client.force_login(person("Radiologist"))
    page = client.get(reverse("studies:set_aside", args=[wrong_patient.pk]))

    answer = client.post(reverse(f"studies:{verb}", args=[wrong_patient.pk]), {"reason": "x"})

    assert (page.status_code, answer.status_code) == (200, 403)
    assert reverse(f"studies:{verb}", args=[wrong_patient.pk]) not in page.content.decode()


@pytest.mark.parametrize("role", ["Referrer", "Scheduler", "Engineer"])
def test_others_do_not_see_what_was_set_aside(client, person, wrong_patient, role):
    client.force_login(person(role))

    for name in ("set_aside", "set_aside_picture"):
        assert client.get(reverse(f"studies:{name}", args=[wrong_patient.pk])).status_code == 403
