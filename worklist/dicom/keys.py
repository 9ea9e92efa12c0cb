"""Every attribute of the worklist that we answer, and how it is matched (PS3.4 table K.6-1)."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, auto
from functools import cached_property
from typing import Any

from django.conf.locale import LANG_INFO
from pydicom.datadict import tag_for_keyword

from patients.models import Alert, Patient
from worklist.models import Order, ProcedureType, ScheduledProcedure
from worklist.models.asked import (
    NEEDS_ALERTS,
    NEEDS_NUMBERS,
    NEEDS_ORDERED,
    NEEDS_ROOM,
    NEEDS_STATE,
)

Kind = Alert.Kind
Status = ScheduledProcedure.Status

# Scheduled Procedure Step Status (0040,0020), for the states that are on the list at all.
STATUS_TERMS = {
    Status.SCHEDULED: "SCHEDULED",
    Status.ARRIVED: "ARRIVED",
    Status.READY: "READY",
    Status.IN_PROGRESS: "STARTED",
}
# Pregnancy Status (0010,21C0): 1 not, 2 possibly, 3 definitely, 4 unknown.
NOT_PREGNANT, POSSIBLY_PREGNANT, DEFINITELY_PREGNANT, PREGNANCY_UNKNOWN = 1, 2, 3, 4
# What a modality is told of the contrast agent; which one is chosen in the room.
CONTRAST_WORDS = {
    ProcedureType.Contrast.ALWAYS: "With contrast",
    ProcedureType.Contrast.POSSIBLE: "Contrast if needed",
}
GRAVITY = (NOT_PREGNANT, PREGNANCY_UNKNOWN, POSSIBLY_PREGNANT, DEFINITELY_PREGNANT)


class Absent(Enum):
    """The one value that says: leave the attribute out."""

    ABSENT = auto()


ABSENT = Absent.ABSENT


class Match(Enum):
    """How a key is compared when it has a value."""

    NOT = auto()  # returned only; a value is ignored and the answers say so (FF01)
    TEXT = auto()  # with wild cards, case counts
    UID = auto()
    NAME = auto()
    DATE = auto()
    TIME = auto()
    STATUS = auto()
    BORN = auto()
    NEVER = auto()  # always empty here, so no value can match it (PS3.4 C.2.2.2.7)


@dataclass(frozen=True)
class Step:
    """A scheduled procedure as its answer shows it: with its times in the asker's zone."""

    procedure: ScheduledProcedure
    zone: dt.tzinfo

    @property
    def order(self) -> Order:
        return self.procedure.order

    @property
    def patient(self) -> Patient:
        return self.procedure.order.patient

    @cached_property
    def start(self) -> dt.datetime:
        return self.procedure.scheduled_start.astimezone(self.zone)

    @cached_property
    def end(self) -> dt.datetime:
        return self.procedure.scheduled_end.astimezone(self.zone)

    @cached_property
    def ordered(self) -> dt.datetime:
        return self.order.ordered_at.astimezone(self.zone)

    @property
    def state(self) -> str:
        """Its term; what is on hold stands where it was before (field 5.1)."""
        return STATUS_TERMS[Status(self.procedure.held_from or self.procedure.status)]

    @property
    def description(self) -> str:
        meaning = self.procedure.procedure_type.meaning
        if not self.procedure.side:
            return meaning
        return f"{meaning}, {self.procedure.get_side_display()}"

    def alerts(self, *kinds: str) -> list[str]:
        """What is known of these kinds; the text is shown by the modality before the exposure."""
        standing = (one for one in self.patient.alerts.all() if not one.is_absent)
        return [one.words for one in standing if one.kind in kinds]

    @property
    def pregnancy(self) -> int | None:
        """What was answered last. An old "not pregnant" is not passed on: nobody knows any more."""
        noted = [one for one in self.patient.alerts.all() if one.kind == Kind.PREGNANCY]
        if noted:
            return max((status_of(one) for one in noted), key=GRAVITY.index)
        return PREGNANCY_UNKNOWN if self.patient.sex == Patient.Sex.FEMALE else None


def status_of(alert: Alert) -> int:
    """Pregnancy Status as one entry says it; an entry in words alone says how grave it is."""
    if alert.pregnancy_status is None:
        is_certain = alert.severity == Alert.Severity.DANGER
        return DEFINITELY_PREGNANT if is_certain else POSSIBLY_PREGNANT
    is_over = alert.pregnancy_status == NOT_PREGNANT and alert.needs_asking
    return PREGNANCY_UNKNOWN if is_over else alert.pregnancy_status


@dataclass(frozen=True)
class Key:
    """One attribute: its value, the column it is matched with, and what must be fetched for it."""

    value: Callable[[Any], Any]
    match: Match = Match.NOT
    path: str = ""
    needs: str = ""


@dataclass(frozen=True)
class Nested:
    """A sequence: a table of its own for each of its items."""

    table: "Table"
    items: Callable[[Any], Iterable[Any]]
    needs: str = ""


Table = Mapping[int, Key | Nested]


def _by_tag(table: Mapping[str, Key | Nested]) -> Table:
    tags = {tag_for_keyword(word): key for word, key in table.items()}
    assert None not in tags  # noqa: S101 - a misspelt keyword would be an attribute we never send
    return {tag: tags[tag] for tag in sorted(tag for tag in tags if tag is not None)}


def _nothing(_: Any) -> str:
    """Type 2: the attribute is there, and nobody here knows its value."""
    return ""


def _absent(_: Any) -> Absent:
    """Type 1C, and its condition never holds here: not sent, though the key is understood."""
    return ABSENT


def figure(value: Decimal | None) -> str:
    """A decimal string (PS3.5 6.2): 71.5, never 7.15E+1; empty when it is not known."""
    return "" if value is None else f"{value.normalize():f}"


def _code(path: str) -> Table:
    return _by_tag(
        {
            "CodeValue": Key(lambda t: t.code, Match.TEXT, f"{path}__code"),
            "CodingSchemeDesignator": Key(lambda t: t.scheme, Match.TEXT, f"{path}__scheme"),
            "CodingSchemeVersion": Key(_absent),  # only where the designator is not enough
            "CodeMeaning": Key(lambda t: t.meaning, Match.TEXT, f"{path}__meaning"),
        }
    )


# What a sequence of references holds; none are known here.
REFERENCE: Table = _by_tag(
    {
        "ReferencedSOPClassUID": Key(_nothing, Match.NEVER),
        "ReferencedSOPInstanceUID": Key(_nothing, Match.NEVER),
    }
)
# A language by its tag (PS3.3 10.27 and CID 5000: RFC 5646), for those who record what is said.
LANGUAGE: Table = _by_tag(
    {
        "CodeValue": Key(lambda patient: patient.language),
        "CodingSchemeDesignator": Key(lambda _: "RFC5646"),
        "CodingSchemeVersion": Key(_absent),
        "CodeMeaning": Key(
            lambda patient: LANG_INFO.get(patient.language, {}).get("name", patient.language)
        ),
    }
)
OTHER_NUMBER: Table = _by_tag(
    {
        "PatientID": Key(lambda number: number.value),
        "IssuerOfPatientID": Key(lambda number: number.issuer),
        "TypeOfPatientID": Key(lambda _: "TEXT"),
    }
)


STEP: Table = _by_tag(
    {
        "ScheduledStationAETitle": Key(
            lambda s: s.procedure.device.ae_title, Match.TEXT, "device__ae_title"
        ),
        "ScheduledProcedureStepStartDate": Key(lambda s: f"{s.start:%Y%m%d}", Match.DATE),
        "ScheduledProcedureStepStartTime": Key(lambda s: f"{s.start:%H%M%S}", Match.TIME),
        "ScheduledProcedureStepEndDate": Key(lambda s: f"{s.end:%Y%m%d}"),
        "ScheduledProcedureStepEndTime": Key(lambda s: f"{s.end:%H%M%S}"),
        "Modality": Key(lambda s: s.procedure.device.modality, Match.TEXT, "device__modality"),
        "ScheduledPerformingPhysicianName": Key(_nothing, Match.NEVER),
        "ScheduledProcedureStepDescription": Key(lambda s: s.description),
        "ScheduledProtocolCodeSequence": Nested(
            _code("procedure_type"), lambda s: [s.procedure.procedure_type]
        ),
        "ScheduledProcedureStepID": Key(lambda s: s.procedure.step_id, Match.TEXT, "step_id"),
        "ScheduledStationName": Key(lambda s: s.procedure.device.name, Match.TEXT, "device__name"),
        "ScheduledProcedureStepLocation": Key(
            lambda s: s.procedure.device.room.code,
            *(Match.TEXT, "device__room__code", NEEDS_ROOM),
        ),
        "ScheduledProcedureStepStatus": Key(lambda s: s.state, Match.STATUS, needs=NEEDS_STATE),
        "CommentsOnTheScheduledProcedureStep": Key(lambda s: s.procedure.comment),
        "PreMedication": Key(_nothing),
        "RequestedContrastAgent": Key(
            lambda s: CONTRAST_WORDS.get(s.procedure.procedure_type.contrast, "")
        ),
    }
)

WORKLIST: Table = _by_tag(
    {
        "ScheduledProcedureStepSequence": Nested(STEP, lambda s: [s]),
        # Requested Procedure
        "RequestedProcedureID": Key(
            lambda s: s.order.requested_procedure_id, Match.TEXT, "order__requested_procedure_id"
        ),
        "RequestedProcedureDescription": Key(
            lambda s: s.order.procedure_type.meaning,
            *(Match.TEXT, "order__procedure_type__meaning", NEEDS_ORDERED),
        ),
        "RequestedProcedureCodeSequence": Nested(
            _code("order__procedure_type"), lambda s: [s.order.procedure_type], NEEDS_ORDERED
        ),
        "StudyInstanceUID": Key(
            lambda s: s.order.study_instance_uid, Match.UID, "order__study_instance_uid"
        ),
        "ReferencedStudySequence": Nested(REFERENCE, lambda s: []),
        "RequestedProcedurePriority": Key(
            lambda s: s.order.priority, Match.TEXT, "order__priority"
        ),
        "PatientTransportArrangements": Key(lambda s: s.order.get_transport_display()),
        "ReasonForTheRequestedProcedure": Key(lambda s: s.order.clinical_question),
        "RequestedProcedureComments": Key(lambda s: s.order.clinical_question),
        # Imaging Service Request
        "AccessionNumber": Key(
            lambda s: s.order.accession_number, Match.TEXT, "order__accession_number"
        ),
        "IssuerOfAccessionNumberSequence": Nested(
            _by_tag(
                {
                    "LocalNamespaceEntityID": Key(
                        lambda order: order.issuer, Match.TEXT, "order__issuer"
                    )
                }
            ),
            lambda s: [s.order] if s.order.issuer else [],
        ),
        "RequestingPhysician": Key(
            lambda s: s.order.ordering_physician, Match.NAME, "order__ordering_physician"
        ),
        "ReferringPhysicianName": Key(
            lambda s: s.order.ordering_physician, Match.NAME, "order__ordering_physician"
        ),
        "IssueDateOfImagingServiceRequest": Key(lambda s: f"{s.ordered:%Y%m%d}"),
        "IssueTimeOfImagingServiceRequest": Key(lambda s: f"{s.ordered:%H%M%S}"),
        # Visit
        "AdmissionID": Key(_nothing),
        "CurrentPatientLocation": Key(lambda s: s.order.ward, Match.TEXT, "order__ward"),
        "ReferencedPatientSequence": Nested(REFERENCE, lambda s: []),
        # Patient
        "PatientName": Key(
            lambda s: s.patient.dicom_name, Match.NAME, "order__patient__folded_name"
        ),
        "PatientID": Key(lambda s: s.patient.patient_id, Match.TEXT, "order__patient__patient_id"),
        "IssuerOfPatientID": Key(lambda s: s.patient.issuer, Match.TEXT, "order__patient__issuer"),
        "OtherPatientIDsSequence": Nested(
            OTHER_NUMBER, lambda s: s.patient.identifiers.all(), NEEDS_NUMBERS
        ),
        "PatientBirthDate": Key(
            lambda s: f"{s.patient.birth_date:%Y%m%d}" if s.patient.birth_date else "", Match.BORN
        ),
        "PatientSex": Key(lambda s: s.patient.sex, Match.TEXT, "order__patient__sex"),
        "PatientPrimaryLanguageCodeSequence": Nested(
            LANGUAGE, lambda s: [s.patient] if s.patient.language else []
        ),
        "PatientWeight": Key(lambda s: figure(s.patient.weight_kg)),  # in kilograms
        "PatientSize": Key(lambda s: figure(s.patient.height_m)),  # in metres
        "ConfidentialityConstraintOnPatientDataDescription": Key(
            lambda s: "CONFIDENTIAL" if s.patient.is_confidential else ""
        ),
        "PatientState": Key(_nothing),
        "PregnancyStatus": Key(lambda s: s.pregnancy, needs=NEEDS_ALERTS),
        "MedicalAlerts": Key(
            lambda s: s.alerts(Kind.IMPLANT, Kind.KIDNEY, Kind.INFECTION, Kind.OTHER),
            needs=NEEDS_ALERTS,
        ),
        "Allergies": Key(
            lambda s: s.alerts(Kind.ALLERGY, Kind.CONTRAST_REACTION), needs=NEEDS_ALERTS
        ),
        "SpecialNeeds": Key(lambda s: "; ".join(s.alerts(Kind.MOBILITY)), needs=NEEDS_ALERTS),
    }
)
