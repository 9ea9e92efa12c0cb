"""The patient level of Patient Root: who has something stored here (PS3.4 table C.6-1)."""

from collections.abc import Callable
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, Sum

from gateway.dicomweb.search import matching, values
from gateway.dicomweb.search.limits import limits
from patients.models import Patient
from studies.models import Study

MOST = 1000  # patients in one answer
NAME, NUMBER, ISSUER, BORN, SEX = "00100010", "00100020", "00100021", "00100030", "00100040"
STUDIES, SERIES, INSTANCES = "00201200", "00201202", "00201204"
_CONDITIONS: dict[str, tuple[Callable[[str, str, str], Q], str]] = {
    NAME: (matching.name, "folded_name"),
    NUMBER: (matching.text, "patient_id"),
    ISSUER: (matching.text, "issuer"),
    BORN: (matching.day, "birth_date"),
    SEX: (matching.text, "sex"),
}
COUNTS = frozenset({STUDIES, SERIES, INSTANCES})
PATIENT_TAGS = frozenset(_CONDITIONS) | COUNTS
Row = dict[str, Any]


def patients(wanted: dict[str, str], told: frozenset[str]) -> tuple[list[Row], bool]:
    """Patients with stored studies, and whether there are more than are answered.

    Raises BadQuestion, TooMuch, DatabaseError.
    """
    has_images = Study.objects.clinical().filter(patient=OuterRef("pk"))
    condition = Q(Exists(has_images))
    for tag, value in wanted.items():
        if tag in _CONDITIONS:
            fits, column = _CONDITIONS[tag]
            condition &= fits(tag, column, value)
    with limits():
        found = list(Patient.objects.filter(condition).order_by("-pk")[: MOST + 1])
        page = found[:MOST]
        counts = _counts([one.pk for one in page]) if told & COUNTS else {}
    return [_row(one, counts.get(one.pk, {})) for one in page], len(found) > MOST


def _row(patient: Patient, counts: dict[str, int]) -> Row:
    name = values.name_groups(
        patient.name_alphabetic, patient.name_ideographic, patient.name_phonetic
    )
    row = {
        "00080056": values.element("CS", "ONLINE"),
        NAME: values.element("PN", name),
        NUMBER: values.element("LO", patient.patient_id),
        ISSUER: values.element("LO", patient.issuer),
        BORN: values.element("DA", values.date_text(patient.birth_date)),
        SEX: values.element("CS", patient.sex),
    }
    return row | {tag: values.element("IS", counts[tag]) for tag in COUNTS if counts}


def _counts(patients: list[int]) -> dict[int, dict[str, int]]:
    rows: Any = (
        Study.objects.clinical()
        .filter(patient__in=patients)
        .values("patient")
        .annotate(
            **{
                STUDIES: Count("pk"),
                SERIES: Sum("clinical_series_count"),
                INSTANCES: Sum("clinical_count"),
            }
        )
    )
    return {int(row["patient"]): {tag: int(row[tag] or 0) for tag in COUNTS} for row in rows}
