"""The pages of studies: what they show, to whom, and what opening them leaves behind."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import Entry
from studies import ingest, thumbnails
from studies.models import Instance, Match, Study
from studies.tests.factories import SMALL, StudyFactory, an_object_for, received
from studies.tests.made_objects import an_image
from worklist.tests.factories import ScheduledProcedureFactory

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def technician(person, client):
    """Signed in as a technician."""
    user = person("Technician")
    client.force_login(user)
    return user


@pytest.fixture
def drawn():
    """A study of one order, filed and drawn."""
    procedure = ScheduledProcedureFactory.create()
    received(an_object_for(procedure))
    ingest.file_batch()
    thumbnails.draw_batch()
    return Study.objects.get()


def page_of(study):
    return reverse("studies:study", args=[study.study_instance_uid])


def test_the_list_shows_this_weeks_studies_newest_first(client, technician):
    today = timezone.localdate()
    new = StudyFactory.create(study_date=today)
    older = StudyFactory.create(study_date=today - dt.timedelta(days=2))
    ancient = StudyFactory.create(study_date=today - dt.timedelta(days=400))

    page = client.get(reverse("studies:list"))

    assert page.context["list"].studies == [new, older]
    everything = client.get(reverse("studies:list"), {"window": "all"})
    assert everything.context["list"].studies == [new, older, ancient]


@pytest.mark.parametrize("words", ["exam", "EXÄMPLE find", "F77", "T-ACC"])
def test_a_study_is_found_by_name_number_and_accession(client, technician, words):
    study = StudyFactory.create(
        patient__name_alphabetic="Example^Findme",
        patient__patient_id="F77",
        accession_number="T-ACC-1",
    )
    StudyFactory.create(patient__name_alphabetic="Other^Person", modalities="MR")

    found = client.post(reverse("studies:list"), {"q": words}, headers=HTMX)

    assert found.context["list"].studies == [study]


def test_a_modality_is_matched_as_a_whole_word(client, technician):
    both = StudyFactory.create(modalities="CT\\PT")
    StudyFactory.create(modalities="OCT")

    found = client.post(reverse("studies:list"), {"modality": "PT"})

    assert found.context["list"].studies == [both]


def test_pages_of_the_list_follow_each_other_without_gaps_or_repeats(client, technician):
    today = timezone.localdate()
    made = [StudyFactory.create(study_date=today).pk for _ in range(60)]
    made += [StudyFactory.create(study_date=None).pk for _ in range(50)]

    first = client.get(reverse("studies:list")).context["list"]
    second = client.post(reverse("studies:list"), {"after": first.next_after}).context["list"]
    third = client.post(reverse("studies:list"), {"after": second.next_after}).context["list"]

    seen = [study.pk for page in (first, second, third) for study in page.studies]
    assert sorted(seen) == sorted(made)
    assert third.next_after is None


def test_the_list_asks_the_database_a_constant_number_of_times(
    client, technician, django_assert_max_num_queries
):
    for _ in range(30):
        StudyFactory.create(study_date=timezone.localdate())

    with django_assert_max_num_queries(16):
        client.get(reverse("studies:list"))


@pytest.mark.parametrize("nonsense", ["x", "-1", "9" * 40, "٣", "1 or 1=1"])
def test_a_nonsense_key_shows_the_first_page(client, technician, nonsense):
    study = StudyFactory.create(study_date=timezone.localdate())

    page = client.get(reverse("studies:list"), {"after": nonsense, "window": "?"})

    assert page.context["list"].studies == [study]


def test_a_studys_page_shows_its_pictures_match_and_viewer(client, technician, drawn):
    page = client.get(page_of(drawn))

    said = page.content.decode()
    assert reverse("studies:thumbnail", args=[Instance.objects.get().pk]) in said
    assert "the study identifier of the worklist" in said
    assert f"/viewer/?StudyInstanceUIDs={drawn.study_instance_uid}" in said
    assert drawn.patient.patient_id in said


def test_opening_a_study_is_recorded_and_refreshing_it_is_not(client, technician, drawn):
    client.get(page_of(drawn), headers=HTMX)
    assert not Entry.objects.filter(verb="study.viewed").exists()

    client.get(page_of(drawn))

    assert Entry.objects.get(verb="study.viewed").actor == technician


def test_a_refresh_without_news_carries_nothing(client, technician, drawn):
    first = client.get(page_of(drawn), headers=HTMX)

    again = client.get(page_of(drawn), headers={**HTMX, "If-None-Match": first["ETag"]})

    assert again.status_code == 304


def test_a_series_of_hundreds_shows_its_first_pictures_and_says_how_many_more(client, technician):
    image = an_image(SMALL)
    for number in range(30):
        image.SOPInstanceUID, image.InstanceNumber = f"1.2.3.{number}", number
        received(image)
    ingest.file_batch()

    page = client.get(page_of(Study.objects.get()))

    [(_series, pictures, more)] = page.context["series"]
    assert (len(pictures), more) == (24, 6)


def test_a_referrer_sees_only_the_studies_they_ordered(client, person, drawn):
    referrer = person("Referrer")
    client.force_login(referrer)
    assert client.get(page_of(drawn)).status_code == 404
    assert client.get(reverse("studies:list")).context["list"].studies == []

    drawn.order.ordered_by = referrer
    drawn.order.save()

    assert client.get(page_of(drawn)).status_code == 200


def test_an_engineer_sees_no_study(client, person, drawn):
    client.force_login(person("Engineer"))

    assert client.get(page_of(drawn)).status_code == 403


# ── small pictures ───────────────────────────────────────────────────────────────────────────────


def test_a_small_picture_is_served_to_this_browser_alone(client, technician, drawn):
    address = reverse("studies:thumbnail", args=[Instance.objects.get().pk])

    picture = client.get(address)

    assert picture["Content-Type"] == "image/jpeg"
    assert "private" in picture["Cache-Control"]
    assert b"".join(picture.streaming_content).startswith(b"\xff\xd8")
    assert client.get(address, headers={"If-None-Match": picture["ETag"]}).status_code == 304


def test_a_picture_that_is_not_drawn_yet_has_a_stand_in(client, technician):
    received(an_image(SMALL))
    ingest.file_batch()

    picture = client.get(reverse("studies:thumbnail", args=[Instance.objects.get().pk]))

    assert picture["Content-Type"] == "image/svg+xml"
    assert "no-store" in picture["Cache-Control"]


def test_a_picture_of_somebody_elses_study_is_not_there(client, person, drawn):
    client.force_login(person("Referrer"))

    address = reverse("studies:thumbnail", args=[Instance.objects.get().pk])

    assert client.get(address).status_code == 404


# ── matching by hand, and the slots of other pages ───────────────────────────────────────────────


def test_a_technician_matches_a_study_from_the_proposals(client, technician):
    procedure = ScheduledProcedureFactory.create()
    study = StudyFactory.create(patient=procedure.patient, study_date=timezone.localdate())
    proposals = client.get(reverse("studies:candidates", args=[study.study_instance_uid]))
    address = reverse("studies:match", args=[study.study_instance_uid, procedure.pk])
    assert address in proposals.content.decode()

    answer = client.post(address)

    assert answer.url == page_of(study)
    assert Match.objects.get().matched_by == technician


def test_a_match_with_another_patient_is_refused_with_a_sentence(client, technician):
    study, procedure = StudyFactory.create(), ScheduledProcedureFactory.create()

    answer = client.post(
        reverse("studies:match", args=[study.study_instance_uid, procedure.pk]), headers=HTMX
    )

    assert answer.status_code == 409
    assert "another patient" in answer.content.decode()


def test_a_radiologist_may_not_match(client, person):
    client.force_login(person("Radiologist"))
    study, procedure = StudyFactory.create(), ScheduledProcedureFactory.create()

    answer = client.post(reverse("studies:match", args=[study.study_instance_uid, procedure.pk]))

    assert answer.status_code == 403


def test_pages_of_patient_and_procedure_get_their_studies(client, technician, drawn):
    procedure = drawn.matches.get().procedure

    of_patient = client.get(reverse("studies:of_patient", args=[drawn.patient.pk]))
    of_procedure = client.get(reverse("studies:of_procedure", args=[procedure.pk]))

    for slot in (of_patient, of_procedure):
        assert page_of(drawn) in slot.content.decode()
        assert "<html" not in slot.content.decode()


def test_the_board_is_told_of_todays_images_that_nobody_ordered(client, technician, drawn):
    drawn.study_date = timezone.localdate()
    drawn.save()
    stray = StudyFactory.create(study_date=timezone.localdate())

    slot = client.get(reverse("studies:unscheduled_today")).content.decode()

    assert page_of(stray) in slot
    assert page_of(drawn) not in slot
