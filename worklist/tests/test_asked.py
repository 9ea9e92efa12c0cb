"""Why is my patient not on my scanner? What was asked, and what keeps a step out of the answer."""

import datetime as dt
from dataclasses import replace

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from audit.models import Entry
from equipment.models import Device
from equipment.tests.factories import DeviceFactory
from worklist import dicom, periodic
from worklist.dicom import every_key, identifier_of, keys_of
from worklist.forms_asked import QueryForm
from worklist.models import Move, ScheduledProcedure, WorklistQuery
from worklist.services import Asked, note_query
from worklist.services.asked import KEPT_PER_DEVICE
from worklist.tests.asking import on_the_wire, query
from worklist.tests.factories import ScheduledProcedureFactory
from worklist.why_not import verdict_now, verdict_then

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lenient_pydicom")]

STEP = "ScheduledProcedureStepSequence."
DATE, TIME = f"{STEP}ScheduledProcedureStepStartDate", f"{STEP}ScheduledProcedureStepStartTime"
NOON = dt.datetime(2026, 7, 5, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _noon_on_the_day(settings):
    settings.TIME_ZONE = "UTC"
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def scanner(known) -> Device:
    """The scanner on which the known step is booked."""
    return known.device


def asked(device: Device, keys: dict[str, str] | None = None, **facts) -> WorklistQuery:
    """The device has asked this, and was answered nothing unless told otherwise."""
    told = replace(Asked(keys=keys or {}, status=0), **facts)
    note_query(device.pk, told, milliseconds=4)
    return WorklistQuery.objects.latest("pk")


# ── a query as plain text ────────────────────────────────────────────────────────────────────────


def test_a_query_is_kept_as_text_and_can_be_asked_again_from_it(known):
    identifier = query(
        {"Modality": "CT", "ScheduledProcedureStepStartDate": "20260705-20260706"},
        PatientName="MÜLLER*",
        PatientWeight=None,
    )

    keys = keys_of(on_the_wire(identifier))

    assert keys == {
        "PatientName": "MÜLLER*",
        "PatientWeight": "",
        f"{STEP}Modality": "CT",
        DATE: "20260705-20260706",
    }
    assert keys_of(identifier_of(keys)) == keys


def test_every_attribute_that_is_answered_can_be_asked_for():
    assert set(keys_of(identifier_of(every_key()))) == set(every_key())


@pytest.mark.parametrize(
    "keys",
    [
        {"NoSuchKeyword": "x", "a.b.c": "x", "": "", "PatientID.Modality": "x"},
        {"ScheduledProcedureStepSequence": "x", f"{STEP}Modality": "CT"},
        {"PixelData": "x", "Rows": "x", "OffendingElement": "x", "SpecificCharacterSet": "x"},
    ],
    ids=["unknown", "sequence with text", "not text"],
)
def test_keys_that_make_no_sense_break_nothing(known, keys):
    found = dicom.find_steps(identifier_of(keys), dicom.Profile())

    assert found.procedures == [known]


# ── what is kept ─────────────────────────────────────────────────────────────────────────────────


def test_the_same_question_with_the_same_answer_is_one_row(scanner):
    asked(scanner, {"PatientID": ""}, steps=[1])
    asked(scanner, {"PatientID": "MRN*"}, steps=[1])
    asked(scanner, {"PatientID": ""}, steps=[1])
    asked(scanner, {"PatientID": ""}, steps=[1, 2])

    rows = WorklistQuery.objects.order_by("pk").values_list("keys__PatientID", "times", "steps")
    assert list(rows) == [("", 2, [1]), ("MRN*", 1, [1]), ("", 1, [1, 2])]


def test_only_so_many_are_kept_for_each_device_and_only_for_days(scanner):
    other = DeviceFactory.create()
    asked(other)
    for number in range(KEPT_PER_DEVICE + 3):
        asked(scanner, steps=[number])

    assert WorklistQuery.objects.of_device(scanner.pk).count() == KEPT_PER_DEVICE
    assert WorklistQuery.objects.of_device(scanner.pk).earliest("pk").steps == [3]
    with time_machine.travel(NOON + dt.timedelta(days=4), tick=False):
        asked(other, steps=[7])
        assert periodic.forget_queries() == KEPT_PER_DEVICE + 1
    assert WorklistQuery.objects.get().steps == [7]


# ── why not ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        ({f"{STEP}Modality": "MR"}, "Asked for Modality “MR”; here it is “CT”."),
        ({"PatientID": "MRN_2"}, "Asked for Patient ID “MRN_2”; here it is “MRN_1”."),
        (
            {"PatientName": "Muster*"},
            "Asked for Patient's Name “Muster*”; here it is “Müller^Änne=山田^太郎=やまだ^たろう”.",
        ),
        (
            {DATE: "20260704"},
            "Asked for steps until 4 Jul 2026; it begins 10:30.",
        ),
        ({DATE: "20260706-"}, "Asked for steps from 6 Jul 2026 00:00 on; it begins 10:30."),
        ({TIME: "1100-1200"}, "Asked for times of day 11:00 – 12:01; it begins 10:30."),
        (
            {f"{STEP}ScheduledProcedureStepStatus": "READY"},
            "Asked for Scheduled Procedure Step Status “READY”; here it is “SCHEDULED”.",
        ),
        (
            {f"{STEP}ScheduledPerformingPhysicianName": "Doe*"},
            "Asked for Scheduled Performing Physician's Name “Doe*”; here it is empty.",
        ),
        (
            {"PatientBirthDate": "19810101-"},
            "Asked for Patient's Birth Date “19810101-”; here it is “19800517”.",
        ),
        (
            {f"{STEP}ScheduledProtocolCodeSequence.CodeValue": "MRHEAD"},
            "Asked for Code Value “MRHEAD”; here it is “CTABD”.",
        ),
    ],
)
def test_the_key_that_keeps_a_step_out_is_named(known, scanner, keys, sentence):
    verdict = verdict_now(known, scanner, keys)

    assert not verdict.is_listed
    assert verdict.sentences == [sentence]
    found = dicom.find_steps(identifier_of(keys), dicom.Profile(own_station="CT01"))
    assert found.procedures == []  # the same predicates


def test_all_that_keeps_a_step_out_is_told_at_once(known, scanner):
    verdict = verdict_now(known, scanner, {f"{STEP}Modality": "MR", "PatientID": "X"})

    assert len(verdict.sentences) == 2


def test_a_step_of_another_station_is_told_where_it_is(known):
    other = DeviceFactory.create(ae_title="CT02")

    verdict = verdict_now(known, other, {})

    assert verdict.sentences == ["It is booked on CT One (CT01); this device sees its own steps."]
    other.shows_all_stations = True
    assert verdict_now(known, other, {}).is_listed


@pytest.mark.parametrize(
    ("status", "sentence", "profile"),
    [
        (
            "ON_HOLD",
            "It is on hold, and this device's list leaves out what is on hold.",
            "shows_on_hold",
        ),
        (
            "IN_PROGRESS",
            "It is in progress, and this device's list leaves out what has begun.",
            "shows_started",
        ),
        ("COMPLETED", "It is completed: only what has still to be done is on a worklist.", ""),
    ],
)
def test_a_state_that_is_not_on_the_list_is_told(known, scanner, status, sentence, profile):
    ScheduledProcedure.objects.update(status=status, started_at=NOON)
    known.refresh_from_db()
    keys = {f"{STEP}ScheduledProcedureStepStatus": "*D"}

    assert verdict_now(known, scanner, keys).sentences == [sentence]
    if profile:
        setattr(scanner, profile, True)
        assert verdict_now(known, scanner, {}).is_listed


def test_a_device_that_may_not_ask_is_told_first(known, scanner):
    scanner.may_query_worklist = False

    assert verdict_now(known, scanner, {}).sentences == ["CT One may not query the worklist."]


def test_a_query_that_makes_no_sense_is_told_as_that(known, scanner):
    verdict = verdict_now(known, scanner, {DATE: "tomorrow"})

    assert "cannot be answered" in verdict.sentences[0]


def test_a_step_that_the_cap_leaves_out_is_told_so(known, scanner, monkeypatch):
    monkeypatch.setattr(dicom, "MOST_ANSWERS", 1)
    ScheduledProcedureFactory.create(device=scanner, scheduled_start=NOON)

    verdict = verdict_now(known, scanner, {})

    assert "more than" in verdict.sentences[0]


def test_what_was_answered_then_is_known_for_certain(known, scanner):
    Move.objects.create(procedure=known, to_status="SCHEDULED", at=NOON)
    before = asked(scanner)
    WorklistQuery.objects.update(last_at=NOON - dt.timedelta(minutes=10))
    before.refresh_from_db()
    there = asked(scanner, {"PatientID": ""}, steps=[known.pk])
    failed = asked(scanner, {"PatientID": "1"}, status=0xA900, error="That is no date.")
    cancelled = asked(scanner, {"PatientID": "2"}, status=0xFE00)
    cut = asked(scanner, {"PatientID": "MRN*"}, was_cut=True)

    def verdict(one: WorklistQuery) -> str:
        return " ".join(verdict_then(known, one, scanner).sentences)

    assert verdict_then(known, there, scanner).is_listed
    assert verdict(before) == "Asked at 11:50, before the step was booked at 12:00."
    assert verdict(failed) == "The query failed: That is no date. (A900)"
    assert verdict(cancelled).startswith("Asked for Patient ID “2”")
    assert "more than 500" in verdict(cut)


def test_what_happened_after_the_query_is_told(known, scanner):
    earlier = asked(scanner)
    at = NOON + dt.timedelta(minutes=5)
    Move.objects.create(procedure=known, to_status="SCHEDULED", at=NOON - dt.timedelta(days=1))
    Move.objects.create(procedure=known, from_status="ON_HOLD", to_status="ARRIVED", at=at)

    verdict = verdict_then(known, earlier, scanner)

    assert verdict.sentences == ["Since then, at 12:05: On hold → Arrived."]


# ── pages ────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def technician(client, person):
    somebody = person("Technician")
    client.force_login(somebody)
    return somebody


def page(client, device: Device, step: ScheduledProcedure | None = None) -> str:
    address = reverse("worklist:asked", args=[device.pk])
    return client.get(address, {"step": step.pk} if step else {}).content.decode()


@pytest.mark.parametrize("role", ["Radiologist", "Referrer", "Scheduler"])
def test_queries_are_not_for_everybody(client, person, scanner, role):
    client.force_login(person(role))

    assert client.get(reverse("worklist:asked", args=[scanner.pk])).status_code == 403
    assert client.post(reverse("worklist:try_query", args=[scanner.pk])).status_code == 403


def test_the_page_tells_the_last_queries_in_plain_words(client, technician, scanner):
    asked(
        scanner,
        {DATE: "20260705-20260706", f"{STEP}Modality": "CT", "PatientWeight": ""},
        steps=[1, 2],
        ignored=["EthnicGroup"],
    )

    shown = page(client, scanner)

    assert "5 Jul 2026 – 6 Jul 2026" in shown
    assert "2 procedures" in shown
    assert "and to be told 1 attribute" in shown
    assert "EthnicGroup" in shown


def test_a_device_that_never_asked_is_told_so(client, technician, scanner, known):
    assert "It has not asked in the last days" in page(client, scanner)
    assert "But it has not asked" in page(client, scanner, known)


def test_the_page_of_a_missing_step_says_why_for_each_query(client, technician, scanner, known):
    asked(scanner, {f"{STEP}Modality": "MR"})

    shown = page(client, scanner, known)

    assert "CT One is not told of it" in shown
    assert shown.count("Asked for Modality “MR”; here it is “CT”.") == 2


def test_a_step_is_found_by_posted_words(client, technician, scanner, known):
    address = reverse("worklist:asked", args=[scanner.pk])

    found = client.post(address, {"words": "MRN_1"}).content.decode()
    none = client.post(address, {"words": "nobody at all"}).content.decode()

    assert f"{address}?step={known.pk}" in found
    assert "No procedure fits" in none


def test_from_a_procedure_to_its_scanner(client, technician, scanner, known):
    answer = client.get(reverse("worklist:on_the_scanner", args=[known.pk]))

    address = reverse("worklist:asked", args=[scanner.pk])
    assert answer["Location"] == f"{address}?step={known.pk}"
    assert answer["Location"] in client.get(answer["Location"]).wsgi_request.get_full_path()


@pytest.mark.parametrize("key", ["x", "-1", "9" * 30, "999999"])
def test_a_step_that_is_none_is_not_found(client, technician, scanner, key):
    address = reverse("worklist:asked", args=[scanner.pk])

    assert client.get(address, {"step": key}).status_code in {200, 404}


def test_a_query_is_tried_as_the_device_and_noted(client, technician, scanner, known):
    address = reverse("worklist:try_query", args=[scanner.pk])
    ScheduledProcedureFactory.create()  # of another station

    answer = client.post(address, {"name": "mull*", "first_day": "2026-07-05"})

    shown = answer.content.decode()
    assert "1 answer<" in shown
    assert "Müller^Änne" in shown
    assert Entry.objects.get(verb="worklist.tried").details == {"steps": 1}
    assert not WorklistQuery.objects.exists()


def test_one_of_its_own_queries_is_asked_again(client, technician, scanner, known):
    mine, other = asked(scanner, {"PatientID": "MRN_1"}), asked(DeviceFactory.create())
    address = reverse("worklist:try_query", args=[scanner.pk])

    assert "1 answer<" in client.post(address, {"query": mine.pk}).content.decode()
    assert client.post(address, {"query": other.pk}).status_code == 404


def test_a_trial_that_makes_no_sense_keeps_what_was_typed(client, technician, scanner):
    address = reverse("worklist:try_query", args=[scanner.pk])

    wrong = client.post(address, {"first_day": "someday", "record": "MRN_7"})

    assert wrong.status_code == 422
    assert "MRN_7" in wrong.content.decode()
    asked(scanner, {DATE: "tomorrow"})
    refused = client.post(address, {"query": WorklistQuery.objects.get().pk})
    assert refused.status_code == 409


def test_the_form_asks_for_a_range_of_days():
    form = QueryForm({"last_day": "2026-07-09", "modality": " CT "})

    assert form.is_valid()
    assert form.keys()[DATE] == "-20260709"
    assert form.keys()[f"{STEP}Modality"] == "CT"


def test_the_number_of_queries_does_not_grow_with_what_was_asked(
    client, technician, scanner, django_assert_max_num_queries
):
    for number in range(30):
        asked(scanner, {"PatientID": str(number)})
        ScheduledProcedureFactory.create(device=scanner, scheduled_start=timezone.now())

    with django_assert_max_num_queries(20):
        page(client, scanner)


# ── programs ─────────────────────────────────────────────────────────────────────────────────────


def test_programs_read_queries_try_one_and_ask_why(client, technician, scanner, known):
    asked(scanner, {f"{STEP}Modality": "MR"}, steps=[])
    listed = client.get("/api/worklist-queries/", {"device": "CT01"}).json()["results"]
    asked_again = {"device": "CT01", "keys": {"PatientID": "MRN_1"}}

    tried = client.post("/api/worklist-queries/ask/", asked_again, "application/json").json()
    why = client.post(
        "/api/worklist-queries/why/",
        {"device": "CT01", "keys": listed[0]["keys"], "procedure": known.pk},
        "application/json",
    ).json()

    assert tried["procedures"] == [known.pk]
    assert tried["answers"][0]["00100020"]["Value"] == ["MRN_1"]
    assert why == {
        "is_listed": False,
        "sentences": ["Asked for Modality “MR”; here it is “CT”."],
    }


def test_programs_that_ask_rubbish_are_told_which_field_is_wrong(client, technician, scanner):
    for body in ({}, {"device": "NONE", "keys": {}}, {"device": "CT01", "keys": {"a": "b\x01c"}}):
        answer = client.post("/api/worklist-queries/ask/", body, "application/json")
        assert answer.status_code == 400, body
