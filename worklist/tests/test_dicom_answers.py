"""What a worklist answer says, attribute by attribute, and in which letters."""

import datetime as dt
import io
from contextlib import suppress
from decimal import Decimal

import pytest
from django.utils import timezone
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset
from pydicom.sequence import Sequence

from patients.models import Alert, Identifier, Patient
from patients.tests.factories import AlertFactory
from worklist import dicom
from worklist.dicom import NotAnswerable, Profile, find_steps, read_identifier
from worklist.models import ProcedureType
from worklist.tests.asking import (
    IMPLICIT,
    NAMES,
    PENDING,
    PENDING_WITH_WARNING,
    ask,
    at,
    everything,
    on_the_wire,
    query,
    statuses,
    steps,
)
from worklist.tests.factories import ScheduledProcedureFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lenient_pydicom")]


# ── what is answered ─────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def full_answer(known):
    """The answer to a query for everything, about a step of which everything is known."""
    known.side = "L"
    known.comment = "Claustrophobic\nBring music"
    known.save()
    known.order.clinical_question = "Pain; appendicitis?"
    known.order.issuer = "IMAGING_DEPT"
    known.order.ordered_at = at(4, 16, 5)
    known.order.save()
    Patient.objects.update(is_confidential=True)
    for kind in Alert.Kind:
        AlertFactory.create(patient=known.patient, kind=kind, text=f"A {kind.lower()}")
    (answer,) = ask(everything())
    return answer


def test_an_answer_says_who_the_patient_is(full_answer):
    assert full_answer.PatientName == "Müller^Änne=山田^太郎=やまだ^たろう"
    assert full_answer.PatientID == "MRN_1"
    assert full_answer.IssuerOfPatientID == "HOSPITAL"
    assert full_answer.PatientBirthDate == "19800517"
    assert full_answer.PatientSex == "F"
    assert full_answer.ConfidentialityConstraintOnPatientDataDescription == "CONFIDENTIAL"


def test_an_answer_says_what_must_be_known_before_touching_the_patient(full_answer):
    assert full_answer.PregnancyStatus == 3
    assert full_answer.MedicalAlerts == ["A implant", "A kidney", "A infection", "A other"]
    assert full_answer.Allergies == ["A allergy", "A contrast_reaction"]
    assert full_answer.SpecialNeeds == "A mobility"


def test_an_answer_says_what_was_ordered(full_answer):
    assert full_answer.AccessionNumber == "A26000001"
    assert full_answer.IssuerOfAccessionNumberSequence[0].LocalNamespaceEntityID == "IMAGING_DEPT"
    assert full_answer.RequestingPhysician == full_answer.ReferringPhysicianName == "Doe^Jane"
    assert full_answer.IssueDateOfImagingServiceRequest == "20260704"
    assert full_answer.IssueTimeOfImagingServiceRequest == "160500"
    assert full_answer.StudyInstanceUID == "1.2.3.4"
    assert full_answer.RequestedProcedureID == "RP1"
    assert full_answer.RequestedProcedureDescription == "CT abdomen"
    assert full_answer.RequestedProcedurePriority == "STAT"
    assert full_answer.ReasonForTheRequestedProcedure == "Pain; appendicitis?"
    assert full_answer.RequestedProcedureComments == "Pain; appendicitis?"
    code = full_answer.RequestedProcedureCodeSequence[0]
    assert (code.CodeValue, code.CodingSchemeDesignator) == ("CTABD", "99IMG")
    assert code.CodeMeaning == "CT abdomen"


def test_an_answer_says_where_and_when_it_is_done(full_answer):
    item = full_answer.ScheduledProcedureStepSequence[0]

    assert item.ScheduledStationAETitle == "CT01"
    assert item.ScheduledStationName == "CT One"
    assert item.ScheduledProcedureStepLocation == "R1"
    assert item.ScheduledProcedureStepStartDate == "20260705"
    assert item.ScheduledProcedureStepStartTime == "103000"
    assert item.ScheduledProcedureStepEndDate == "20260705"
    assert item.ScheduledProcedureStepEndTime == "105000"
    assert item.Modality == "CT"
    assert item.ScheduledProcedureStepDescription == "CT abdomen, left"
    assert item.ScheduledProtocolCodeSequence[0].CodeValue == "CTABD"
    assert item.ScheduledProcedureStepID == "SPS1"
    assert item.ScheduledProcedureStepStatus == "SCHEDULED"
    assert item.CommentsOnTheScheduledProcedureStep == "Claustrophobic\nBring music"


TYPE_2_AND_UNKNOWN = [
    "PatientWeight",
    "PatientState",
    "AdmissionID",
    "CurrentPatientLocation",
    "ReferencedPatientSequence",
    "ReferencedStudySequence",
    "PatientTransportArrangements",
]


@pytest.mark.parametrize("keyword", TYPE_2_AND_UNKNOWN)
def test_what_nobody_here_knows_is_answered_empty(full_answer, keyword):
    assert keyword in full_answer
    assert full_answer[keyword].is_empty


def test_an_answer_can_be_written_and_read_again(full_answer):
    assert on_the_wire(full_answer).to_json_dict() == full_answer.to_json_dict()


def test_identifiers_are_the_same_in_every_answer(known):
    first, second = ask(everything()), ask(everything())

    assert first == second


def test_only_what_is_asked_for_is_answered(known):
    (answer,) = ask(query({"Modality": ""}, PatientID=""))

    assert {one.keyword for one in answer} == {
        "SpecificCharacterSet",
        "PatientID",
        "ScheduledProcedureStepSequence",
    }
    assert [one.keyword for one in answer.ScheduledProcedureStepSequence[0]] == ["Modality"]


@pytest.mark.parametrize("items", [[], [Dataset()]], ids=["no item", "one empty item"])
def test_an_empty_sequence_asks_for_all_that_is_in_it(known, items):
    asked = Dataset()
    asked.ScheduledProcedureStepSequence = Sequence(items)

    (answer,) = ask(asked)

    item = answer.ScheduledProcedureStepSequence[0]
    assert len(item) == len(dicom.keys.STEP)
    assert item.ScheduledProtocolCodeSequence[0].CodeMeaning == "CT abdomen"


def test_two_items_in_a_sequence_key_are_one_too_many():
    asked = Dataset()
    asked.ScheduledProcedureStepSequence = Sequence([Dataset(), Dataset()])

    with pytest.raises(NotAnswerable):
        ask(asked)


@pytest.mark.parametrize(
    ("keys", "status"),
    [
        ({"PatientName": "*"}, PENDING),
        ({"PatientID": "MRN_1"}, PENDING),
        ({"PatientWeight": ""}, PENDING),
        ({"SpecificCharacterSet": "ISO_IR 100", "PatientID": ""}, PENDING),
        ({"TimezoneOffsetFromUTC": ""}, PENDING),
        ({"PatientWeight": "80"}, PENDING_WITH_WARNING),
        ({"ReasonForTheRequestedProcedure": "Pain*"}, PENDING_WITH_WARNING),
        ({"EthnicGroup": ""}, PENDING_WITH_WARNING),
        ({"QueryRetrieveLevel": "STUDY"}, PENDING_WITH_WARNING),
    ],
)
def test_keys_that_are_not_supported_are_confessed_in_the_status(known, keys, status):
    assert statuses(query(**keys)) == {status}


def test_keys_that_are_not_supported_inside_a_sequence_count_as_well(known):
    assert statuses(query({"ScheduledProcedureStepDescription": "CT*"})) == {PENDING_WITH_WARNING}
    assert statuses(query({"AnatomicalOrientationType": ""})) == {PENDING_WITH_WARNING}


@pytest.mark.parametrize(
    ("sex", "severity", "status"),
    [
        ("F", None, 4),
        ("F", Alert.Severity.CAUTION, 2),
        ("F", Alert.Severity.DANGER, 3),
        ("M", None, None),
        ("", None, None),
    ],
)
def test_pregnancy_is_what_is_known_of_it(sex, severity, status):
    patient = ScheduledProcedureFactory.create(order__patient__sex=sex).patient
    if severity:
        AlertFactory.create(patient=patient, kind=Alert.Kind.PREGNANCY, severity=severity)

    assert ask(query(PregnancyStatus=""))[0].PregnancyStatus == status


def test_an_alert_that_is_over_is_not_sent(known):
    AlertFactory.create(patient=known.patient, is_active=False)

    assert not ask(query(Allergies=""))[0].Allergies


def test_values_are_cut_to_what_their_kind_holds(known):
    known.device.name = "The computed tomograph in the cellar"
    known.device.save()
    AlertFactory.create(patient=known.patient, text="a\\b" + "c" * 100)

    (answer,) = ask(query({"ScheduledStationName": ""}, Allergies=""))

    name = answer.ScheduledProcedureStepSequence[0].ScheduledStationName
    assert name == "The computed tom"
    assert answer.Allergies == "a/b" + "c" * 61


# ── letters ──────────────────────────────────────────────────────────────────────────────────────


CHARACTER_SETS = {
    "japanese": "\\ISO 2022 IR 87",
    "japanese with katakana": "ISO 2022 IR 13\\ISO 2022 IR 87",
    "korean": "\\ISO 2022 IR 149",
    "greek": "ISO_IR 126",
    "arabic": "ISO_IR 127",
    "cyrillic": "ISO_IR 144",
    "hebrew": "ISO_IR 138",
    "thai": "ISO_IR 166",
    "chinese": "GB18030",
    "chinese GBK": "GBK",
    "french": "ISO_IR 100",
    "german": "ISO_IR 100",
    "turkish": "ISO_IR 148",
    "polish": "ISO_IR 101",
}


@pytest.mark.parametrize(("who", "character_set"), CHARACTER_SETS.items(), ids=CHARACTER_SETS)
def test_a_name_travels_in_the_letters_its_reader_knows(who, character_set):
    alphabetic, others = NAMES[who.split(" ")[0]]
    ideographic, _, phonetic = others.partition("=")
    ScheduledProcedureFactory.create(
        order__patient__name_alphabetic=alphabetic,
        order__patient__name_ideographic=ideographic,
        order__patient__name_phonetic=phonetic,
    )

    (answer,) = ask(query(PatientName=""), character_set=character_set)

    read = on_the_wire(answer)
    said = read[0x00080005].value
    assert ("\\".join(said) if not isinstance(said, str) else said) == character_set
    assert str(read.PatientName) == "=".join(filter(None, (alphabetic, ideographic, phonetic)))


@pytest.mark.parametrize(
    ("name", "character_set"),
    [
        ("山田^太郎", "ISO_IR 100"),
        ("Müller", ""),
        ("Müller", "ISO_IR 6"),
        ("Müller", "\\ISO 2022 IR 87"),
        ("Διονυσιος", "ISO_IR 13"),
        ("Müller", "NO SUCH SET"),
        ("Müller", "ISO_IR 100\\NO SUCH SET"),
    ],
)
def test_what_the_reader_has_no_letters_for_is_sent_as_utf_8(name, character_set):
    ScheduledProcedureFactory.create(order__patient__name_alphabetic=name)

    (answer,) = ask(query(PatientName=""), character_set=character_set)

    assert answer.SpecificCharacterSet == "ISO_IR 192"
    assert str(on_the_wire(answer).PatientName) == name


def test_plain_letters_need_no_character_set():
    ScheduledProcedureFactory.create(order__patient__name_alphabetic="Smith^Ann")

    assert "SpecificCharacterSet" not in ask(query(PatientName=""), character_set="")[0]


@pytest.mark.parametrize("character_set", ["ISO_IR 192", "ISO_IR 100", "\\ISO 2022 IR 87"])
def test_a_query_in_other_letters_is_understood(known, character_set):
    asked = query(PatientName="山田*" if "87" in character_set else "MÜLLER*")
    asked.SpecificCharacterSet = character_set.split("\\")

    assert steps(on_the_wire(asked)) == ["SPS1"]


def test_a_query_that_names_no_letters_is_read_with_the_devices_own(known):
    encoded = b"\x10\0\x10\0" + (8).to_bytes(4, "little") + "MÜLLER* ".encode("latin-1")

    asked = read_identifier(io.BytesIO(encoded), IMPLICIT, "ISO_IR 100")

    assert steps(asked) == ["SPS1"]


@pytest.mark.parametrize(
    "encoded",
    [
        b"\xff" * 100,
        b"\x10\0\x10\0\xff\xff\xff\x7fMUL",
        b"\x40\0\0\x01\xff\xff\xff\xff" * 5000,
        b"\x40\0\0\x01\xff\xff\xff\xff\xfe\xff\0\xe0\xff\xff\xff\xff" * 5000,
        b"\x08\0\x05\0\x04\0\0\0\xff\xff\xff\xff",
    ],
    ids=["noise", "cut", "nested", "deeply nested", "bad character set"],
)
def test_an_identifier_of_nonsense_is_refused_or_read_but_breaks_nothing(encoded):
    with suppress(NotAnswerable):  # anything else would be an error of ours
        ask(read_identifier(io.BytesIO(encoded), IMPLICIT, "ISO_IR 192"))


# ── bytes ────────────────────────────────────────────────────────────────────────────────────────

SYNTAXES = {
    "1.2.840.10008.1.2": (True, True),
    "1.2.840.10008.1.2.1": (False, True),
    "1.2.840.10008.1.2.2": (False, False),
}


def written_by_pydicom(answer: Dataset, transfer_syntax: str) -> bytes:
    stream = DicomBytesIO()
    stream.is_implicit_VR, stream.is_little_endian = SYNTAXES[transfer_syntax]
    write_dataset(stream, answer)
    return stream.getvalue()


def assert_same_bytes(identifier: Dataset, character_set: str) -> None:
    found = find_steps(identifier, Profile(character_set=character_set))
    for syntax in SYNTAXES:
        expected = [written_by_pydicom(answer, syntax) for _, answer in found]
        assert found.encoded(syntax) == expected, (syntax, character_set)


def test_our_bytes_are_pydicoms(known, full_answer):
    """Everything that can be told, in every syntax and in letters of every kind."""
    asked = everything()
    asked.TimezoneOffsetFromUTC = ""

    for character_set in (
        "ISO_IR 192",
        "ISO_IR 100",
        "\\ISO 2022 IR 87",
        "",
        *CHARACTER_SETS.values(),
    ):
        assert_same_bytes(asked, character_set)


@pytest.mark.parametrize(("who", "character_set"), CHARACTER_SETS.items(), ids=CHARACTER_SETS)
def test_our_bytes_are_pydicoms_in_every_script(who, character_set):
    alphabetic, others = NAMES[who.split(" ")[0]]
    ideographic, _, phonetic = others.partition("=")
    patient = ScheduledProcedureFactory.create(
        order__patient__name_alphabetic=alphabetic,
        order__patient__name_ideographic=ideographic,
        order__patient__name_phonetic=phonetic,
        comment=f"~ {alphabetic}\\{ideographic}",
    ).patient
    for text in (alphabetic, f"{ideographic}; {phonetic}", "plain"):
        AlertFactory.create(patient=patient, text=text)

    assert_same_bytes(everything(), character_set)


@pytest.mark.filterwarnings("ignore:The value for the data element")
def test_a_value_too_long_for_its_kind_is_written_as_unknown(known):
    """PS3.5 6.2.2: a length of two bytes ends at 65535."""
    AlertFactory.create_batch(400, patient=known.patient, text="\u5c71" * 60)

    assert_same_bytes(query(Allergies="", PatientID=""), "ISO_IR 192")


# ── what the patient's record knows ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("answer", "days_ago", "said"),
    [(1, 0, 1), (1, 30, 4), (2, 30, 2), (3, 300, 3), (4, 0, 4)],
    ids=["not", "not, long ago", "possibly", "pregnant", "unknown"],
)
def test_an_answer_about_pregnancy_is_passed_on_until_it_reassures_nobody(
    known, answer, days_ago, said
):
    AlertFactory.create(
        patient=known.patient,
        kind=Alert.Kind.PREGNANCY,
        pregnancy_status=answer,
        is_absent=answer == Alert.Pregnancy.NOT,
        noted_at=timezone.now() - dt.timedelta(days=days_ago),
    )

    assert ask(query(PregnancyStatus=""))[0].PregnancyStatus == said


def test_weight_size_ward_and_transport_reach_the_modality(known):
    known.patient.weight_kg, known.patient.height_cm = Decimal("71.50"), 170
    known.patient.save()
    known.order.ward, known.order.transport = "Ward 4B", "BED"
    known.order.save()
    asked = query(
        PatientWeight=None,
        PatientSize=None,
        CurrentPatientLocation="",
        PatientTransportArrangements="",
    )

    answer = on_the_wire(ask(asked)[0])

    assert (float(answer.PatientWeight), float(answer.PatientSize)) == (71.5, 1.7)
    assert answer.CurrentPatientLocation == "Ward 4B"
    assert answer.PatientTransportArrangements == "bed"


def reference() -> Sequence:
    asked = Dataset()
    asked.ReferencedSOPClassUID, asked.ReferencedSOPInstanceUID = None, None
    return Sequence([asked])


def test_references_are_understood_and_there_are_none(known):
    """Scanners ask for them in every query (PS3.4 table K.6-1, type 2)."""
    asked = query(ReferencedStudySequence=reference(), ReferencedPatientSequence=reference())

    assert statuses(asked) == {PENDING}
    (answer,) = ask(asked)
    assert (list(answer.ReferencedStudySequence), list(answer.ReferencedPatientSequence)) == (
        *([], []),
    )
    asked.ReferencedStudySequence[0].ReferencedSOPInstanceUID = "1.2.3"
    assert ask(asked) == []  # an unknown value matches none (K.2.2.1.1.1)


def test_a_version_of_a_coding_scheme_is_understood_and_never_sent_empty(known):
    code = Dataset()
    code.CodeValue, code.CodingSchemeVersion, code.CodeMeaning = "", "", "CT abd*"
    asked = query({"ScheduledProtocolCodeSequence": Sequence([code])})

    assert statuses(asked) == {PENDING}
    item = ask(asked)[0].ScheduledProcedureStepSequence[0].ScheduledProtocolCodeSequence[0]
    assert {one.keyword for one in item} == {"CodeValue", "CodeMeaning"}


def test_language_other_numbers_and_contrast_reach_the_modality(known):
    known.patient.language = "de"
    known.patient.save()
    Identifier.objects.create(
        patient=known.patient, kind="HOSPITAL", value="778", issuer="EASTSIDE"
    )
    ProcedureType.objects.update(contrast="ALWAYS")
    asked = query(
        {"RequestedContrastAgent": ""},
        PatientPrimaryLanguageCodeSequence=Sequence([]),
        OtherPatientIDsSequence=Sequence([]),
    )

    answer = on_the_wire(ask(asked)[0])

    language = answer.PatientPrimaryLanguageCodeSequence[0]
    assert (language.CodeValue, language.CodingSchemeDesignator) == ("de", "RFC5646")
    assert language.CodeMeaning == "German"
    number = answer.OtherPatientIDsSequence[0]
    assert (number.PatientID, number.IssuerOfPatientID) == ("778", "EASTSIDE")
    assert number.TypeOfPatientID == "TEXT"
    step = answer.ScheduledProcedureStepSequence[0]
    assert step.RequestedContrastAgent == "With contrast"


def test_what_is_not_known_of_the_body_is_sent_empty(known):
    answer = ask(query(PatientWeight=None, PatientSize=None, CurrentPatientLocation=""))[0]

    assert not answer.PatientWeight
    assert not answer.PatientSize
    assert not answer.CurrentPatientLocation


def test_an_implant_says_how_it_behaves_in_the_field_and_no_allergies_are_no_allergy(known):
    AlertFactory.create(
        patient=known.patient, kind="IMPLANT", text="Pacemaker", mr_condition="UNSAFE"
    )
    AlertFactory.create(patient=known.patient, text="No known allergies", is_absent=True)

    answer = ask(query(MedicalAlerts="", Allergies=""))[0]

    assert answer.MedicalAlerts == "Pacemaker (MR unsafe)"
    assert not answer.Allergies
