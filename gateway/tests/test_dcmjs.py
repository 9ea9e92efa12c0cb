"""dcmjs-dimse, another maker's library: performed steps and commitment, from begin to promise."""

import pytest
from pydicom.uid import generate_uid

from common.tests.ports import port_for_a_server
from gateway.tasks import tell_commitments
from gateway.tests.dcmjs import performing
from studies.ingest import file_batch
from studies.models import Commitment
from studies.tasks import decide_commitments
from studies.tests.factories import an_object_for, received
from worklist.models import PerformedProcedure, ScheduledProcedure
from worklist.tests.factories import ScheduledProcedureFactory

pytestmark = [pytest.mark.interop, pytest.mark.slow]
CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2"


def beginning(procedure) -> dict:
    """An N-CREATE in dcmjs's own words: keywords and plain values."""
    order, patient = procedure.order, procedure.order.patient
    return {
        "PatientName": patient.dicom_name,
        "PatientID": patient.patient_id,
        "PatientBirthDate": "",
        "PatientSex": patient.sex,
        "ScheduledStepAttributesSequence": [
            {
                "StudyInstanceUID": order.study_instance_uid,
                "AccessionNumber": order.accession_number,
                "RequestedProcedureID": order.requested_procedure_id,
                "RequestedProcedureDescription": "",
                "ScheduledProcedureStepID": procedure.step_id,
                "ScheduledProcedureStepDescription": "",
                "ReferencedStudySequence": [],
                "ScheduledProtocolCodeSequence": [],
            }
        ],
        "PerformedProcedureStepID": "PPS1",
        "PerformedStationAETitle": "CT01",
        "PerformedStationName": "",
        "PerformedLocation": "",
        "PerformedProcedureStepStartDate": "20260101",
        "PerformedProcedureStepStartTime": "101500",
        "PerformedProcedureStepStatus": "IN PROGRESS",
        "PerformedProcedureStepDescription": "",
        "PerformedProcedureTypeDescription": "",
        "PerformedProcedureStepEndDate": "",
        "PerformedProcedureStepEndTime": "",
        "Modality": "CT",
        "StudyID": "1",
        "ReferencedPatientSequence": [],
        "ProcedureCodeSequence": [],
        "PerformedProtocolCodeSequence": [],
        "PerformedSeriesSequence": [],
    }


def ending(sop_uid: str) -> dict:
    series = {
        "PerformingPhysicianName": "",
        "OperatorsName": "",
        "RetrieveAETitle": "",
        "ProtocolName": "Abdomen",
        "SeriesInstanceUID": generate_uid(),
        "SeriesDescription": "Axial",
        "ReferencedImageSequence": [reference(sop_uid)],
        "ReferencedNonImageCompositeSOPInstanceSequence": [],
    }
    return {
        "PerformedProcedureStepStatus": "COMPLETED",
        "PerformedProcedureStepEndDate": "20260101",
        "PerformedProcedureStepEndTime": "103000",
        "PerformedSeriesSequence": [series],
    }


def reference(sop_uid: str) -> dict:
    return {"ReferencedSOPClassUID": CT_IMAGE, "ReferencedSOPInstanceUID": sop_uid}


def test_it_performs_a_step_and_is_told_that_its_images_are_safe(listener, scanner):
    procedure = ScheduledProcedureFactory.create(device=scanner, status="ARRIVED")
    row = received(an_object_for(procedure))
    while file_batch():
        pass
    row.refresh_from_db()
    assert row.instance is not None
    safe, transaction = row.instance.sop_instance_uid, generate_uid()
    scanner.address, scanner.port = "127.0.0.1", port_for_a_server()
    scanner.save()

    with performing(
        {
            "port": listener.port,
            "title": "CT01",
            "listens": scanner.port,
            "uid": generate_uid(),
            "begin": beginning(procedure),
            "end": ending(safe),
            "transaction": transaction,
            "objects": [reference(safe), reference("1.2.3.4")],
        }
    ) as modality:
        statuses: dict[str, int] = {}
        while "asked" not in statuses:
            statuses |= modality.hears()
        decide_commitments()
        tell_commitments()
        told = modality.hears()

    assert statuses == {
        "created": 0x0000,
        "again": 0x0111,
        "unknown": 0x0112,
        "ended": 0x0000,
        "late": 0x0110,
        "asked": 0x0000,
    }
    assert told == {"told": 2, "transaction": transaction, "safe": [safe], "failed": ["1.2.3.4"]}
    assert Commitment.objects.get().status == Commitment.Status.REPORTED
    procedure.refresh_from_db()
    assert procedure.status == ScheduledProcedure.Status.ACQUIRED
    step = PerformedProcedure.objects.get()
    assert (step.reported_by, step.status) == ("CT01", "COMPLETED")
