"""Results with a referrer's eyes: own orders only, signed words only."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import Entry
from reports import services
from reports.models import Acknowledgement, Report
from reports.tests.factories import SAID, a_report
from reports.words import Words
from worklist.tests.factories import OrderFactory, ScheduledProcedureFactory

pytestmark = pytest.mark.django_db
RESULTS = reverse("reports:results")


@pytest.fixture
def referrer(client, person):
    somebody = person("Referrer")
    client.force_login(somebody)
    return somebody


@pytest.fixture
def reader(person):
    return person("Radiologist")


def at(name: str, report: Report) -> str:
    return reverse(f"reports:{name}", args=[report.study.study_instance_uid])


def heaps(client) -> dict[str, list[str]]:
    found = client.get(RESULTS).context["results"].heaps
    return {key: [result.order.accession_number for result in heap] for key, heap in found}


def test_a_referrer_starts_at_the_results(client, referrer):
    assert client.get("/").url == RESULTS


def test_unread_reports_come_first_then_what_is_under_way_then_what_was_read(
    client, referrer, reader
):
    unread, waiting, read = (a_report(ordered_by=referrer) for _ in range(3))
    placed = OrderFactory.create(ordered_by=referrer, status="PLACED")
    for report in (unread, read):
        services.sign_report(report, by=reader, words=SAID)
    services.acknowledge(read, by=referrer)
    a_report()

    assert heaps(client) == {
        "unread": [unread.study.accession_number],
        "under-way": [placed.accession_number, waiting.study.accession_number],
        "read": [read.study.accession_number],
    }


@pytest.mark.parametrize("door", ["report", "pdf"])
def test_somebody_elses_order_is_not_there(client, referrer, reader, door):
    report = a_report()
    services.sign_report(report, by=reader, words=SAID)

    assert client.get(at(door, report)).status_code == 404


def test_drafts_and_preliminary_words_never_leave_the_department(client, referrer, reader):
    report = a_report(ordered_by=referrer)
    services.save_draft(report, by=reader, words=Words(findings="Draft words"), number=0)
    services.sign_report(
        report, by=reader, words=Words(findings="Preliminary words"), kind="PRELIMINARY"
    )

    pages = [
        client.get(at("report", report)),
        client.get(RESULTS),
        client.get(reverse("reports:of_patient", args=[report.study.patient_id])),
        client.get(reverse("reports:of_study", args=[report.study.study_instance_uid])),
    ]

    for page in pages:
        assert page.status_code == 200
        assert "words" not in page.content.decode().replace("words-", "").replace('"words"', "")
    assert client.get(at("pdf", report)).status_code == 404
    assert client.get(at("autosave", report)).status_code == 403


def test_words_begun_after_signing_are_not_shown_either(client, referrer, reader):
    report = a_report(ordered_by=referrer)
    services.sign_report(report, by=reader, words=SAID)
    services.begin_later(report, kind="ADDENDUM", by=reader)
    number = Report.objects.get().draft_number
    services.save_draft(report, by=reader, words=Words(findings="Half a thought"), number=number)

    page = client.get(at("report", report)).content.decode()

    assert SAID.impression in page
    assert "Half a thought" not in page


def test_reading_a_result_is_recorded_and_acknowledging_tells_the_reader(client, referrer, reader):
    report = a_report(ordered_by=referrer)
    services.sign_report(report, by=reader, words=SAID)
    client.get(at("report", report))

    answer = client.post(at("acknowledge", report), {"comment": "Thank you", "version": "1"})

    assert answer.url == at("report", report)
    assert Entry.objects.filter(verb="report.viewed", actor=referrer).exists()
    assert Acknowledgement.objects.get().by == referrer
    client.force_login(reader)
    page = client.get(at("report", report)).content.decode()
    assert f"read by {referrer}" in page
    assert "Thank you" in page


def test_acknowledging_an_old_version_is_refused(client, referrer, reader):
    report = a_report(ordered_by=referrer)
    services.sign_report(report, by=reader, words=SAID)
    services.sign_later(report, kind="CORRECTION", by=reader, words=SAID, reason="Typing")

    refused = client.post(at("acknowledge", report), {"version": "1"})

    assert refused.status_code == 409
    assert not Acknowledgement.objects.exists()


def test_a_retracted_report_is_told_and_its_words_are_gone(client, referrer, reader):
    report = a_report(ordered_by=referrer)
    services.sign_report(report, by=reader, words=SAID)
    services.retract(report, by=reader, reason="Wrong patient")

    page = client.get(at("report", report)).content.decode()

    assert "entered in error" in page
    assert SAID.impression not in page
    assert heaps(client)["unread"] == [report.study.accession_number]


def test_what_was_retracted_before_it_was_final_was_never_told(client, referrer, reader):
    report = a_report(ordered_by=referrer)
    services.sign_report(report, by=reader, words=SAID, kind="PRELIMINARY")
    services.retract(report, by=reader, reason="Wrong patient")

    assert "Wrong patient" not in client.get(at("report", report)).content.decode()


@pytest.mark.parametrize("role", ["Technician", "Radiologist", "Scheduler", "Engineer"])
def test_only_referrers_have_results(client, person, role):
    client.force_login(person(role))

    assert client.get(RESULTS).status_code == 403


def test_the_list_asks_a_constant_number_of_questions(
    client, referrer, reader, django_assert_max_num_queries
):
    for _ in range(2):
        services.sign_report(a_report(ordered_by=referrer), by=reader, words=SAID)
    client.get(RESULTS)
    with django_assert_max_num_queries(25) as few:
        client.get(RESULTS)
    for _ in range(6):
        services.sign_report(a_report(ordered_by=referrer), by=reader, words=SAID)
        a_report(ordered_by=referrer)

    with django_assert_max_num_queries(len(few)):
        client.get(RESULTS)


def test_the_rail_counts_unread_reports(client, referrer, reader):
    services.sign_report(a_report(ordered_by=referrer), by=reader, words=SAID)

    stops = {stop.place.key: stop.count for stop in client.get(RESULTS).context["frame"].stops}

    assert stops["results"].number == 1


@pytest.mark.parametrize(("days", "heap"), [(1, "under-way"), (8, "elsewhere")])
def test_what_was_done_and_never_came_here_is_not_under_way_for_ever(client, referrer, days, heap):
    ended = timezone.now() - dt.timedelta(days=days)
    step = ScheduledProcedureFactory.create(
        order__ordered_by=referrer,
        status="COMPLETED",
        scheduled_start=ended - dt.timedelta(minutes=10),
        started_at=ended - dt.timedelta(minutes=9),
        ended_at=ended,
    )

    assert heaps(client) == {heap: [step.order.accession_number]}
