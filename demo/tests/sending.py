"""What the devices of the demonstration would send, made without a database."""

from functools import cache
from io import BytesIO

from pydicom import Dataset, config, dcmread

from demo.catalogue import CATALOGUE
from demo.objects import objects_of
from worklist.models import ScheduledProcedure
from worklist.tests.factories import ScheduledProcedureFactory

CODES = [line[0] for line in CATALOGUE]
BODY_PARTS = {line[0]: line[3] for line in CATALOGUE}


def planned(code: str, make=ScheduledProcedureFactory.build, **attributes):
    """A procedure of the catalogue for one patient, always the same."""
    _code, meaning, modality, body_part, needs_side, *_rest = next(
        line for line in CATALOGUE if line[0] == code
    )
    given = {
        "order__patient__patient_id": "PHANTOM1",
        "order__study_instance_uid": "2.25.1234567890",
        "order__priority": "STAT",  # there is something to be seen
        "order__procedure_type__code": code,
        "order__procedure_type__meaning": meaning,
        "order__procedure_type__modality": modality,
        "order__procedure_type__body_part": body_part,
        "order__procedure_type__needs_side": needs_side,
        "device__modality": modality,
        "side": "R" if needs_side else "",
        "step_id": "S1",
    }
    return make(**{**given, **attributes})


@cache
def example(code: str) -> ScheduledProcedure:
    """One procedure of each kind, for everybody who only looks."""
    return planned(code)


@cache
def files(code: str, few: bool = False) -> list[bytes]:
    """What the device sends for it; drawn once."""
    return list(objects_of(example(code), few=few))


@cache
def sent(code: str, few: bool = False) -> list[Dataset]:
    """The same as a strict reader sees it."""
    return [strictly(content) for content in files(code, few)]


def forget() -> None:
    """Give the memory back."""
    for kept in (example, files, sent):
        kept.cache_clear()


def strictly(content: bytes) -> Dataset:
    """Every element decoded; pydicom raises for a value that its type does not allow."""
    usual = config.settings.reading_validation_mode
    config.settings.reading_validation_mode = config.RAISE
    try:
        dataset = dcmread(BytesIO(content))
        dataset.walk(lambda _dataset, element: element.value)
    finally:
        config.settings.reading_validation_mode = usual
    return dataset


def in_series(datasets: list[Dataset]) -> list[list[Dataset]]:
    """Grouped by series, as they were sent."""
    series: dict[str, list[Dataset]] = {}
    for dataset in datasets:
        series.setdefault(dataset.SeriesInstanceUID, []).append(dataset)
    return list(series.values())
