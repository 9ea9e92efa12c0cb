"""The pages of reports: the reading list, the desk, versions, the note beside the examination."""

import json

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import Entry
from patients.tests.factories import AlertFactory
from reports import services
from reports.models import PreliminaryNote, Report, ReportVersion
from reports.tests.factories import SAID, ReportTemplateFactory, a_report, a_study, step_of
from reports.words import Words
from studies.tests.factories import StudyFactory

pytestmark = pytest.mark.django_db
LIST = reverse("reports:list")


@pytest.fixture
def reader(client, person):
    somebody = person("Radiologist")
    client.force_login(somebody)
    return somebody


def at(name: str, report: Report, *more: str) -> str:
    return reverse(f"reports:{name}", args=[report.study.study_instance_uid, *more])


def listed(client, **params: str) -> list[Report]:
    return [row.report for row in client.get(LIST, params).context["list"].rows]


# ── the reading list ─────────────────────────────────────────────────────────────────────────────


def test_stat_comes_first_then_whoever_waits_longest(client, reader):
    short, long, stat = a_report(minutes=5), a_report(minutes=90), a_report("STAT")
    a_report(study_status="ARRIVING")

    assert listed(client) == [stat, long, short]


def test_a_flag_from_the_technician_comes_before_everything_but_older_flags(client, reader, person):
    stat, routine = a_report("STAT", minutes=9), a_report(minutes=90)
    services.write_note(
        step_of(routine.study), by=person("Technician"), verdict="URGENT", words="Air"
    )

    assert listed(client) == [routine, stat]
    assert listed(client, show="flagged") == [routine]


def test_a_row_says_all_that_decides_whether_it_comes_next(client, reader, person):
    report = a_report("STAT", minutes=34, comment="Moved a little")
    AlertFactory.create(patient=report.study.patient, text="Pacemaker")
    services.write_note(
        step_of(report.study),
        by=person("Technician"),
        verdict="ABNORMAL",
        words="Shadow on the left",
    )

    page = client.get(LIST).content.decode()

    for words in ("Shadow on the left", "Something noticed", "Bleeding?", "Pacemaker", "of 30"):
        assert words in page
    assert "is-over" in page


def test_filters_show_what_they_say(client, reader, person):
    colleague = person("Radiologist")
    mine = services.claim_study(a_report(minutes=30), by=reader)
    theirs = services.claim_study(a_report(minutes=20), by=colleague)
    told = a_report(minutes=10, modality="MR\\PR")
    services.sign_report(told, by=colleague, words=SAID, kind="PRELIMINARY")
    held_up = a_report(images="MISSING")

    assert listed(client, show="mine") == [mine]
    assert listed(client, show="preliminary") == [told]
    assert listed(client, show="unclaimed") == []
    assert listed(client, show="held-up") == [held_up]
    assert listed(client, modality="MR") == [told]
    assert listed(client, show="nonsense", modality="nonsense", after="²") == [mine, theirs, told]


def test_the_next_page_begins_where_the_last_one_ended(client, reader, monkeypatch):
    monkeypatch.setattr("reports.reading.PAGE", 2)
    oldest, middle, newest = (a_report(minutes=minutes) for minutes in (30, 20, 10))

    first = client.get(LIST).context["list"]

    assert [row.report for row in first.rows] == [oldest, middle]
    assert listed(client, after=str(first.next_after)) == [newest]


def test_an_empty_list_says_when_it_fills(client, reader):
    assert "Nothing waits to be read" in client.get(LIST).content.decode()


@pytest.mark.parametrize("role", ["Technician", "Referrer", "Scheduler", "Engineer"])
def test_only_those_who_read_have_a_reading_list(client, person, role):
    client.force_login(person(role))

    assert client.get(LIST).status_code == 403


def test_the_list_asks_a_constant_number_of_questions(client, reader, django_assert_num_queries):
    with_note(a_report("STAT"), reader)
    client.get(LIST)
    with django_assert_num_queries(8):
        client.get(LIST, headers={"HX-Request": "true"})
    for number in range(10):
        with_note(services.claim_study(a_report(minutes=number), by=reader), reader)

    with django_assert_num_queries(8):
        client.get(LIST, headers={"HX-Request": "true"})


def with_note(report: Report, by) -> Report:
    procedure = step_of(report.study)
    services.write_note(procedure, by=by, verdict="ABNORMAL", words="Shadow")
    return report


# ── taking a study ───────────────────────────────────────────────────────────────────────────────


def test_claiming_opens_the_study(client, reader):
    report = a_report()

    answer = client.post(at("claim", report), headers={"HX-Request": "true"})

    assert answer.headers["HX-Redirect"] == at("report", report)
    assert Report.objects.get().claimed_by == reader


def test_what_somebody_else_reads_is_refused_with_a_sentence(client, reader, person):
    report = services.claim_study(a_report(), by=person("Radiologist"))

    refused = client.post(at("claim", report))

    assert refused.status_code == 409
    assert b"say why" in refused.content
    assert client.post(at("claim", report), {"reason": "Gone home"}).status_code == 302


def test_read_the_next_takes_the_most_urgent_that_nobody_holds(client, reader, person):
    services.claim_study(a_report("STAT"), by=person("Radiologist"))
    free = a_report()

    answer = client.post(reverse("reports:next"))

    assert answer.url == at("report", free)
    assert Report.objects.get(pk=free.pk).claimed_by == reader


def test_with_nothing_left_the_list_says_so(client, reader):
    assert client.post(reverse("reports:next")).url == LIST


@pytest.mark.parametrize(
    "door",
    ["claim", "release", "read_anyway", "sign", "retract", "no_read_required", "read_after_all"],
)
@pytest.mark.parametrize("role", ["Technician", "Referrer"])
def test_verbs_of_readers_are_closed_to_others(client, person, role, door):
    client.force_login(person(role))

    assert client.post(at(door, a_report())).status_code == 403


# ── the desk ─────────────────────────────────────────────────────────────────────────────────────


def test_the_desk_has_everything_at_hand_and_opening_it_is_recorded(client, reader, person):
    report = a_report("STAT")
    with_note(report, person("Technician"))
    prior = StudyFactory.create(patient=report.study.patient, description="CT of last year")
    services.sign_report(services.gather_report(ready(prior).pk), by=reader, words=SAID)
    template = ReportTemplateFactory.create(modality="CT")

    page = client.get(at("report", report)).content.decode()

    for words in ("Bleeding?", "Shadow", "CT of last year", SAID.impression, template.name):
        assert words in page
    assert f"StudyInstanceUIDs={report.study.study_instance_uid}" in page
    assert Entry.objects.filter(verb="report.viewed", subject_id=str(report.pk)).exists()


def ready(study):
    study.status, study.instance_count = "READY", 1
    study.save()
    return study


def test_opening_a_study_claims_nothing(client, reader):
    report = a_report()

    client.get(at("report", report))

    assert Report.objects.get().status == "READY_TO_READ"


def test_templates_made_for_this_procedure_come_first(client, reader):
    report = a_report()
    ReportTemplateFactory.create(name="A general one")
    own = ReportTemplateFactory.create(name="Z its own")
    own.procedure_types.add(step_of(report.study).procedure_type)
    ReportTemplateFactory.create(name="For MR", modality="MR")
    ReportTemplateFactory.create(name="Retired", is_active=False)

    desk = client.get(at("report", report)).context["desk"]

    assert [template.name for template in desk.templates] == ["Z its own", "A general one"]


def test_what_is_typed_is_kept_and_comes_back(client, reader):
    report = a_report()
    sent = {"findings": "No\r\nbleeding\0", "impression": "", "technique": "", "number": "0"}

    saved = client.post(at("autosave", report), sent).json()

    assert (saved["number"], saved["findings"]) == (1, "No\nbleeding")
    assert saved["doubts"] == ["There is no impression."]
    assert "No\nbleeding" in client.get(at("report", report)).content.decode()


def test_a_window_that_is_behind_is_told_what_is_kept(client, reader):
    report = services.save_draft(a_report(), by=reader, words=SAID, number=0)

    refused = client.post(at("autosave", report), {"findings": "Old", "number": "0"})

    assert refused.status_code == 409
    assert refused.json()["findings"] == SAID.findings
    assert refused.json()["number"] == 1


@pytest.mark.parametrize("number", ["", "x", "-1", "9" * 30, "²"])
def test_rubbish_instead_of_a_counter_overwrites_nothing(client, reader, number):
    report = a_report()

    assert client.post(at("autosave", report), {"number": number}).status_code == 409


def test_somebody_elses_study_shows_who_holds_it_and_no_editor(client, reader, person):
    report = services.save_draft(a_report(), by=person("Radiologist"), words=SAID, number=0)

    page = client.get(at("report", report)).content.decode()

    assert "reads this study" in page
    assert 'id="editor"' not in page
    assert SAID.findings in page


def test_signing_from_the_page_and_going_on_with_the_next(client, reader):
    report, following = a_report(minutes=30), a_report()
    sent = {"findings": "Clear.", "kind": "FINAL", "number": "0", "then": "next"}

    answer = client.post(at("sign", report), sent)

    assert answer.url == at("report", following)
    assert Report.objects.get(pk=report.pk).status == "FINAL"


def test_a_later_version_is_begun_written_and_signed_on_the_same_page(client, reader):
    report = a_report()
    services.sign_report(report, by=reader, words=SAID)
    client.post(at("later", report, "amendment"))
    number = Report.objects.get().draft_number
    sent = {"findings": "Bleeding after all.", "reason": "Seen again", "number": str(number)}

    client.post(at("sign", report), sent)

    assert Report.objects.get().status == "AMENDED"
    assert ReportVersion.objects.get(number=2).findings == "Bleeding after all."


@pytest.mark.parametrize("kind", ["preliminary", "retraction", "nonsense"])
def test_only_later_kinds_can_be_begun_later(client, reader, kind):
    report = a_report()
    services.sign_report(report, by=reader, words=SAID)

    assert client.post(at("later", report, kind)).status_code == 409


def test_differences_between_versions_are_marked_by_shape(client, reader):
    report = a_report()
    services.sign_report(report, by=reader, words=Words(findings="A nodule of 3 mm."))
    services.sign_later(
        report, kind="CORRECTION", by=reader, words=Words(findings="A nodule of 5 cm."), reason="mm"
    )

    page = client.get(at("versions", report)).content.decode()

    assert "<del>3 mm</del><ins>5 cm</ins>" in page


def test_the_desk_asks_a_constant_number_of_questions(
    client, reader, django_assert_max_num_queries
):
    report = a_report()
    for _ in range(5):
        prior = ready(StudyFactory.create(patient=report.study.patient))
        services.sign_report(services.gather_report(prior.pk), by=reader, words=SAID)
        ReportTemplateFactory.create()
    with django_assert_max_num_queries(40) as few:
        client.get(at("report", report))
    for _ in range(5):
        prior = ready(StudyFactory.create(patient=report.study.patient))
        services.sign_report(services.gather_report(prior.pk), by=reader, words=SAID)

    with django_assert_max_num_queries(len(few)):
        client.get(at("report", report))


def test_a_technician_reads_along_and_has_nothing_to_press(client, person, reader):
    report = a_report()
    services.sign_report(report, by=reader, words=SAID)
    client.force_login(person("Technician"))

    page = client.get(at("report", report)).content.decode()

    assert SAID.impression in page
    assert "Amend" not in page


# ── the note beside the examination ──────────────────────────────────────────────────────────────


def test_a_technician_notes_what_was_noticed(client, person):
    client.force_login(person("Technician"))
    procedure = step_of(a_study())
    address = reverse("reports:note_of_procedure", args=[procedure.pk])

    answer = client.post(address, {"verdict": "ABNORMAL", "words": "Shadow"})

    assert answer.status_code == 200
    assert PreliminaryNote.objects.get().words == "Shadow"
    assert "Shadow" in client.get(address).content.decode()


def test_a_note_without_words_comes_back_with_the_choice_kept(client, person):
    client.force_login(person("Technician"))
    procedure = step_of(a_study())

    answer = client.post(
        reverse("reports:note_of_procedure", args=[procedure.pk]), {"verdict": "URGENT"}
    )

    assert answer.status_code == 422
    assert 'value="URGENT" checked' in answer.content.decode()
    assert "Say in a few words" in answer.content.decode()


def test_a_note_begun_elsewhere_goes_on_here(client, person):
    procedure = step_of(a_study())
    client.force_login(person("Technician"))
    draft = reverse("reports:note_draft", args=[procedure.pk])
    assert client.post(draft, {"verdict": "ABNORMAL", "words": "Sha\0dow"}).status_code == 204

    client.force_login(person("Technician"))
    page = client.get(reverse("reports:note_of_procedure", args=[procedure.pk])).content.decode()

    assert "Shadow</textarea>" in page
    assert 'value="ABNORMAL" checked' in page


def test_others_do_not_write_notes(client, person):
    procedure = step_of(a_study())
    address = reverse("reports:note_of_procedure", args=[procedure.pk])
    for role, code in (("Administrator", 403), ("Scheduler", 403)):
        client.force_login(person(role))
        assert client.post(address, {"verdict": "NORMAL"}).status_code == code


# ── the frame ────────────────────────────────────────────────────────────────────────────────────


def test_the_rail_counts_what_waits_and_notices_tell_what_cannot(client, reader, person):
    report = a_report()
    with_flag = services.write_note(
        step_of(report.study), by=person("Technician"), verdict="URGENT", words="Air"
    )

    page = client.get(LIST)

    stops = {stop.place.key: stop.count for stop in page.context["frame"].stops}
    assert (stops["reading"].number, stops["reading"].is_urgent) == (1, True)
    assert "Please look now" in page.context["frame"].notices[0].sentence
    assert with_flag.words not in json.dumps([n.sentence for n in page.context["frame"].notices])


def test_times_are_said_in_the_departments_zone(client, reader):
    report, before = a_report(), timezone.localtime()

    saved = client.post(at("autosave", report), {"findings": "x", "number": "0"}).json()

    assert saved["savedAt"] in {f"{moment:%H:%M}" for moment in (before, timezone.localtime())}
