"""Invented orders and scheduled procedures."""

import datetime as dt

import factory
from django.utils import timezone

from equipment.models import Modality
from equipment.tests.factories import DeviceFactory
from patients.tests.factories import PatientFactory
from worklist.models import (
    ContrastAgent,
    ExpectedView,
    Order,
    ProcedureType,
    Question,
    Questionnaire,
    ScheduledProcedure,
)


class ProcedureTypeFactory(factory.django.DjangoModelFactory[ProcedureType]):
    class Meta:
        model = ProcedureType

    code = factory.Sequence(lambda n: f"CT{n}")
    meaning = factory.Sequence(lambda n: f"CT abdomen {n}")
    modality = Modality.CT
    expected_images = 200


class OrderFactory(factory.django.DjangoModelFactory[Order]):
    class Meta:
        model = Order

    accession_number = factory.Sequence(lambda n: f"T{n:08d}")
    requested_procedure_id = factory.Sequence(lambda n: f"RT{n:08d}")
    issuer = "IMAGING_DEPT"
    patient = factory.SubFactory(PatientFactory)
    procedure_type = factory.SubFactory(ProcedureTypeFactory)
    status = Order.Status.SCHEDULED


class ScheduledProcedureFactory(factory.django.DjangoModelFactory[ScheduledProcedure]):
    """A procedure for today; a started one has a start, a discontinued one a reason."""

    class Meta:
        model = ScheduledProcedure

    order = factory.SubFactory(OrderFactory)
    procedure_type = factory.SelfAttribute("order.procedure_type")
    device = factory.SubFactory(DeviceFactory)
    step_id = factory.Sequence(lambda n: f"ST{n:08d}")
    scheduled_start = factory.LazyFunction(
        lambda: timezone.localtime().replace(hour=10, minute=0, second=0, microsecond=0)
    )
    scheduled_end = factory.LazyAttribute(lambda o: o.scheduled_start + dt.timedelta(minutes=20))
    images_expected = factory.SelfAttribute("procedure_type.expected_images")

    @factory.lazy_attribute
    def started_at(self):
        begun = {"IN_PROGRESS", "ACQUIRED", "COMPLETED", "DISCONTINUED"}
        return timezone.now() if getattr(self, "status", "") in begun else None

    @factory.lazy_attribute
    def reason_code(self):
        return "110515" if getattr(self, "status", "") == "DISCONTINUED" else ""


class QuestionnaireFactory(factory.django.DjangoModelFactory[Questionnaire]):
    class Meta:
        model = Questionnaire

    code = factory.Sequence(lambda n: f"ASK{n}")
    title = factory.Sequence(lambda n: f"Questions {n}")


class QuestionFactory(factory.django.DjangoModelFactory[Question]):
    """A yes-or-no question whose yes needs a look."""

    class Meta:
        model = Question

    questionnaire = factory.SubFactory(QuestionnaireFactory)
    text = factory.Sequence(lambda n: f"Is it so ({n})?")
    explanation = "Ask the radiologist."


class ContrastAgentFactory(factory.django.DjangoModelFactory[ContrastAgent]):
    class Meta:
        model = ContrastAgent

    name = factory.Sequence(lambda n: f"Testhexol {n}")
    kind = ContrastAgent.Kind.IODINATED


class ExpectedViewFactory(factory.django.DjangoModelFactory[ExpectedView]):
    class Meta:
        model = ExpectedView

    procedure_type = factory.SubFactory(ProcedureTypeFactory)
    name = factory.Sequence(lambda n: f"View {n}")
