"""Modalities report performed steps over real associations (PS3.4 Annex F)."""

import threading
from typing import Any

import pytest
from pydicom.uid import generate_uid

from audit.models import Entry
from equipment.tests.factories import DeviceFactory
from gateway.tests.performing import (
    PERFORMED_STEP,
    RETRIEVE,
    beginning,
    change,
    create,
    ending,
    interim,
    scheduled_item,
    series_item,
)
from patients.tests.factories import PatientFactory
from worklist import services
from worklist.dicom.performed import NEEDED
from worklist.models import Discrepancy, PerformedProcedure, ScheduledProcedure
from worklist.tests.factories import OrderFactory, ScheduledProcedureFactory

Status, Kind = ScheduledProcedure.Status, Discrepancy.Kind


@pytest.fixture
def ct(scanner, listener):
    """The scanner's association."""
    association = listener.call(PERFORMED_STEP, RETRIEVE, calling="CT01")
    assert association.is_established
    yield association
    association.release()


@pytest.fixture
def procedure(scanner):
    return ScheduledProcedureFactory.create(status=Status.ARRIVED, device=scanner)


def state_of(procedure) -> str:
    procedure.refresh_from_db()
    return procedure.status


def kinds_of(procedure) -> set[str]:
    return set(procedure.discrepancies.unsettled().values_list("kind", flat=True))


def test_an_examination_from_its_begin_to_its_end(ct, procedure, scanner):
    uid = generate_uid()

    assert create(ct, beginning(procedure), uid).Status == 0x0000
    assert state_of(procedure) == Status.IN_PROGRESS
    assert change(ct, interim("1.2.1"), uid).Status == 0x0000
    listed = [series_item("1.2.1", "1.2.2")]
    assert change(ct, ending(PerformedSeriesSequence=listed), uid).Status == 0x0000

    step = PerformedProcedure.objects.get(uid=uid)
    assert state_of(procedure) == Status.ACQUIRED
    assert (step.status, step.reported_status) == ("COMPLETED", "COMPLETED")
    assert (step.device, step.reported_by) == (scanner, "CT01")
    objects = step.series.get().listed.values_list("sop_instance_uid", flat=True)
    assert list(objects) == ["1.2.1", "1.2.2"]
    verbs = Entry.objects.filter(actor_label="CT01").values_list("verb", flat=True)
    assert {"performed.begun", "performed.changed", "performed.ended"} <= set(verbs)


def test_a_step_without_a_name_is_given_one(ct, procedure):
    status, _answer = ct.send_n_create(beginning(procedure), PERFORMED_STEP, None)

    assert status.Status == 0x0000
    uid = PerformedProcedure.objects.get().uid
    assert uid.startswith("2.25.")
    assert change(ct, ending(), uid).Status == 0x0000


NOT_TAKEN: list[tuple[dict[str, Any], int]] = [
    ({"PerformedProcedureStepStatus": "COMPLETED"}, 0x0106),
    ({"PerformedProcedureStepStatus": "DONE"}, 0x0106),
    ({"PerformedProcedureStepStartDate": "yesterday"}, 0x0106),
    ({"PerformedProcedureStepStartTime": "999999"}, 0x0106),
    ({"PerformedProcedureStepStatus": ""}, 0x0121),
    ({"PerformedStationAETitle": ""}, 0x0121),
    ({"PerformedProcedureStepID": ""}, 0x0121),
    ({"ScheduledStepAttributesSequence": []}, 0x0121),
    ({"ScheduledStepAttributesSequence": [scheduled_item(StudyInstanceUID="")]}, 0x0121),
]


def test_what_cannot_be_understood_is_answered_with_the_standards_status(ct):
    answers = [
        create(ct, beginning(**changed), generate_uid()).Status for changed, _status in NOT_TAKEN
    ]

    assert answers == [status for _changed, status in NOT_TAKEN]
    assert not PerformedProcedure.objects.exists()


def test_a_missing_type_1_attribute_is_named(ct):
    for keyword in NEEDED:
        told = beginning()
        delattr(told, keyword)

        status = create(ct, told, generate_uid())

        assert status.Status == 0x0120
        assert keyword[:15] in status.ErrorComment


def test_a_missing_type_2_attribute_is_only_warned_of(ct, procedure):
    told = beginning(procedure)
    del told.PatientSex

    status = create(ct, told, generate_uid())

    assert status.Status == 0x0107
    assert "PatientSex" in status.ErrorComment
    assert state_of(procedure) == Status.IN_PROGRESS


def test_a_step_is_begun_once(ct, procedure):
    uid = generate_uid()
    create(ct, beginning(procedure), uid)

    assert create(ct, beginning(procedure, StudyID="2"), uid).Status == 0x0111
    assert PerformedProcedure.objects.get().attributes["00200010"]["Value"] == ["1"]


def test_of_an_unknown_step_nothing_can_be_told(ct):
    assert change(ct, ending(), "1.2.3").Status == 0x0112


def test_what_is_over_may_no_longer_be_updated(ct, procedure):
    uid = generate_uid()
    create(ct, beginning(procedure), uid)
    change(ct, ending(), uid)

    status = change(ct, ending("DISCONTINUED"), uid)

    assert (status.Status, status.ErrorID) == (0x0110, 0xA710)
    assert state_of(procedure) == Status.ACQUIRED


def test_what_was_fixed_at_the_begin_cannot_be_changed_but_repeated(ct, procedure):
    uid = generate_uid()
    create(ct, beginning(procedure), uid)
    kept = {"PatientID": procedure.order.patient.patient_id, "StudyID": "1"}

    assert change(ct, ending(**kept | {"PatientID": "SOMEBODY"}), uid).Status == 0x0105
    assert state_of(procedure) == Status.IN_PROGRESS
    assert change(ct, ending(**kept), uid).Status == 0x0000


ENDS = [
    ("COMPLETED", "", Status.ACQUIRED, ""),
    ("DISCONTINUED", "110515", Status.DISCONTINUED, "110515"),
    ("DISCONTINUED", "", Status.DISCONTINUED, "110513"),
    ("DISCONTINUED", "110514", Status.ARRIVED, ""),
]


@pytest.mark.parametrize(("told", "reason", "state", "code"), ENDS)
def test_every_end_moves_the_worklist(ct, scanner, told, reason, state, code):
    procedure = ScheduledProcedureFactory.create(status=Status.ARRIVED, device=scanner)
    uid = generate_uid()
    create(ct, beginning(procedure), uid)

    assert change(ct, ending(told, reason), uid).Status == 0x0000

    assert state_of(procedure) == state
    assert procedure.reason_code == code
    noted = kinds_of(procedure)
    assert (Kind.NO_REASON in noted) is (code == "110513")
    assert (Kind.WRONG_ENTRY in noted) is (reason == "110514")


def test_one_step_may_do_two_scheduled_ones_and_one_scheduled_may_take_two(ct, scanner):
    order = OrderFactory.create()
    first, second = ScheduledProcedureFactory.create_batch(2, order=order, device=scanner)
    both, again = generate_uid(), generate_uid()

    create(ct, beginning(first, second), both)
    change(ct, ending("DISCONTINUED", "110501"), both)
    create(ct, beginning(second), again)

    assert state_of(first) == Status.DISCONTINUED
    assert state_of(second) == Status.IN_PROGRESS
    assert second.performed_steps.count() == 2


@pytest.mark.parametrize(
    "changed",
    [
        {"ScheduledProcedureStepID": ""},
        {"ScheduledProcedureStepID": "", "StudyInstanceUID": "1.2.99"},
        {"AccessionNumber": "", "StudyInstanceUID": "1.2.99"},
        {"ScheduledProcedureStepID": "", "StudyInstanceUID": "1.2.99", "AccessionNumber": ""},
    ],
    ids=["study", "accession number", "own number and patient", "patient and day"],
)
def test_a_report_finds_its_procedure_by_whatever_is_left(ct, procedure, changed):
    told = beginning(
        procedure, ScheduledStepAttributesSequence=[scheduled_item(procedure, **changed)]
    )
    procedure.scheduled_start = procedure.scheduled_start.replace(year=2026, month=1, day=1)
    procedure.scheduled_end = procedure.scheduled_end.replace(year=2026, month=1, day=1)
    procedure.save()

    assert create(ct, told, generate_uid()).Status == 0x0000
    assert state_of(procedure) == Status.IN_PROGRESS


def test_another_patient_than_the_orders_waits_for_a_person(ct, procedure):
    other = PatientFactory.create()
    told = beginning(procedure, PatientID=other.patient_id, PatientName=other.dicom_name)

    assert create(ct, told, generate_uid()).Status == 0x0000

    step = PerformedProcedure.objects.unplaced().get()
    assert step.why_unplaced == PerformedProcedure.Unplaced.OTHER_PATIENT
    assert state_of(procedure) == Status.ARRIVED


def test_what_fits_nothing_is_kept_and_placed_when_its_order_comes(ct, scanner):
    uid, study, patient = generate_uid(), generate_uid(), PatientFactory.create()
    told = beginning(
        PatientID=patient.patient_id,
        PatientName=patient.dicom_name,
        ScheduledStepAttributesSequence=[scheduled_item(StudyInstanceUID=study)],
    )
    assert create(ct, told, uid).Status == 0x0000
    assert PerformedProcedure.objects.unplaced().get().patient == patient
    order = OrderFactory.create(study_instance_uid=study, patient=patient)
    late = ScheduledProcedureFactory.create(order=order, device=scanner)

    assert change(ct, ending(), uid).Status == 0x0000

    assert state_of(late) == Status.ACQUIRED
    assert not PerformedProcedure.objects.unplaced().exists()


def test_people_may_end_it_first(ct, procedure, person):
    uid = generate_uid()
    create(ct, beginning(procedure), uid)
    services.complete_procedure(procedure, by=person("Technician"))

    assert change(ct, ending(), uid).Status == 0x0000

    assert state_of(procedure) == Status.COMPLETED
    assert kinds_of(procedure) & {Kind.LATE_REPORT} == set()
    assert PerformedProcedure.objects.get().series.count() == 1


@pytest.mark.parametrize("day", ["19700101", "20991231"])
def test_a_wrong_clock_is_survived(ct, procedure, day):
    uid = generate_uid()
    told = beginning(procedure, PerformedProcedureStepStartDate=day)

    assert create(ct, told, uid).Status == 0x0000
    assert change(ct, ending("DISCONTINUED", PerformedProcedureStepEndDate=day), uid).Status == 0

    assert state_of(procedure) == Status.DISCONTINUED
    assert procedure.ended_at >= procedure.started_at


def test_two_that_end_it_at_once_end_it_once(listener, ct, procedure):
    uid = generate_uid()
    create(ct, beginning(procedure), uid)
    gate, answers = threading.Barrier(2), []

    def end() -> None:
        association = listener.call(PERFORMED_STEP, calling="CT01")
        gate.wait()
        answers.append(change(association, ending(), uid).Status)
        association.release()

    threads = [threading.Thread(target=end) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == [0x0000, 0x0110]
    assert state_of(procedure) == Status.ACQUIRED


def test_another_machine_does_not_change_a_step_unseen(listener, ct, procedure):
    uid = generate_uid()
    DeviceFactory.create(ae_title="CT02")
    create(ct, beginning(procedure), uid)
    other = listener.call(PERFORMED_STEP, calling="CT02")

    assert change(other, ending(), uid).Status == 0x0000
    other.release()

    assert Kind.OTHER_DEVICE in kinds_of(procedure)


def test_a_machine_without_the_right_is_not_let_in(listener, scanner):
    scanner.may_report_steps = False
    scanner.save()

    association = listener.call(PERFORMED_STEP, calling="CT01")

    assert not association.accepted_contexts
    assert association.rejected_contexts[0].result == 0x01
    association.abort()


def test_all_that_was_reported_can_be_fetched_in_the_askers_letters(ct, procedure):
    uid = generate_uid()
    told = beginning(procedure, PerformedProcedureStepDescription="Bauch für Müller")
    told.add_new(0x00091001, "LO", "private")
    create(ct, told, uid)
    change(ct, ending(), uid)

    status, whole = ct.send_n_get([], RETRIEVE, uid)

    assert status.Status == 0x0000
    assert whole.PerformedProcedureStepStatus == "COMPLETED"
    assert whole.PerformedProcedureStepDescription == "Bauch für Müller"
    assert whole.PerformedSeriesSequence[0].ReferencedImageSequence
    assert whole.SpecificCharacterSet == "ISO_IR 192"


def test_only_what_is_asked_for_is_fetched(ct, procedure):
    uid = generate_uid()
    create(ct, beginning(procedure), uid)

    status, answer = ct.send_n_get([0x00400252, 0x00400254], RETRIEVE, uid)
    assert status.Status == 0x0000
    assert {element.keyword for element in answer} == {
        "PerformedProcedureStepStatus",
        "PerformedProcedureStepDescription",
        "SpecificCharacterSet",
    }
    status, _answer = ct.send_n_get([0x00400252, 0x00189073], RETRIEVE, uid)
    assert status.Status == 0x0001
    assert ct.send_n_get([], RETRIEVE, "1.2.3")[0].Status == 0x0112


def test_the_class_for_reporting_has_no_way_to_fetch(ct, procedure):
    """PS3.4 F.7 knows N-CREATE and N-SET; F.8 has a SOP class of its own for N-GET."""
    uid = generate_uid()
    create(ct, beginning(procedure), uid)

    status, answer = ct.send_n_get([], PERFORMED_STEP, uid)

    assert (status.Status, answer) == (0x0211, None)


def test_a_step_that_people_begin_is_fetched_like_any_other(ct, procedure, person):
    technician = person("Technician")
    services.start_procedure(procedure, by=technician)
    step = procedure.performed_steps.get()

    status, whole = ct.send_n_get([], RETRIEVE, step.uid)

    assert status.Status == 0x0000
    assert whole.PerformedProcedureStepStatus == "IN PROGRESS"
    assert whole.PatientID == procedure.order.patient.patient_id
    assert whole.PerformedStationAETitle == "CT01"
    item = whole.ScheduledStepAttributesSequence[0]
    assert item.ScheduledProcedureStepID == procedure.step_id


def test_a_report_of_a_thousand_images_is_taken(ct, procedure):
    uid, images = generate_uid(), [generate_uid() for _ in range(3000)]
    create(ct, beginning(procedure), uid)

    assert change(ct, ending(PerformedSeriesSequence=[series_item(*images)]), uid).Status == 0

    assert PerformedProcedure.objects.get().series.get().listed.count() == 3000
