"""Every study has its report, and the report knows whether it can be read."""

import datetime as dt

import pytest
from django.utils import timezone

from audit.models import Entry
from reports.models import ReadingTarget, Report
from reports.periodic import gather
from reports.services import claim_study, gather_report, save_draft, write_note
from reports.tests.factories import SAID, a_report, a_study, step_of
from studies.models import Study
from studies.signals import study_changed
from studies.tests.factories import StudyFactory
from worklist.models import ScheduledProcedure
from worklist.services import complete_procedure
from worklist.tests.factories import ScheduledProcedureFactory

pytestmark = pytest.mark.django_db
Status = Report.Status


def test_a_settled_study_of_a_completed_procedure_is_ready_to_read():
    report = a_report()

    assert report.status == Status.READY_TO_READ
    assert Entry.objects.filter(verb="report.ready", subject_id=str(report.pk)).count() == 1


def test_gathering_twice_changes_nothing_more():
    report = a_report()
    entries = Entry.objects.count()

    again = gather_report(report.study_id)

    assert again.pk == report.pk
    assert Entry.objects.count() == entries


@pytest.mark.parametrize(
    ("why_not", "facts"),
    [
        ("still arriving", {"study_status": "ARRIVING"}),
        ("images are missing", {"images": "MISSING"}),
        ("the examination is not over", {"status": "ACQUIRED"}),
    ],
)
def test_what_is_not_ready_says_so(why_not, facts):
    assert a_report(**facts).status == Status.NOT_READY, why_not


def test_a_stat_study_is_read_before_the_examination_is_closed():
    assert a_report("STAT", status="ACQUIRED").status == Status.READY_TO_READ


def test_a_study_that_nobody_ordered_can_be_read_as_soon_as_it_has_settled():
    alone = StudyFactory.create(status="READY", instance_count=1)

    assert gather_report(alone.pk).status == Status.READY_TO_READ


def test_a_study_without_any_image_to_look_at_is_not_ready():
    study = a_study()
    Study.objects.filter(pk=study.pk).update(rejected_count=3)

    assert gather_report(study.pk).status == Status.NOT_READY


def test_a_report_is_cancelled_when_nothing_was_examined():
    study = a_study(status="DISCONTINUED")
    Study.objects.filter(pk=study.pk).update(instance_count=0)

    assert gather_report(study.pk).status == Status.CANCELLED


def test_what_was_acquired_before_a_procedure_was_stopped_is_read():
    assert a_report(status="DISCONTINUED").status == Status.READY_TO_READ


def test_completing_the_procedure_puts_its_study_on_the_list(person):
    study = a_study(status="ACQUIRED")
    assert gather_report(study.pk).status == Status.NOT_READY

    complete_procedure(step_of(study), by=person("Technician"))

    assert Report.objects.get(study=study).status == Status.READY_TO_READ


def test_more_images_take_an_unclaimed_study_off_the_list():
    report = a_report()
    Study.objects.filter(pk=report.study_id).update(status="ARRIVING")

    study_changed.send(Study, study=report.study)

    assert Report.objects.get(pk=report.pk).status == Status.NOT_READY


def test_more_images_never_take_a_study_from_somebody_who_reads_it(person):
    report = claim_study(a_report(), by=person("Radiologist"))
    Study.objects.filter(pk=report.study_id).update(status="ARRIVING")

    assert gather_report(report.study_id).status == Status.CLAIMED


def test_how_urgent_and_until_when_follows_from_the_order():
    ReadingTarget.objects.filter(priority="HIGH").update(minutes=90)

    report = a_report("HIGH", minutes=10)

    assert report.urgency == 1
    assert report.waiting_since == report.study.last_image_at
    assert report.due_at == report.waiting_since + dt.timedelta(minutes=90)


def test_a_note_that_asks_to_look_now_lifts_a_waiting_study(person):
    report = a_report()
    procedure = step_of(report.study)

    write_note(procedure, by=person("Technician"), verdict="URGENT", words="Free air?")

    lifted = Report.objects.get(pk=report.pk)
    assert (lifted.urgency, lifted.is_flagged) == (0, True)


def test_a_calmer_note_takes_the_flag_away_again(person):
    report = a_report()
    procedure, technician = step_of(report.study), person("Technician")
    write_note(procedure, by=technician, verdict="URGENT", words="Free air?")

    write_note(procedure, by=technician, verdict="ABNORMAL", words="A fold of skin.")

    calmer = Report.objects.get(pk=report.pk)
    assert (calmer.urgency, calmer.is_flagged) == (2, False)


def test_an_urgent_note_is_enough_to_read_before_the_examination_is_closed(person):
    report = a_report(status="ACQUIRED")

    write_note(
        step_of(report.study),
        by=person("Technician"),
        verdict="URGENT",
        words="Free air?",
    )

    assert Report.objects.get(pk=report.pk).status == Status.READY_TO_READ


def test_all_steps_of_an_order_must_be_over():
    study = a_study()
    ScheduledProcedureFactory.create(order=study.order, status="SCHEDULED")

    assert gather_report(study.pk).status == Status.NOT_READY


# ── what the clock heals ─────────────────────────────────────────────────────────────────────────


def test_the_clock_finds_studies_whose_news_was_lost():
    study = a_study()

    gather()
    gather()

    assert Report.objects.get(study=study).status == Status.READY_TO_READ


def test_the_clock_looks_again_at_what_was_held_up():
    report = a_report(images="MISSING")
    ScheduledProcedure.objects.filter(order=report.study.order_id).update(images="COMPLETE")

    gather()

    assert Report.objects.get(pk=report.pk).status == Status.READY_TO_READ


def test_a_claim_that_has_run_out_is_free_again(person):
    report = claim_study(a_report(), by=person("Radiologist"))
    Report.objects.filter(pk=report.pk).update(claimed_until=timezone.now())

    gather()

    freed = Report.objects.get(pk=report.pk)
    assert (freed.status, freed.claimed_by) == (Status.READY_TO_READ, None)
    assert Entry.objects.filter(verb="report.lapsed").exists()


def test_a_draft_whose_lease_has_run_out_stays_a_draft(person):
    report = save_draft(a_report(), by=person("Radiologist"), words=SAID, number=0)
    Report.objects.filter(pk=report.pk).update(claimed_until=timezone.now())

    gather()

    kept = Report.objects.get(pk=report.pk)
    assert (kept.status, kept.findings) == (Status.DRAFT, SAID.findings)
