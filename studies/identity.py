"""Is this the same person? What the images say, compared with what we know."""

import re
import unicodedata
from typing import TypedDict

from django.conf import settings

from common.text import fold
from patients.models import Patient
from studies.facts import PatientFacts

UNKNOWN = "UNKNOWN-"  # how the number of a patient without a number begins

_BETWEEN_WORDS = re.compile(r"[\s,.\-'’]+")


class Difference(TypedDict):
    """One thing that does not agree, as stored with what was set aside. `field` is a word."""

    field: str
    here: str
    arrived: str


def is_same_person(patient: Patient, arrived: PatientFacts) -> bool:
    """Identity is the number with its issuer (PS3.3 C.7.1.1); another name needs the birth date.

    People marry and are misspelt, so a name that differs is forgiven when the birth date agrees.
    Without a number, name and birth date must both agree.
    """
    births_agree = bool(patient.birth_date) and patient.birth_date == arrived.birth_date
    if not arrived.patient_id.strip():
        unknown = patient.patient_id.startswith(UNKNOWN)
        return names_agree(patient, arrived) is True and (births_agree or unknown)
    if (patient.patient_id, patient.issuer) not in numbers_of(arrived):
        return False
    return births_agree or names_agree(patient, arrived) is not False


def numbers_of(arrived: PatientFacts) -> set[tuple[str, str]]:
    """Every number the images give, each with its issuer: ours when they name none."""
    own = settings.PATIENT_ID_ISSUER
    given = [(arrived.patient_id, arrived.issuer)]
    given += [(other.patient_id, other.issuer) for other in arrived.other_ids]
    return {(number.strip(), issuer.strip() or own) for number, issuer in given if number.strip()}


def names_agree(patient: Patient, arrived: PatientFacts) -> bool | None:
    """Whether the names could be one person's; None when there is nothing to compare.

    Any script in which both are known decides.
    """
    pairs = (
        (patient.name_alphabetic, arrived.name_alphabetic),
        (patient.name_ideographic, arrived.name_ideographic),
        (patient.name_phonetic, arrived.name_phonetic),
    )
    spelt = [(_words(here), _words(there)) for here, there in pairs]
    judged = [_could_be_one(here, there) for here, there in spelt if here and there]
    return any(judged) if judged else None


def _words(group: str) -> list[str]:
    """Family, given and middle name as folded words. Width is no difference (ﾔﾏﾀﾞ and ヤマダ)."""
    named = unicodedata.normalize("NFKC", " ".join(group.split("^")[:3]))
    return [word for word in _BETWEEN_WORDS.split(fold(named)) if word]


def _could_be_one(here: list[str], there: list[str]) -> bool:
    """One whole word in common, and every word of the shorter name begins one of the longer."""
    short, long = sorted((here, there), key=len)
    begun = all(
        any(word.startswith(other) or other.startswith(word) for other in long) for word in short
    )
    return begun and bool(set(short) & set(long))


def patient_differences(patient: Patient, arrived: PatientFacts) -> list[Difference]:
    """What a person must look at, in the order in which they look."""
    rows = [
        ("patient_id", patient.patient_id, arrived.patient_id),
        ("issuer", patient.issuer, arrived.issuer or settings.PATIENT_ID_ISSUER),
        ("name", patient.dicom_name, arrived.dicom_name),
        ("birth_date", _iso(patient.birth_date), _iso(arrived.birth_date)),
        ("sex", patient.sex, arrived.sex),
    ]
    return [
        Difference(field=field, here=here, arrived=there)
        for field, here, there in rows
        if here != there
    ]


def _iso(day: object) -> str:
    return str(day) if day else ""
