"""Invented reports: a study that was asked for and examined, with its images."""

import datetime as dt
from typing import Any

import factory
from django.utils import timezone

from reports.models import Report, ReportTemplate
from reports.services import gather_report
from reports.words import Words
from staff.models import User
from studies.models import Instance, Study
from studies.tests.factories import InstanceFactory, SeriesFactory
from worklist.models import ScheduledProcedure
from worklist.models.order import new_uid
from worklist.tests.factories import OrderFactory, ScheduledProcedureFactory

SAID = Words("Without contrast.", "No bleeding. Ventricles are not widened.", "Normal head.")


class ReportTemplateFactory(factory.django.DjangoModelFactory[ReportTemplate]):
    class Meta:
        model = ReportTemplate

    name = factory.Sequence(lambda n: f"Template {n}")
    findings = "Lungs: [clear]. Heart: [normal]."


def a_study(
    priority: str = "ROUTINE",
    minutes: int = 5,
    ordered_by: User | None = None,
    **procedure: Any,
) -> Study:
    """A study whose images have settled; its procedure is over unless said otherwise."""
    more = {"patient": procedure.pop("patient")} if "patient" in procedure else {}
    study_status = procedure.pop("study_status", "READY")
    modality = procedure.pop("modality", "CT")
    order = OrderFactory.create(
        priority=priority, clinical_question="Bleeding?", ordered_by=ordered_by, **more
    )
    step = {"status": "COMPLETED", "images": "COMPLETE", **procedure}
    made = ScheduledProcedureFactory.create(order=order, **step)
    study = Study.objects.create(
        study_instance_uid=order.study_instance_uid or new_uid(),
        patient=order.patient,
        order=order,
        accession_number=order.accession_number,
        modalities=modality,
        status=study_status,
        instance_count=3,
        study_date=timezone.localdate(),
        last_image_at=timezone.now() - dt.timedelta(minutes=minutes),
    )
    study.matches.create(procedure=made, rule="STUDY_UID")
    return study


def a_report(priority: str = "ROUTINE", **more: Any) -> Report:
    """The report of such a study, as the department gathers it."""
    return gather_report(a_study(priority, **more).pk)


def step_of(study: Study) -> ScheduledProcedure:
    """The one examination that such a study was made for."""
    return ScheduledProcedure.objects.get(order=study.order_id)


def an_image_of(study: Study) -> Instance:
    series = SeriesFactory.create(study=study, procedure=step_of(study))
    return InstanceFactory.create(series=series)
