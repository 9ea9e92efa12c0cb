"""Filing: where an object goes, and what hinders it."""

import datetime as dt
import json
import zlib

import numpy as np
import pydicom
import pytest
from django.db import DatabaseError
from django.utils import timezone
from pydicom.dataset import Dataset
from pydicom.uid import ImplicitVRLittleEndian, generate_uid

from audit.models import Entry
from common.files import absolute
from patients.models import Patient
from patients.tests.factories import PatientFactory
from studies import ingest, services
from studies.ingest import batch
from studies.ingest.filing import file_study
from studies.models import IncomingFile, Instance, Match, Series, Study, Thumbnail
from studies.tests.factories import SMALL, an_object_for, bytes_of, received
from studies.tests.made_objects import an_image
from worklist.tests.factories import ScheduledProcedureFactory

pytestmark = pytest.mark.django_db

Status = IncomingFile.Status


def filed(content, **options):
    """Receive, file, and give the row as it is afterwards."""
    incoming = received(content, **options)
    ingest.file_batch()
    incoming.refresh_from_db()
    return incoming


def a_stranger(**attributes):
    """An image that nobody ordered."""
    return an_image(SMALL, **attributes)


def fields_of(incoming):
    return {row["field"] for row in incoming.details["differences"]}


# ── where it goes ────────────────────────────────────────────────────────────────────────────────


def test_an_object_becomes_study_series_instance_header_and_a_waiting_picture():
    dataset = a_stranger(StudyDescription="CT head", SeriesNumber=4, InstanceNumber=7)

    incoming = filed(dataset)

    instance = incoming.instance
    assert incoming.status == Status.FILED
    assert (instance.rows, instance.columns, instance.number) == (8, 8, 7)
    assert instance.series.number == 4
    assert instance.series.study.description == "CT head"
    header = json.loads(zlib.decompress(instance.header.json))
    assert header["00200013"]["Value"] == [7]
    assert instance.thumbnail.status == Thumbnail.Status.WAITING


def test_a_series_knows_when_and_for_what_it_was_performed():
    step, other = Dataset(), Dataset()
    step.ScheduledProcedureStepID, step.RequestedProcedureID = "S1", "R1"
    other.RequestedProcedureDescription = "names nothing"

    filed(
        bytes_of(
            an_image(
                SMALL,
                PerformedProcedureStepStartDate="20260314",
                PerformedProcedureStepStartTime="0926",
                RequestAttributesSequence=[step, other, step],
            )
        )
    )

    series = Series.objects.get()
    assert series.performed_date == dt.date(2026, 3, 14)
    assert series.performed_time == dt.time(9, 26)
    assert series.requests == [
        {
            "00400009": {"vr": "SH", "Value": ["S1"]},
            "00401001": {"vr": "SH", "Value": ["R1"]},
        }
    ]


def test_the_bytes_stay_exactly_as_they_came():
    content = bytes_of(a_stranger())

    incoming = filed(content)

    assert absolute(incoming.instance.path).read_bytes() == content


def test_objects_of_one_study_are_counted_once_each():
    study, series = generate_uid(), generate_uid()
    for number in range(5):
        received(
            a_stranger(StudyInstanceUID=study, SeriesInstanceUID=series, InstanceNumber=number)
        )
    received(a_stranger(StudyInstanceUID=study, Modality="SR"))

    ingest.file_batch()

    filed_study = Study.objects.get()
    assert (filed_study.instance_count, filed_study.series_count) == (6, 2)
    assert filed_study.modality_list == ["CT", "SR"]
    assert Series.objects.get(series_instance_uid=series).instance_count == 5


def test_filing_twice_equals_filing_once():
    incoming = received(a_stranger())
    ingest.file_batch()

    IncomingFile.objects.update(next_attempt_at=timezone.now())
    ingest.file_batch()

    assert Instance.objects.count() == 1
    assert Study.objects.get().instance_count == 1
    incoming.refresh_from_db()
    assert incoming.attempts == 1


def test_images_of_an_order_are_matched_and_counted_by_the_study_identifier():
    procedure = ScheduledProcedureFactory.create(status="ARRIVED")

    incoming = filed(an_object_for(procedure, AccessionNumber=""))

    procedure.refresh_from_db()
    match = Match.objects.get()
    assert (match.rule, match.procedure) == (Match.Rule.STUDY_UID, procedure)
    assert incoming.patient == procedure.patient
    assert incoming.procedure == procedure
    assert (procedure.images_received, procedure.images) == (1, "ARRIVING")
    assert Entry.objects.get(verb="study.matched").details["rule"] == "STUDY_UID"
    assert incoming.study.order == procedure.order


def test_a_study_identifier_of_the_scanners_own_is_matched_by_the_accession_number():
    procedure = ScheduledProcedureFactory.create()

    filed(an_object_for(procedure, StudyInstanceUID=generate_uid()))

    assert Match.objects.get().rule == Match.Rule.ACCESSION


def test_without_both_the_patient_the_modality_and_the_day_must_fit_one_procedure_alone():
    procedure = ScheduledProcedureFactory.create()
    today = f"{timezone.localdate():%Y%m%d}"
    own = {"StudyInstanceUID": generate_uid(), "AccessionNumber": "", "StudyDate": today}

    filed(an_object_for(procedure, **own))

    assert Match.objects.get().rule == Match.Rule.PATIENT_DAY


def test_reports_and_marks_are_not_counted_as_images():
    procedure = ScheduledProcedureFactory.create()
    received(an_object_for(procedure))
    sr = an_object_for(procedure, SOPClassUID="1.2.840.10008.5.1.4.1.1.88.11", Modality="SR")
    del sr.PixelData
    received(sr)

    ingest.file_batch()

    procedure.refresh_from_db()
    assert Study.objects.get().instance_count == 2
    assert procedure.images_received == 1


def test_an_order_that_came_after_the_first_images_is_found_with_the_next():
    first = a_stranger(PatientID="MRN1", PatientName="Example^Late", PatientBirthDate="19800517")
    filed(first)
    assert not Match.objects.exists()
    patient = Patient.objects.get()
    procedure = ScheduledProcedureFactory.create(
        order__patient=patient, order__study_instance_uid=first.StudyInstanceUID
    )

    filed(an_object_for(procedure, SeriesInstanceUID=first.SeriesInstanceUID))

    procedure.refresh_from_db()
    assert Match.objects.get().procedure == procedure
    assert procedure.images_received == 2


def test_a_late_image_opens_a_ready_study_again():
    dataset = a_stranger()
    filed(dataset)
    Study.objects.update(status=Study.Status.READY)
    dataset.SOPInstanceUID = generate_uid()

    filed(dataset)

    assert Study.objects.get().status == Study.Status.ARRIVING


# ── whose it is ──────────────────────────────────────────────────────────────────────────────────


def test_a_stranger_becomes_a_provisional_patient():
    incoming = filed(a_stranger(PatientID="X1", PatientName="Doe^Jo", PatientSex="F"))

    assert incoming.patient.is_provisional
    assert (incoming.patient.patient_id, incoming.patient.family_name) == ("X1", "Doe")


def test_a_second_study_of_the_stranger_goes_to_the_same_patient():
    filed(a_stranger(PatientID="X1", PatientName="Doe^Jo"))

    filed(a_stranger(PatientID="X1", PatientName="DOE^JO"))

    assert Patient.objects.count() == 1


def test_a_patient_without_a_number_gets_one_that_says_so_for_each_study():
    filed(a_stranger(PatientID="", PatientName="Doe^Jo"))
    filed(a_stranger(PatientID="", PatientName="Doe^Jo"))

    numbers = set(Patient.objects.values_list("patient_id", flat=True))
    assert len(numbers) == 2
    assert all(number.startswith("UNKNOWN-") for number in numbers)


def test_more_images_of_a_patient_without_a_number_join_their_study():
    dataset = a_stranger(PatientID="", PatientName="")
    filed(dataset)
    dataset.SOPInstanceUID = generate_uid()

    assert filed(dataset).status == Status.FILED
    assert Patient.objects.count() == 1


@pytest.mark.parametrize(
    ("said", "born"),
    [
        ("Example^Patient", "19800517"),
        ("EXAMPLE^PATIENT", ""),
        ("Exämple^Pátient^M", ""),
        ("Example^P", ""),
        ("Married^Patient", "19800517"),
        ("", ""),
    ],
)
def test_a_known_patient_is_recognised_through_spelling_marriage_and_silence(said, born):
    patient = PatientFactory.create(patient_id="MRN7", name_alphabetic="Example^Patient")

    incoming = filed(a_stranger(PatientID="MRN7", PatientName=said, PatientBirthDate=born))

    assert incoming.status == Status.FILED
    assert incoming.patient == patient


def test_a_confirmed_patients_number_with_another_name_and_birth_date_is_set_aside():
    patient = PatientFactory.create(patient_id="MRN7", name_alphabetic="Example^Patient")

    incoming = filed(
        a_stranger(PatientID="MRN7", PatientName="Someone^Else", PatientBirthDate="19501212")
    )

    assert (incoming.status, incoming.reason_code) == (Status.SET_ASIDE, "other_patient")
    assert incoming.patient == patient
    assert fields_of(incoming) >= {"name", "birth_date"}
    assert not Study.objects.exists()


def test_the_same_number_of_another_issuer_is_another_patient():
    PatientFactory.create(patient_id="MRN7", name_alphabetic="Example^Patient")

    incoming = filed(
        a_stranger(PatientID="MRN7", IssuerOfPatientID="ELSEWHERE", PatientName="Other^Person")
    )

    assert incoming.status == Status.FILED
    assert incoming.patient.is_provisional


def test_images_whose_patient_is_not_the_orders_are_set_aside_with_the_differences():
    procedure = ScheduledProcedureFactory.create()

    incoming = filed(an_object_for(procedure, PatientID="WRONG", PatientName="Wrong^Person"))

    assert (incoming.status, incoming.reason_code) == (Status.SET_ASIDE, "other_patient")
    assert (incoming.procedure, incoming.patient) == (procedure, procedure.patient)
    assert {"field": "patient_id", "here": procedure.patient.patient_id, "arrived": "WRONG"} in (
        incoming.details["differences"]
    )
    assert Entry.objects.get(verb="incoming.set_aside").patient_id == procedure.patient.pk


def test_a_study_that_is_filed_under_another_patient_keeps_its_patient():
    dataset = a_stranger(PatientID="A", PatientName="Alpha^Ann")
    filed(dataset)
    dataset.SOPInstanceUID = generate_uid()
    dataset.PatientID, dataset.PatientName = "B", "Beta^Bob"

    incoming = filed(dataset)

    assert (incoming.status, incoming.reason_code) == (Status.SET_ASIDE, "other_patient")
    assert incoming.study == Study.objects.get()
    assert Study.objects.get().instance_count == 1


def test_late_images_follow_a_study_whose_patient_was_corrected_by_a_person():
    dataset = a_stranger(PatientID="TYPO", PatientName="Wrong^Spelling")
    filed(dataset)
    Study.objects.update(patient=PatientFactory.create())
    dataset.SOPInstanceUID = generate_uid()

    assert filed(dataset).status == Status.FILED


def test_another_number_of_the_same_patient_in_the_object_is_enough():
    procedure = ScheduledProcedureFactory.create()
    other = Dataset()
    other.PatientID, other.IssuerOfPatientID = procedure.patient.patient_id, "IMAGING_DEPT"

    incoming = filed(
        an_object_for(
            procedure, PatientID="77", IssuerOfPatientID="CLINIC", OtherPatientIDsSequence=[other]
        )
    )

    assert incoming.status == Status.FILED


# ── the same again ───────────────────────────────────────────────────────────────────────────────


def test_the_same_object_again_is_already_here_and_its_bytes_are_let_go(
    django_capture_on_commit_callbacks,
):
    content = bytes_of(a_stranger())
    first = filed(content)
    second = received(content)
    path = absolute(second.path)

    with django_capture_on_commit_callbacks(execute=True):
        ingest.file_batch()

    second.refresh_from_db()
    assert (second.status, second.instance) == (Status.ALREADY_HERE, first.instance)
    assert not path.exists()
    assert absolute(first.instance.path).read_bytes() == content
    assert Study.objects.get().instance_count == 1


def test_the_same_object_in_another_wrapping_is_already_here():
    dataset = a_stranger()
    filed(dataset)
    rewrapped = bytes_of(dataset).replace(b"PYDICOM", b"DCMTK36")

    assert filed(rewrapped).status == Status.ALREADY_HERE


def test_the_same_object_in_another_native_syntax_is_already_here():
    dataset = a_stranger()
    filed(dataset)

    assert filed(bytes_of(dataset, ImplicitVRLittleEndian)).status == Status.ALREADY_HERE


def test_the_same_object_twice_in_one_batch_is_filed_once():
    content = bytes_of(a_stranger())
    received(content)
    received(content)

    while ingest.file_batch():
        pass

    statuses = sorted(IncomingFile.objects.values_list("status", flat=True))
    assert statuses == [Status.ALREADY_HERE, Status.FILED]


def test_the_same_identifier_with_other_pixels_is_set_aside_and_nothing_is_overwritten():
    dataset = a_stranger()
    first = filed(dataset)
    dataset.PixelData = np.zeros((8, 8), "<u2").tobytes()

    incoming = filed(dataset)

    assert (incoming.status, incoming.reason_code) == (Status.SET_ASIDE, "same_uid_other_content")
    assert fields_of(incoming) == {"pixels"}
    assert incoming.instance == first.instance
    assert absolute(incoming.path).exists()


def test_the_same_identifier_with_other_attributes_says_which():
    dataset = a_stranger(WindowCenter="40")
    filed(dataset)
    dataset.WindowCenter = "400"

    incoming = filed(dataset)

    assert fields_of(incoming) == {"00281050"}


def test_an_object_whose_bytes_were_lost_here_is_mended_by_sending_it_again():
    content = bytes_of(a_stranger())
    first = filed(content)
    absolute(first.instance.path).unlink()

    second = filed(content)

    first.instance.refresh_from_db()
    assert second.status == Status.ALREADY_HERE
    assert absolute(first.instance.path).read_bytes() == content
    assert Entry.objects.filter(verb="instance.mended").exists()


def test_a_series_of_another_study_is_set_aside():
    dataset = a_stranger()
    filed(dataset)
    dataset.StudyInstanceUID, dataset.SOPInstanceUID = generate_uid(), generate_uid()

    incoming = filed(dataset)

    assert (incoming.status, incoming.reason_code) == (Status.SET_ASIDE, "series_elsewhere")


# ── what cannot be filed ─────────────────────────────────────────────────────────────────────────


def test_rubbish_from_a_machine_is_kept_for_a_person():
    incoming = filed(b"this is no DICOM object")

    assert (incoming.status, incoming.reason_code) == (Status.SET_ASIDE, "not_dicom")
    assert absolute(incoming.path).exists()


def test_rubbish_from_a_browser_is_refused_to_the_persons_face(
    person, django_capture_on_commit_callbacks
):
    upload = services.start_upload(by=person("Technician"))
    incoming = received(b"this is no DICOM object", upload=upload, name="letter.doc")
    path = absolute(incoming.path)

    with django_capture_on_commit_callbacks(execute=True):
        ingest.file_batch()

    incoming.refresh_from_db()
    assert incoming.status == Status.REFUSED
    assert incoming.reason
    assert not path.exists()


def test_overlong_and_impossible_values_are_cut_and_the_object_is_filed():
    with pydicom.config.disable_value_validation():
        dataset = a_stranger(
            SpecificCharacterSet="ISO_IR 192",
            StudyDescription="é" * 200,
            SeriesDescription="x" * 300,
            AccessionNumber="A" * 60,
            BodyPartExamined="B" * 60,
            StationName="S" * 99,
            PatientName="N" * 2000,
            Manufacturer="M" * 500,
        )
        content = bytes_of(dataset)

    incoming = filed(content)

    assert incoming.status == Status.FILED
    assert len(incoming.study.description) == 64
    assert len(incoming.patient.name_alphabetic) == 324


def test_one_object_that_fails_takes_no_other_with_it(monkeypatch):
    study, good, bad = generate_uid(), generate_uid(), generate_uid()

    def stumble(study_uid, readings):
        if any(reading.facts.sop_uid == bad for reading in readings):
            raise ValueError("stumbled")
        file_study(study_uid, readings)

    monkeypatch.setattr(batch, "file_study", stumble)
    for uid in (good, bad):
        received(a_stranger(StudyInstanceUID=study, SOPInstanceUID=uid))

    ingest.file_batch()

    assert Instance.objects.get().sop_instance_uid == good
    assert IncomingFile.objects.waiting().count() == 1


def test_an_object_that_ends_its_worker_three_times_is_set_aside(monkeypatch):
    def die(claimed):
        raise SystemExit

    incoming = received(a_stranger())
    innocent = received(a_stranger())
    with monkeypatch.context() as patched:
        patched.setattr(batch, "read", die)
        for _ in range(3):
            IncomingFile.objects.filter(pk=incoming.pk).update(next_attempt_at=timezone.now())
            with pytest.raises(SystemExit):
                ingest.file_batch()

    IncomingFile.objects.update(next_attempt_at=timezone.now())
    while ingest.file_batch():
        pass

    incoming.refresh_from_db()
    innocent.refresh_from_db()
    assert (incoming.status, incoming.reason_code) == (Status.SET_ASIDE, "crashed")
    assert innocent.status == Status.FILED


def test_what_a_dead_worker_had_claimed_comes_due_again_by_itself():
    incoming = received(a_stranger())
    IncomingFile.objects.claim(10)

    soon, later = timezone.now(), timezone.now() + dt.timedelta(seconds=10)

    assert incoming not in IncomingFile.objects.due(soon)
    assert incoming in IncomingFile.objects.due(later)


def test_a_lease_is_renewed_for_what_is_held_and_not_for_what_was_given_back():
    held, given_back = received(a_stranger()), received(a_stranger())
    IncomingFile.objects.claim(10)
    IncomingFile.objects.all().give_back([given_back.pk])

    IncomingFile.objects.all().renew([held.pk, given_back.pk])

    assert list(IncomingFile.objects.due(timezone.now())) == [given_back]


def test_the_log_never_quotes_the_object(monkeypatch, caplog):
    received(a_stranger(PatientName="Secret^Person"))

    quoting = DatabaseError("Key (name)=(Secret^Person) already exists.")

    def fail(study_uid, readings):
        raise quoting

    monkeypatch.setattr(batch, "file_study", fail)

    ingest.file_batch()

    assert "could not be filed" in caplog.text
    assert "Secret" not in caplog.text
