"""Expected, listed by the modality, here and promised: one plain line before the patient leaves."""

import pytest
from django.urls import reverse
from django.utils import timezone

from common.files import absolute
from studies.commitment import decide
from studies.ingest import file_batch
from studies.models import Instance
from studies.services import Asker, Wanted, ask_commitment
from studies.tests.factories import an_object_for, received
from worklist import services
from worklist.models import ScheduledProcedure
from worklist.reported import Reporter, Told, ToldObject, ToldSeries, ToldStep
from worklist.tests.factories import (
    ExpectedViewFactory,
    ProcedureTypeFactory,
    ScheduledProcedureFactory,
)

pytestmark = pytest.mark.django_db
CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2"
WHO = Reporter("CT01", lambda _patient, _told: True)


@pytest.fixture
def procedure():
    return ScheduledProcedureFactory.create(status=ScheduledProcedure.Status.ARRIVED)


def made(procedure, *uids, status="COMPLETED") -> None:
    """The modality begins, lists these images in two series, and ends."""
    step = ToldStep(procedure.order.study_instance_uid, step_id=procedure.step_id)
    begun = Told({}, "IN_PROGRESS", started_at=timezone.now(), steps=(step,))
    services.report_begun(f"1.2.9.{procedure.pk}", begun, WHO)
    half = len(uids) // 2
    series = tuple(
        ToldSeries(
            f"1.2.8.{procedure.pk}.{number}",
            name,
            objects=tuple(ToldObject(CT_IMAGE, uid, is_image=True) for uid in some),
        )
        for number, (name, some) in enumerate([("Axial", uids[:half]), ("Lung", uids[half:])], 1)
    )
    attributes = {"00400252": {"vr": "CS", "Value": [status]}}
    services.report_changed(f"1.2.9.{procedure.pk}", Told(attributes, status, series=series), WHO)


def arrive(procedure, *uids) -> list[Instance]:
    series = f"1.2.8.{procedure.pk}.1"
    rows = [
        received(an_object_for(procedure, SOPInstanceUID=uid, SeriesInstanceUID=series))
        for uid in uids
    ]
    while file_batch():
        pass
    for row in rows:
        row.refresh_from_db()
    return [row.instance for row in rows if row.instance]


def promise(*instances) -> None:
    classes = {one.sop_instance_uid: one.sop_class_uid for one in instances}
    decide(ask_commitment(Asker("CT01", "DIMSE"), "1.2.77", Wanted(classes)).pk)


def line(procedure) -> str:
    procedure.refresh_from_db()
    return str(procedure.images_line)


UIDS = ("1.2.1", "1.2.2", "1.2.3", "1.2.4")


def test_what_the_modality_lists_replaces_the_estimate_of_the_catalogue(procedure):
    assert line(procedure) == "0 of 200 arrived"

    arrive(procedure, *UIDS[:3])
    assert line(procedure) == "3 of 200 arrived"

    made(procedure, *UIDS)
    assert line(procedure) == "3 of 4 arrived"
    assert procedure.images == "ARRIVING"

    arrive(procedure, UIDS[3])
    assert line(procedure) == "4 of 4 arrived"
    assert procedure.images == "COMPLETE"


def test_a_view_that_nobody_took_is_missing_whatever_the_modality_lists():
    kind = ProcedureTypeFactory.create(expected_images=0)
    ExpectedViewFactory.create_batch(2, procedure_type=kind)
    procedure = ScheduledProcedureFactory.create(order__procedure_type=kind, images_expected=2)
    made(procedure, UIDS[0])
    arrive(procedure, UIDS[0])

    assert line(procedure) == "1 of 2 arrived"


def test_all_are_safe_when_each_was_promised(procedure):
    made(procedure, *UIDS)
    instances = arrive(procedure, *UIDS)

    promise(*instances[:3])
    assert line(procedure) == "4 of 4 arrived"
    assert procedure.committed == "PENDING"

    ask = {instances[3].sop_instance_uid: instances[3].sop_class_uid}
    decide(ask_commitment(Asker("CT01", "DIMSE"), "1.2.78", Wanted(ask)).pk)
    assert line(procedure) == "4 of 4 arrived, all safe"
    assert procedure.images_safe == 4


def test_what_could_not_be_promised_is_said(procedure):
    made(procedure, *UIDS)
    instances = arrive(procedure, *UIDS)
    absolute(instances[0].path).unlink()

    promise(*instances)

    assert line(procedure) == "4 of 4 arrived, not all are safe"


def test_the_examination_and_the_api_say_what_is_missing_by_series(client, person, procedure):
    made(procedure, *UIDS)
    arrive(procedure, *UIDS[:2])
    client.force_login(person("Technician"))

    page = client.get(reverse("studies:of_procedure", args=[procedure.pk])).content.decode()

    assert "2 of 4 arrived" in page
    assert "Lung" in page
    said = client.get(f"/api/procedures/{procedure.pk}/").json()
    assert (said["images_line"], said["images_wanted"]) == ("2 of 4 arrived", 4)
    board = client.get(reverse("worklist:board")).content.decode()
    assert "2 of 4" in board


def test_a_discontinued_step_lists_nothing_that_is_missed(procedure):
    made(procedure, *UIDS, status="DISCONTINUED")

    assert line(procedure) == "0 of 200 arrived"
