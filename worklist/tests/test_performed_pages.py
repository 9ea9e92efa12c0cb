"""Pages of what modalities reported: where nobody could place it, a person does."""

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import Entry
from patients.tests.factories import PatientFactory
from worklist import services
from worklist.models import PerformedProcedure, ScheduledProcedure
from worklist.reported import Reporter, Told, ToldPatient, ToldSeries, ToldStep
from worklist.tests.factories import ScheduledProcedureFactory

pytestmark = pytest.mark.django_db
Status = ScheduledProcedure.Status


def reported(patient=None, *, status="IN_PROGRESS", uid="1.2.3") -> PerformedProcedure:
    """An unscheduled examination that a modality has told of, as the gateway hands it on."""
    told = Told(
        attributes={"00100020": {"vr": "LO", "Value": [patient.patient_id if patient else "X1"]}},
        status="IN_PROGRESS",
        started_at=timezone.now(),
        patient=ToldPatient(patient.patient_id if patient else "X1"),
        steps=(ToldStep("1.2.99"),),
        series=(ToldSeries("1.2.4", "Axial", "Abdomen"),),
    )
    who = Reporter("CT01", lambda known, said: known.patient_id == said.patient_id)
    step = services.report_begun(uid, told, who)
    if status != "IN_PROGRESS":
        attributes = {"00400252": {"vr": "CS", "Value": [status]}}
        step = services.report_changed(uid, Told(attributes, status), who)
    return step


def test_a_report_that_fits_nothing_waits_on_the_list_of_open_steps(client, person):
    step = reported()
    client.force_login(person("Technician"))

    page = client.get(reverse("worklist:open_steps"))

    assert reverse("worklist:performed", args=[step.pk]) in page.content.decode()


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ("IN_PROGRESS", Status.IN_PROGRESS),
        ("COMPLETED", Status.ACQUIRED),
        ("DISCONTINUED", Status.DISCONTINUED),
    ],
)
def test_a_person_places_it_and_the_procedure_follows(client, person, told, state):
    procedure = ScheduledProcedureFactory.create(status=Status.ARRIVED)
    step = reported(status=told)
    client.force_login(person("Technician"))

    client.post(reverse("worklist:place_performed", args=[step.pk, procedure.pk]))

    procedure.refresh_from_db()
    assert procedure.status == state
    assert procedure.performed_steps.get() == step
    assert Entry.objects.get(verb="performed.placed").patient_id == procedure.patient.pk


def test_what_is_placed_once_is_not_placed_again(client, person):
    first, second = ScheduledProcedureFactory.create_batch(2)
    step = reported()
    services.place_performed(step, first, by=person("Technician"))
    client.force_login(person("Technician"))

    refused = client.post(reverse("worklist:place_performed", args=[step.pk, second.pk]))

    assert refused.status_code == 409
    assert not second.performed_steps.exists()


def test_it_can_belong_to_nothing_with_a_word_why(client, person):
    step = reported()
    client.force_login(person("Technician"))
    address = reverse("worklist:settle_performed", args=[step.pk])

    assert client.post(address, {"how": " "}).status_code == 422
    assert client.post(address, {"how": "A test of the service"}).status_code == 302
    assert not PerformedProcedure.objects.unplaced().exists()


def test_its_page_offers_the_likeliest_procedure_first(client, person):
    patient = PatientFactory.create()
    ScheduledProcedureFactory.create_batch(3)
    step = reported(patient)
    mine = ScheduledProcedureFactory.create(order__patient=patient)
    client.force_login(person("Technician"))

    page = client.get(reverse("worklist:performed", args=[step.pk])).content.decode()

    places = [
        page.find(reverse("worklist:place_performed", args=[step.pk, one.pk]))
        for one in ScheduledProcedure.objects.exclude(pk=mine.pk)
    ]
    own = page.find(reverse("worklist:place_performed", args=[step.pk, mine.pk]))
    assert own > 0
    assert all(place == -1 or place > own for place in places)
    assert "Axial" in page


def test_whoever_may_not_settle_places_nothing(client, person):
    procedure, step = ScheduledProcedureFactory.create(), reported()
    client.force_login(person("Engineer"))

    assert (
        client.post(reverse("worklist:place_performed", args=[step.pk, procedure.pk])).status_code
        == 403
    )
    client.force_login(person("Referrer"))
    assert client.get(reverse("worklist:performed", args=[step.pk])).status_code == 403


def test_what_a_person_began_is_not_shown_as_the_modality_s_word(client, person):
    technician = person("Technician")
    procedure = ScheduledProcedureFactory.create(status=Status.READY)
    services.start_procedure(procedure, by=technician)
    client.force_login(technician)
    address = reverse("worklist:performed", args=[procedure.performed_steps.get().pk])

    page = client.get(address).content.decode()

    assert "told by a person here" in page
    assert "The modality has reported nothing of this step." in page
    assert f"<dd>{technician}</dd>" in page
    assert "Record number" not in page


def test_a_report_that_ended_without_series_says_so(client, person):
    step = reported(status="COMPLETED")
    step.series.all().delete()
    client.force_login(person("Technician"))

    page = client.get(reverse("worklist:performed", args=[step.pk])).content.decode()

    assert "The modality listed no series." in page
