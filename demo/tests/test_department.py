"""The demonstration has something of everything that people here know. Loaded once, looked at."""

import datetime as dt
import stat
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.db.models import Count, F
from django.test import TestCase
from django.utils import timezone

from demo.day import DAY
from demo.tests.small import load_small_department
from equipment.models import (
    Attachment,
    Device,
    Downtime,
    MaintenanceEntry,
    MaintenancePlan,
    Node,
    OpeningHours,
    Part,
)
from patients.models import Alert, Identifier, Patient
from reports.models import Acknowledgement, PreliminaryNote, Report, ReportTemplate
from staff.models import User
from staff.roles import ROLES
from studies.models import ImageReview, IncomingFile, KeyImage, Study, Upload
from worklist.models import (
    Administration,
    Check,
    Discrepancy,
    ExpectedView,
    Exposure,
    Order,
    ProcedureText,
    ProcedureType,
    Proposal,
    ScheduledProcedure,
)
from worklist.services import stranded_on

Status = ScheduledProcedure.Status
PHRASE = "once-upon-a-time"
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


class TestDepartment(TestCase):
    """Django's own class, because it loads once what many tests only look at."""

    keys: list[int]
    now: dt.datetime
    folder: Path

    @classmethod
    def setUpTestData(cls):
        cls.folder = Path(cls.enterClassContext(TemporaryDirectory()))
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("DEMO_PASSWORD", PHRASE)
            visits = load_small_department(cls.folder)
        cls.keys = [visit.step.pk for visit in visits]
        cls.now = visits[0].cast.now

    def today(self):
        return ScheduledProcedure.objects.filter(pk__in=self.keys)

    def test_devices_nodes_and_people_are_those_of_the_contract(self):
        assert set(Device.objects.values_list("ae_title", flat=True)) == {
            "CT01", "MR01", "DX01", "US01", "MG01", "XA01",
        }  # fmt: skip
        assert set(Node.objects.values_list("ae_title", "port")) == {
            ("WORKSTATION", 11113),
            ("TEST_SCU", None),
        }
        for name in ("technician", "radiologist", "referrer", "scheduler", "engineer", "admin"):
            assert User.objects.get(username=name).roles[0] in ROLES

    def test_the_password_is_kept_for_its_owner_alone_and_signs_in(self):
        accounts = self.folder / "demo-accounts.txt"

        assert stat.S_IMODE(accounts.stat().st_mode) == 0o600
        assert PHRASE in accounts.read_text()
        assert self.client.login(username="technician", password=PHRASE)

    def test_some_sixty_patients_of_every_age_write_their_names_in_many_scripts(self):
        names = "".join(Patient.objects.values_list("name_ideographic", flat=True))
        day = timezone.localdate()
        ages = [
            patient.age_on(day) or 0 for patient in Patient.objects.filter(is_provisional=False)
        ]

        assert len(ages) == 60
        assert (min(ages), max(ages)) == (0, 95)
        for sign in "山Πحכ洪ИШส":  # Japanese, Greek, Arabic, Hebrew, Korean, Cyrillic, Thai
            assert sign in names
        assert Patient.objects.exclude(name_phonetic="").filter(language="ja").count() == 3

    def test_one_is_confidential_two_look_like_one_and_one_is_known_from_images_only(self):
        assert Patient.objects.filter(is_confidential=True).count() == 1
        assert Patient.objects.filter(is_provisional=True).count() == 1
        one, other = Patient.objects.filter(
            name_alphabetic__in=["Müller^Jürgen^^Dr.", "Mueller^Juergen"]
        )
        assert one.birth_date == other.birth_date

    def test_numbers_languages_and_contacts_are_known(self):
        assert set(Identifier.objects.values_list("kind", flat=True)) >= {"NATIONAL", "INSURANCE"}
        assert Patient.objects.exclude(language="").values("language").distinct().count() > 15
        assert Patient.objects.exclude(contact_person="").count() > 10

    def test_the_safety_record_knows_every_kind_and_some_of_it_is_old(self):
        assert set(Alert.objects.values_list("kind", flat=True)) == set(Alert.Kind.values)
        assert Alert.objects.absent().exists()
        assert Alert.objects.filter(mr_condition="UNSAFE").exists()
        assert Alert.objects.active().filter(egfr__lt=30).exists()
        assert any(alert.needs_asking for alert in Alert.objects.in_force().with_ages())

    def test_every_procedure_has_views_and_a_guide_in_four_languages(self):
        for kind in ProcedureType.objects.all():
            languages = set(kind.texts.values_list("language", flat=True))
            assert languages == {"en", "de", "fr", "es"}
            assert kind.preparation
            assert kind.positioning
            assert sum(kind.views.values_list("images", flat=True)) == kind.expected_images
        assert not ProcedureText.objects.filter(instructions="").exists()
        assert ExpectedView.objects.filter(view_position="MLO", laterality="L").exists()
        assert ReportTemplate.objects.count() == 6
        assert OpeningHours.objects.exists()

    def test_today_is_in_every_state_and_no_two_have_the_same_minute(self):
        steps = self.today()

        assert len(self.keys) == len(DAY)
        assert set(steps.values_list("status", flat=True)) == set(Status.values)
        for device in Device.objects.all():
            booked = steps.filter(device=device).exclude(order__is_walk_in=True).in_time_order()
            for earlier, later in pairwise(booked):
                assert earlier.scheduled_end <= later.scheduled_start

    def test_nobody_did_anything_in_the_future(self):
        now = self.now

        for moment in ("arrived_at", "started_at", "ended_at"):
            assert not ScheduledProcedure.objects.filter(**{f"{moment}__gt": now}).exists()
        for earlier, later in (("arrived_at", "started_at"), ("started_at", "ended_at")):
            assert not self.today().filter(**{f"{later}__lt": F(earlier)}).exists()

    def test_every_history_is_in_the_order_in_which_it_happened(self):
        for step in ScheduledProcedure.objects.prefetch_related("moves"):
            moments = [move.at for move in step.moves.all()]
            assert moments == sorted(moments)
            assert moments[-1] <= self.now or step.scheduled_start > self.now

    def test_somebody_was_squeezed_in_and_somebody_is_urgent(self):
        assert self.today().get(order__is_walk_in=True).is_squeezed_in
        assert self.today().filter(order__priority="STAT").unfinished().exists()
        assert Order.objects.waiting().count() == 6

    def test_two_steps_of_one_order_made_one_study(self):
        [order] = Order.objects.annotate(steps=Count("procedures")).filter(steps__gt=1)

        assert order.procedures.completed().count() == 2
        assert Study.objects.get(order=order).series_count > 2

    def test_checks_answers_contrast_and_exposures_were_written_down(self):
        assert {"FLAGGED", "OVERRIDDEN", "CLEAR", "OPEN"} <= set(
            self.today().values_list("screening", flat=True)
        )
        assert set(Check.objects.values_list("kind", flat=True)) == {"IDENTITY", "SIDE"}
        assert Administration.objects.filter(reaction="MILD").count() == 1
        assert Exposure.objects.count() > 10

    def test_images_were_rejected_and_made_again_today_and_before(self):
        reviews = ImageReview.objects.rejections()
        procedures = ScheduledProcedure.objects.filter(series__instances__reviews__in=reviews)

        assert set(reviews.values_list("reason_code", flat=True)) == {"111209"}
        assert set(procedures.values_list("images", flat=True)) == {"COMPLETE"}
        days = {timezone.localdate(moment) for moment in reviews.values_list("at", flat=True)}
        assert len(days) == 4
        assert KeyImage.objects.exists()
        assert PreliminaryNote.objects.filter(verdict="URGENT").exists()

    def test_reports_are_in_every_state_but_cancelled_and_some_were_acknowledged(self):
        states = set(Report.objects.values_list("status", flat=True))

        assert states == set(Report.Status.values) - {"CANCELLED"}
        assert Report.objects.filter(status="READY_TO_READ", is_flagged=True, urgency=0).exists()
        assert 4 < Acknowledgement.objects.count() < Report.objects.count()

    def test_earlier_images_bear_the_day_on_which_they_were_made(self):
        past = timezone.localdate() - dt.timedelta(days=5)
        old = Study.objects.filter(study_date__lt=past, order__isnull=False)

        assert old.count() == 20
        for study in old:
            assert study.last_image_at == study.created_at
            assert study.study_date == timezone.localdate(study.created_at)

    def test_the_night_proposes_and_discrepancies_wait(self):
        assert set(Proposal.objects.undecided().values_list("outcome", flat=True)) == {
            "NO_SHOW", "CANCEL", "COMPLETE",
        }  # fmt: skip
        assert set(Discrepancy.objects.unsettled().values_list("kind", flat=True)) == {
            "NOT_ARRIVED", "NOT_IDENTIFIED", "NOT_SCREENED",
        }  # fmt: skip

    def test_something_was_set_aside_and_a_disc_came_from_elsewhere(self):
        aside = IncomingFile.objects.set_aside()

        assert set(aside.values_list("reason_code", flat=True)) > {"other_patient"}
        assert aside.count() == 2
        assert Upload.objects.get().finished_at
        assert IncomingFile.objects.get(original_name="LETTER.TXT").status == "REFUSED"

    def test_what_is_examined_now_still_sends(self):
        waiting = IncomingFile.objects.waiting()

        assert set(waiting.values_list("sender", flat=True)) == {"CT01", "MR01", "DX01"}

    def test_one_device_is_down_with_stranded_patients_and_one_is_limited(self):
        down = Device.objects.get(status="DOWN")

        assert down.ae_title == "XA01"
        assert len(stranded_on(down, timezone.now() + dt.timedelta(hours=6))) >= 3
        assert Device.objects.get(status="LIMITED").ae_title == "US01"
        assert Downtime.objects.still_open().get().device == down

    def test_maintenance_of_every_kind_and_state_took_hours_parts_and_money(self):
        entries = MaintenanceEntry.objects.all()

        assert set(entries.values_list("kind", flat=True)) == {
            "PREVENTIVE", "CORRECTIVE", "INSPECTION", "CALIBRATION", "SOFTWARE",
        }  # fmt: skip
        assert set(entries.values_list("status", flat=True)) == {"OPEN", "IN_WORK", "DONE"}
        assert entries.filter(hours__gt=0, cost__gt=0).count() >= 2
        assert Part.objects.count() == 3
        assert Attachment.objects.count() == 2

    def test_one_plan_is_overdue_and_one_falls_due_next_week(self):
        day = timezone.localdate()

        [late] = MaintenanceEntry.objects.overdue(day)
        soon = MaintenancePlan.objects.get(title__contains="MR").next_due_on
        assert late.title == "Constancy test of the X-ray room"
        assert soon is not None
        assert 1 < (soon - day).days < 10
        block = Downtime.objects.planned().ahead(timezone.now()).get()
        assert timezone.localdate(block.starts_at) == soon

    def test_three_months_of_examinations_are_over(self):
        done = ScheduledProcedure.objects.filter(scheduled_start__lt=timezone.now())

        assert done.count() > 220
        assert done.order_by("scheduled_start")[0].scheduled_start < timezone.now() - (
            dt.timedelta(days=85)
        )
