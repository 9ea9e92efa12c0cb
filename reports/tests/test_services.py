"""Every verb of a report: it works, it is refused in the wrong state and to the wrong person, and
it leaves a trace."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from audit.models import Entry
from common.refusals import Refused
from reports import services
from reports.models import Acknowledgement, Report, ReportVersion
from reports.tests.factories import SAID, a_report
from reports.words import Words
from studies.tests.factories import IncomingFileFactory

pytestmark = pytest.mark.django_db
Status = Report.Status


@pytest.fixture
def reader(person):
    return person("Radiologist")


@pytest.fixture
def other(person):
    return person("Radiologist")


def traces(verb: str) -> int:
    return Entry.objects.filter(verb=verb).count()


def signed(reader, words: Words = SAID, **more) -> Report:
    version = services.sign_report(a_report(**more), by=reader, words=words)
    return Report.objects.get(pk=version.report_id)


# ── claiming ─────────────────────────────────────────────────────────────────────────────────────


def test_a_claim_is_a_lease_of_half_an_hour(reader):
    claimed = services.claim_study(a_report(), by=reader)

    assert (claimed.status, claimed.claimed_by) == (Status.CLAIMED, reader)
    assert claimed.is_claimed_on(timezone.now() + dt.timedelta(minutes=29))
    assert not claimed.is_claimed_on(timezone.now() + dt.timedelta(minutes=30))
    assert traces("report.claimed") == 1


def test_claiming_twice_is_claiming_once(reader):
    report = services.claim_study(a_report(), by=reader)

    services.claim_study(report, by=reader)

    assert traces("report.claimed") == 1


def test_a_study_somebody_reads_is_not_taken_without_a_reason(reader, other):
    report = services.claim_study(a_report(), by=other)

    with pytest.raises(Refused, match="say why"):
        services.claim_study(report, by=reader)

    assert Report.objects.get(pk=report.pk).claimed_by == other


def test_with_a_reason_it_is_taken_over_and_its_draft_comes_along(reader, other):
    report = services.save_draft(a_report(), by=other, words=SAID, number=0)

    taken = services.claim_study(report, by=reader, reason="She has gone home.")

    assert (taken.claimed_by, taken.findings) == (reader, SAID.findings)
    assert taken.reason == "She has gone home."
    entry = Entry.objects.get(verb="report.taken_over")
    assert entry.details["former"] == other.pk
    assert "home" not in str(entry.details)


def test_once_the_lease_has_run_out_no_reason_is_needed(reader, other):
    report = services.save_draft(a_report(), by=other, words=SAID, number=0)
    Report.objects.filter(pk=report.pk).update(claimed_until=timezone.now())

    assert services.claim_study(report, by=reader).claimed_by == reader


def test_there_is_nothing_to_claim_before_it_is_ready_or_after_it_is_signed(reader):
    with pytest.raises(Refused, match="nothing to claim"):
        services.claim_study(a_report(study_status="ARRIVING"), by=reader)
    with pytest.raises(Refused, match="nothing to claim"):
        services.claim_study(signed(reader), by=reader)


def test_putting_it_back_keeps_what_was_written(reader):
    report = services.save_draft(a_report(), by=reader, words=SAID, number=0)

    back = services.release_study(report, by=reader)

    assert (back.status, back.claimed_by, back.findings) == ("READY_TO_READ", None, SAID.findings)
    assert traces("report.released") == 1


def test_only_whoever_holds_it_can_put_it_back(reader, other):
    report = services.claim_study(a_report(), by=other)

    with pytest.raises(Refused):
        services.release_study(report, by=reader)


def test_a_study_held_up_is_read_as_it_is_with_a_reason(reader):
    report = a_report(images="MISSING")
    with pytest.raises(Refused, match="Say why"):
        services.read_anyway(report, by=reader, reason=" ")

    assert services.read_anyway(report, by=reader, reason="Bleeding").status == "READY_TO_READ"
    assert services.gather_report(report.study_id).status == "READY_TO_READ"


# ── writing ──────────────────────────────────────────────────────────────────────────────────────


def test_writing_on_a_free_study_claims_it(reader):
    saved = services.save_draft(a_report(), by=reader, words=SAID, number=0)

    assert (saved.status, saved.claimed_by, saved.draft_number) == (Status.DRAFT, reader, 1)
    assert (traces("report.claimed"), traces("report.drafted")) == (1, 1)


def test_a_saving_renews_the_lease_and_leaves_no_further_trace(reader):
    report = services.save_draft(a_report(), by=reader, words=SAID, number=0)
    Report.objects.filter(pk=report.pk).update(
        claimed_until=timezone.now() + dt.timedelta(minutes=1)
    )

    renewed = services.save_draft(report, by=reader, words=SAID, number=1)

    assert renewed.is_claimed_on(timezone.now() + dt.timedelta(minutes=29))
    assert renewed.draft_number == 1, "the same words are not another saving"
    assert traces("report.drafted") == 1


def test_a_window_that_is_behind_overwrites_nothing(reader):
    report = services.save_draft(a_report(), by=reader, words=SAID, number=0)

    with pytest.raises(services.Stale):
        services.save_draft(report, by=reader, words=Words(findings="Old."), number=0)

    assert Report.objects.get(pk=report.pk).findings == SAID.findings


def test_nobody_writes_into_what_somebody_else_holds(reader, other):
    report = services.claim_study(a_report(), by=other)

    with pytest.raises(Refused, match="reads this study"):
        services.save_draft(report, by=reader, words=SAID, number=0)


def test_a_claim_that_ran_out_meanwhile_is_taken_again_by_writing(reader):
    report = services.save_draft(a_report(), by=reader, words=SAID, number=0)
    Report.objects.filter(pk=report.pk).update(claimed_until=timezone.now())

    saved = services.save_draft(report, by=reader, words=Words(findings="More."), number=1)

    assert saved.is_claimed_on(timezone.now())


# ── signing ──────────────────────────────────────────────────────────────────────────────────────


def test_signing_makes_a_version_and_empties_the_desk(reader):
    report = services.save_draft(a_report(), by=reader, words=SAID, number=0)

    version = services.sign_report(report, by=reader, words=SAID, number=1)

    report = Report.objects.get(pk=report.pk)
    assert (version.number, version.kind, version.signed_by) == (1, "FINAL", reader)
    assert Words.of(version) == SAID
    assert (report.status, report.has_draft, report.claimed_by) == (Status.FINAL, False, None)
    assert Entry.objects.get(verb="report.signed").details == {"version": 1}


def test_words_reach_the_version_but_never_the_trail(reader):
    signed(reader, Words(impression="Tumour of the left lung"))

    assert "Tumour" not in str(list(Entry.objects.values("details")))


def test_technique_alone_is_no_report(reader):
    with pytest.raises(ValidationError, match="nothing to sign"):
        services.sign_report(a_report(), by=reader, words=Words(technique="CT"))

    assert not ReportVersion.objects.exists()


def test_a_preliminary_report_keeps_its_words_for_the_final_one(reader):
    version = services.sign_report(a_report(), by=reader, words=SAID, kind="PRELIMINARY")

    report = Report.objects.get(pk=version.report_id)
    assert (report.status, report.findings) == (Status.PRELIMINARY, SAID.findings)
    final = services.sign_report(report, by=reader, words=SAID)
    assert (final.number, final.kind) == (2, "FINAL")


def test_a_stale_window_signs_nothing(reader):
    report = services.save_draft(a_report(), by=reader, words=SAID, number=0)

    with pytest.raises(services.Stale):
        services.sign_report(report, by=reader, words=Words(findings="Old."), number=0)


def test_images_set_aside_hold_up_the_final_but_not_the_preliminary_report(reader):
    report = a_report()
    IncomingFileFactory.create(status="SET_ASIDE", study=report.study)

    with pytest.raises(Refused, match="set aside"):
        services.sign_report(report, by=reader, words=SAID)

    assert services.sign_report(report, by=reader, words=SAID, kind="PRELIMINARY").number == 1


def test_what_is_signed_is_not_signed_again(reader):
    with pytest.raises(Refused):
        services.sign_report(signed(reader), by=reader, words=SAID)


@pytest.mark.parametrize(
    ("kind", "status", "verb"),
    [
        ("ADDENDUM", "ADDENDED", "report.addended"),
        ("AMENDMENT", "AMENDED", "report.amended"),
        ("CORRECTION", "CORRECTED", "report.corrected"),
    ],
)
def test_a_later_version_says_why_and_leaves_the_earlier_one(reader, kind, status, verb):
    report = signed(reader)

    version = services.sign_later(
        report, kind=kind, by=reader, words=Words(findings="Old fracture."), reason="Seen later"
    )

    first = report.versions.get(number=1)
    assert (version.number, version.reason) == (2, "Seen later")
    assert Words.of(first) == SAID
    assert Report.objects.get(pk=report.pk).status == status
    assert traces(verb) == 1


def test_a_later_version_without_a_reason_is_refused(reader):
    with pytest.raises(Refused, match="Say why"):
        services.sign_later(signed(reader), kind="AMENDMENT", by=reader, words=SAID, reason=" ")


def test_nothing_is_amended_before_it_is_signed(reader):
    with pytest.raises(Refused):
        services.sign_later(a_report(), kind="AMENDMENT", by=reader, words=SAID, reason="Why")


def test_an_amendment_begins_with_all_that_is_signed(reader):
    report = signed(reader)
    services.sign_later(
        report, kind="ADDENDUM", by=reader, words=Words(findings="Seen again."), reason="Asked"
    )

    begun = services.begin_later(report, kind="AMENDMENT", by=reader)

    assert begun.findings == f"{SAID.findings}\n\nSeen again."
    assert begun.status == Status.ADDENDED


def test_two_later_drafts_do_not_swallow_each_other(reader):
    report = services.begin_later(signed(reader), kind="AMENDMENT", by=reader)

    with pytest.raises(Refused, match="discard"):
        services.begin_later(report, kind="ADDENDUM", by=reader)


def test_a_later_draft_can_be_dropped_and_what_is_signed_stays(reader):
    report = services.begin_later(signed(reader), kind="AMENDMENT", by=reader)

    dropped = services.drop_draft(report, by=reader)

    assert (dropped.draft_kind, dropped.status) == ("", Status.FINAL)
    with pytest.raises(Refused):
        services.drop_draft(dropped, by=reader)


def test_a_retracted_report_says_so_for_ever(reader):
    report = signed(reader)

    version = services.retract(report, by=reader, reason="Wrong patient")

    assert Report.objects.get(pk=report.pk).status == Status.ENTERED_IN_ERROR
    assert "Wrong patient" in version.impression
    with pytest.raises(Refused):
        services.retract(report, by=reader, reason="Again")


def test_a_study_that_needs_no_report_says_why_and_can_be_wanted_again(reader):
    report = services.save_draft(a_report(), by=reader, words=SAID, number=0)
    with pytest.raises(Refused, match="Say why"):
        services.no_read_required(report, by=reader, reason="")

    done = services.no_read_required(report, by=reader, reason="Read elsewhere")

    assert (done.status, done.reason) == (Status.NO_READ_REQUIRED, "Read elsewhere")
    assert services.read_after_all(done, by=reader).status == Status.READY_TO_READ
    with pytest.raises(Refused):
        services.read_after_all(done, by=reader)


# ── for ever ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "attempt",
    [
        lambda version: ReportVersion.objects.filter(pk=version.pk).update(findings="Nothing."),
        lambda version: version.delete(),
        lambda version: sql("UPDATE reports_reportversion SET findings = 'Nothing.'"),
        lambda version: sql("DELETE FROM reports_reportversion"),
    ],
    ids=["update", "delete", "update in SQL", "delete in SQL"],
)
def test_nobody_changes_a_signed_version(reader, attempt):
    version = signed(reader).versions.get()

    with pytest.raises(DatabaseError, match="version_is_never_changed"), transaction.atomic():
        attempt(version)

    assert ReportVersion.objects.get().findings == SAID.findings


def sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


# ── acknowledging ────────────────────────────────────────────────────────────────────────────────


def test_whoever_asked_acknowledges_each_version_once(person, reader):
    referrer = person("Referrer")
    report = signed(reader, ordered_by=referrer)

    services.acknowledge(report, by=referrer, comment="Thank you")
    services.acknowledge(report, by=referrer, comment="Again")

    assert Acknowledgement.objects.get().comment == "Thank you"
    assert traces("report.acknowledged") == 1


def test_a_new_version_is_to_be_read_anew(person, reader):
    referrer = person("Referrer")
    report = signed(reader, ordered_by=referrer)
    services.acknowledge(report, by=referrer)
    services.sign_later(report, kind="AMENDMENT", by=reader, words=SAID, reason="Seen later")

    assert list(Report.objects.all().unread_by(referrer)) == [report]
    with pytest.raises(Refused, match="newer version"):
        services.acknowledge(report, by=referrer, number=1)


def test_nobody_acknowledges_somebody_elses_order_or_a_preliminary_report(person, reader):
    referrer = person("Referrer")
    with pytest.raises(Refused, match="ordered"):
        services.acknowledge(signed(reader), by=referrer)
    waiting = a_report(ordered_by=referrer)
    services.sign_report(waiting, by=reader, words=SAID, kind="PRELIMINARY")

    with pytest.raises(Refused, match="no signed report"):
        services.acknowledge(waiting, by=referrer)


def test_looking_twice_within_minutes_is_one_look_and_printing_always_counts(reader):
    report = a_report()

    for _ in range(2):
        services.view_report(report, by=reader)
        services.view_report(report, by=reader, how="pdf", version=1)

    assert (traces("report.viewed"), traces("report.printed")) == (1, 2)
