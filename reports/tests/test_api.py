"""Reports for programs: the same verbs, the same refusals, and no answer to rubbish but a 400."""

import pytest
from django.urls import reverse

from audit.models import Entry
from reports import services
from reports.models import PreliminaryNote, Report, ReportVersion
from reports.tests.factories import SAID, a_report, a_study, step_of

pytestmark = pytest.mark.django_db
LIST = "/api/reports/"
NOTES = "/api/preliminary-notes/"
JSON = "application/json"


@pytest.fixture
def reader(client, person):
    somebody = person("Radiologist")
    client.force_login(somebody)
    return somebody


def tell(client, report: Report, verb: str, body: object = None):
    return client.post(f"{LIST}{report.pk}/{verb}/", body or {}, content_type=JSON)


def test_a_report_goes_from_the_list_to_its_correction(client, reader):
    report = a_report()
    words = {"findings": "Clear.", "impression": "Normal."}

    assert tell(client, report, "claim").json()["claimed_by"] == reader.username
    drafted = tell(client, report, "draft", {**words, "number": 0}).json()
    assert (drafted["status"], drafted["draft"]["number"]) == ("DRAFT", 1)
    assert tell(client, report, "sign_preliminary", words).json()["status"] == "PRELIMINARY"
    assert tell(client, report, "sign", words).json()["status"] == "FINAL"
    for verb, status in (("addend", "ADDENDED"), ("amend", "AMENDED"), ("correct", "CORRECTED")):
        answer = tell(client, report, verb, {**words, "reason": "Seen again"})
        assert answer.json()["status"] == status
    retracted = tell(client, report, "retract", {"reason": "Wrong patient"})
    assert retracted.json()["status"] == "ENTERED_IN_ERROR"
    kinds = [row["kind"] for row in client.get(f"{LIST}{report.pk}/versions/").json()]
    assert kinds == list(ReportVersion.Kind.values)


def test_the_lesser_verbs_work_too(client, reader):
    report, held_up = a_report(), a_report(images="MISSING")

    tell(client, report, "claim")
    assert tell(client, report, "release").json()["status"] == "READY_TO_READ"
    answer = tell(client, report, "no_read_required", {"reason": "Read elsewhere"})
    assert answer.json()["status"] == "NO_READ_REQUIRED"
    assert tell(client, report, "read_after_all").json()["status"] == "READY_TO_READ"
    assert tell(client, held_up, "read_anyway", {"reason": "Now"}).json()["status"] == (
        "READY_TO_READ"
    )


def test_refusals_are_sentences(client, reader, person):
    report = services.claim_study(a_report(), by=person("Radiologist"))

    refused = tell(client, report, "claim")

    assert refused.status_code == 409
    assert "say why" in refused.json()["detail"]
    assert tell(client, report, "draft", {"number": 7}).status_code == 409


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("draft", {}),
        ("draft", {"number": -1}),
        ("draft", {"number": 10**30}),
        ("draft", {"number": True, "findings": ["a"]}),
        ("sign", {"findings": {"a": 1}}),
        ("sign", ["findings"]),
        ("sign", {"findings": "a\0b"}),
        ("amend", {"findings": "x"}),
        ("amend", {"findings": "x", "reason": "y" * 300}),
        ("retract", {"reason": ""}),
        ("claim", {"reason": "x" * 201}),
    ],
)
def test_rubbish_is_answered_with_the_field(client, reader, verb, body):
    report = a_report()

    assert tell(client, report, verb, body).status_code == 400
    assert not ReportVersion.objects.exists()


@pytest.mark.parametrize("key", ["0", "x", "9" * 18, "9" * 40, "-1"])
def test_a_key_that_does_not_exist_is_not_there(client, reader, key):
    assert client.get(f"{LIST}{key}/").status_code == 404


@pytest.mark.parametrize(
    "query",
    ["?patient=x", "?patient=99999999999999999999999", "?status=NONSENSE", "?accession_number=%00"],
)
def test_a_bad_filter_is_answered_with_400(client, reader, query):
    assert client.get(f"{LIST}{query}").status_code == 400


def test_filters_find_what_they_say(client, reader):
    wanted = a_report("STAT", modality="MR")
    a_report()

    def found(query: str) -> list[int]:
        return [row["id"] for row in client.get(LIST + query).json()["results"]]

    assert found("?modality=MR") == [wanted.pk]
    assert found(f"?patient={wanted.study.patient_id}") == [wanted.pk]
    assert found(f"?accession_number={wanted.study.accession_number}") == [wanted.pk]
    assert found("?status=FINAL") == []


def test_whoever_asked_sees_signed_words_of_their_own_alone(client, person, reader):
    referrer = person("Referrer")
    report, somebody_elses = a_report(ordered_by=referrer), a_report()
    services.save_draft(report, by=reader, words=SAID, number=0)
    client.force_login(referrer)

    before = client.get(f"{LIST}{report.pk}/").json()
    assert (before["version"], before["draft"]) == (None, None)
    assert client.get(f"{LIST}{report.pk}/versions/").json() == []
    services.sign_report(report, by=reader, words=SAID)
    after = client.get(f"{LIST}{report.pk}/").json()

    assert after["version"]["impression"] == SAID.impression
    assert client.get(f"{LIST}{somebody_elses.pk}/").status_code == 404
    assert client.get(LIST).json()["count"] == 1
    assert tell(client, report, "acknowledge", {"comment": "Thanks", "number": 1}).status_code == (
        200
    )
    assert tell(client, report, "claim").status_code == 403


def test_opening_a_report_is_recorded(client, reader):
    client.get(f"{LIST}{a_report().pk}/")

    assert Entry.objects.get(verb="report.viewed").details["how"] == "api"


def test_the_list_asks_a_constant_number_of_questions(
    client, reader, django_assert_max_num_queries
):
    services.sign_report(a_report(), by=reader, words=SAID)
    client.get(LIST)
    with django_assert_max_num_queries(12) as few:
        client.get(LIST)
    for _ in range(5):
        services.sign_report(a_report(), by=reader, words=SAID)

    with django_assert_max_num_queries(len(few)):
        client.get(LIST)


def test_a_note_is_written_and_found_again(client, person):
    client.force_login(person("Technician"))
    procedure = step_of(a_study())
    body = {"procedure": procedure.pk, "verdict": "ABNORMAL", "words": "Shadow"}

    written = client.post(NOTES, body, content_type=JSON)

    assert written.status_code == 201
    found = client.get(f"{NOTES}?procedure={procedure.pk}").json()["results"]
    assert [row["words"] for row in found] == ["Shadow"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"procedure": 10**17, "verdict": "NORMAL"}, 404),
        ({"procedure": "x", "verdict": "NORMAL"}, 400),
        ({"procedure": 10**30, "verdict": "NORMAL"}, 400),
        ({"procedure": [1], "verdict": ["NORMAL"]}, 400),
        ([], 400),
    ],
)
def test_a_note_about_nothing_is_refused(client, person, body, code):
    client.force_login(person("Technician"))

    assert client.post(NOTES, body, content_type=JSON).status_code == code
    assert not PreliminaryNote.objects.exists()


def test_a_note_without_words_is_refused_with_a_sentence(client, person):
    client.force_login(person("Technician"))
    body = {"procedure": step_of(a_study()).pk, "verdict": "URGENT"}

    refused = client.post(NOTES, body, content_type=JSON)

    assert refused.status_code == 409
    assert "few words" in refused.json()["detail"]


def test_templates_and_targets_are_kept_in_the_admin(client, person):
    client.force_login(person("Administrator"))

    for model in ("reporttemplate", "readingtarget"):
        assert client.get(reverse(f"admin:reports_{model}_changelist")).status_code == 200
        assert client.get(reverse(f"admin:reports_{model}_add")).status_code == 200
    assert client.get(reverse("admin:reports_report_changelist")).status_code == 403
