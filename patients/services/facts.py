"""What people say about a patient, as the verbs take it."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody says they are. Names are DICOM component groups (PS3.5 6.2.1)."""

    name_alphabetic: str = ""
    name_ideographic: str = ""
    name_phonetic: str = ""
    birth_date: dt.date | None = None
    sex: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach and to speak with somebody, and how large they are."""

    language: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    contact_person: str = ""
    contact_phone: str = ""
    weight_kg: Decimal | None = None
    height_cm: int | None = None
    is_confidential: bool = False


@dataclass(frozen=True, slots=True)
class Number:
    """A record number and who gave it. Empty parts stay as they are."""

    patient_id: str = ""
    issuer: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What one kind of safety entry says beside its words."""

    is_absent: bool = False
    observed_on: dt.date | None = None
    egfr: int | None = None
    mr_condition: str = ""
    mr_details: str = ""
    pregnancy_status: int | None = None
