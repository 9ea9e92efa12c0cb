"""Other archives: what they have of a patient (C-FIND), and having it sent to us (C-MOVE)."""

import datetime as dt
import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _
from pydicom.dataset import Dataset
from pynetdicom.association import Association

from equipment.models import Peer
from gateway.calling.line import Line, NoAnswer, calling, context
from patients.models import Patient
from studies.dicom.identifiers import is_uid

logger = logging.getLogger(__name__)

STUDY_ROOT_FIND, STUDY_ROOT_MOVE = "1.2.840.10008.5.1.4.1.2.2.1", "1.2.840.10008.5.1.4.1.2.2.2"
PENDING = frozenset({0xFF00, 0xFF01})
SUCCESS, SOME_FAILED, CANCELLED, UNKNOWN_DESTINATION = 0x0000, 0xB000, 0xFE00, 0xA801
MOST_STUDIES = 200
FIND_PATIENCE = Line(answer_seconds=20, connect_seconds=5)  # somebody waits in front of the page
MOVE_PATIENCE = Line(answer_seconds=120)  # between two words; an archive may read from a tape
LONGEST_TEXT = 200


@dataclass(frozen=True, slots=True)
class There:
    """A study in another archive, with who it says was examined, so that a person can judge."""

    study_uid: str
    patient_id: str
    issuer: str
    name: str
    birth_date: str
    sex: str
    date: str
    description: str
    modalities: str
    accession_number: str
    objects: int | None
    time: str = ""

    @property
    def day(self) -> dt.date | None:
        return _date(self.date)

    @property
    def born(self) -> dt.date | None:
        return _date(self.birth_date)

    @property
    def label(self) -> str:
        """What the list of transfers calls it."""
        return " · ".join(one for one in (self.description, self.modalities, self.date) if one)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a retrieval is; `status` None while it goes on."""

    completed: int
    failed: int
    remaining: int
    status: int | None
    comment: str = ""


def _date(text: str) -> dt.date | None:
    """A date as DICOM writes it (PS3.5 6.2); None for anything else."""
    try:
        return dt.date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return None


def _number(text: str) -> int | None:
    """A count as DICOM writes it; None for anything else."""
    return int(text) if text.isascii() and text.isdecimal() else None


def studies_of(peer: Peer, patient: Patient) -> list[There]:
    """What that archive has under the patient's number, the newest first. Raises NoAnswer."""
    keys = Dataset()
    keys.SpecificCharacterSet = "ISO_IR 192"
    keys.QueryRetrieveLevel = "STUDY"
    keys.PatientID = patient.patient_id
    for keyword in (
        *("PatientName", "IssuerOfPatientID", "PatientBirthDate", "PatientSex"),
        *("StudyInstanceUID", "StudyDate", "StudyTime", "StudyDescription", "AccessionNumber"),
        *("ModalitiesInStudy", "NumberOfStudyRelatedInstances"),
    ):
        setattr(keys, keyword, "")
    found: list[There] = []
    with calling(peer, [context(STUDY_ROOT_FIND)], FIND_PATIENCE) as association:
        for status, answer in association.send_c_find(keys, STUDY_ROOT_FIND):
            code = status.get("Status")
            if code in PENDING and answer is not None:
                found.append(_there(answer))
                if len(found) >= MOST_STUDIES:
                    association.abort()
                    break
            elif code != SUCCESS:
                raise NoAnswer(_refused(peer, code, status.get("ErrorComment", "")))
    fitting = [one for one in _named(found, peer) if _is_of(one, patient)]
    return sorted(fitting, key=lambda one: (one.date, one.time), reverse=True)


def _named(found: list[There], peer: Peer) -> list[There]:
    """Those that can be asked for. A study whose identifier is none is passed over, never mended:
    a part of an identifier may be another study's."""
    named = [one for one in found if is_uid(one.study_uid)]
    if unnamed := len(found) - len(named):
        logger.warning(
            "%s: %s of %s answers without a valid Study Instance UID are passed over",
            peer.ae_title,
            unnamed,
            len(found),
        )
    return named


def _is_of(there: There, patient: Patient) -> bool:
    """The same number of another issuer is somebody else; without an issuer a person judges."""
    return not there.issuer or there.issuer == patient.issuer


def _there(answer: Dataset) -> There:
    def text(keyword: str) -> str:
        value = answer.get(keyword)
        several = value if isinstance(value, list) or hasattr(value, "append") else [value]
        joined = ", ".join(str(one) for one in several if one not in (None, ""))
        return " ".join(joined.replace("\0", "").split())[:LONGEST_TEXT]

    return There(
        study_uid=text("StudyInstanceUID"),
        patient_id=text("PatientID"),
        issuer=text("IssuerOfPatientID"),
        name=text("PatientName"),
        birth_date=text("PatientBirthDate"),
        sex=text("PatientSex"),
        date=text("StudyDate"),
        description=text("StudyDescription"),
        modalities=text("ModalitiesInStudy"),
        accession_number=text("AccessionNumber"),
        objects=_number(text("NumberOfStudyRelatedInstances")),
        time=text("StudyTime"),
    )


def retrieve(peer: Peer, study_uid: str, seconds: float) -> Iterator[Progress]:
    """Have a study sent to us by C-MOVE; after `seconds` it is cancelled. Raises NoAnswer."""
    keys = Dataset()
    keys.QueryRetrieveLevel = "STUDY"
    keys.StudyInstanceUID = study_uid
    until = time.monotonic() + seconds
    with calling(peer, [context(STUDY_ROOT_MOVE)], MOVE_PATIENCE) as association:
        responses = association.send_c_move(keys, settings.DICOM_AE_TITLE, STUDY_ROOT_MOVE)
        for status, _failed in responses:
            if "Status" not in status:
                raise NoAnswer(_("%(name)s hung up in the middle.") % {"name": peer})
            yield _progress(status)
            if status.Status in PENDING and time.monotonic() > until:
                _cancel(association)


def _cancel(association: Association) -> None:
    association.send_c_cancel(1, query_model=STUDY_ROOT_MOVE)


def _progress(status: Dataset) -> Progress:
    return Progress(
        completed=int(status.get("NumberOfCompletedSuboperations") or 0)
        + int(status.get("NumberOfWarningSuboperations") or 0),
        failed=int(status.get("NumberOfFailedSuboperations") or 0),
        remaining=int(status.get("NumberOfRemainingSuboperations") or 0),
        status=None if status.Status in PENDING else int(status.Status),
        comment=str(status.get("ErrorComment") or ""),
    )


def refusal_of(peer: Peer, progress: Progress) -> str:
    """What the final status of a retrieval means, when it was no success."""
    if progress.status == UNKNOWN_DESTINATION:
        return _(
            "%(name)s does not know where to send to: our AE title %(ours)s has to be registered "
            "there, with our address and port."
        ) % {"name": peer, "ours": settings.DICOM_AE_TITLE}
    return _refused(peer, progress.status, progress.comment)


def _refused(peer: Peer, status: int | None, comment: str) -> str:
    said = f"{status:04X}H" if status is not None else _("nothing")
    sentence = _("%(name)s answered %(status)s.") % {"name": peer, "status": said}
    return f"{sentence} {comment}".strip()
