"""Performed steps at the machines' door, the same for the network and for the web."""

from dataclasses import replace
from typing import Any

from django.utils import timezone
from pydicom.dataset import Dataset

from patients.models import Patient
from studies.facts import PatientFacts
from studies.identity import is_same_person
from studies.models import Instance
from worklist.dicom.performed_answers import Kept, as_dataset, kept_attributes
from worklist.models import PerformedProcedure
from worklist.reported import Reporter, ToldObject, ToldPatient, ToldSeries

GROUPS = 3  # alphabetic, ideographic, phonetic


def reporter_called(name: str, device_pk: int | None = None) -> Reporter:
    """A machine or a program that reports."""
    return Reporter(name, is_told_of, device_pk)


def is_told_of(patient: Patient, told: ToldPatient) -> bool:
    """Is this the patient that the modality names? Judged as strictly as images are."""
    groups = (told.name.split("=") + [""] * GROUPS)[:GROUPS]
    return is_same_person(
        patient,
        PatientFacts(
            patient_id=told.patient_id,
            issuer=told.issuer,
            name_alphabetic=groups[0],
            name_ideographic=groups[1],
            name_phonetic=groups[2],
            birth_date=told.birth_date,
            sex=told.sex,
            other_ids=(),
        ),
    )


def attributes_of(step: PerformedProcedure) -> dict[str, Any]:
    """All that is known of a step: what the modality reported, or, of a step that people began
    and ended here, what they and its images say."""
    if step.reported_status:
        return dict(step.attributes)
    return kept_attributes(
        Kept(
            step=step,
            procedures=list(step.procedures.with_patient()),
            series=series_of(step),
            zone=timezone.get_default_timezone(),
        )
    )


def series_of(step: PerformedProcedure) -> list[ToldSeries]:
    """The series that came for the procedures of a step, as the modality would have listed them."""
    found: dict[str, ToldSeries] = {}
    for instance in Instance.objects.made_for_many(step.procedures.values_list("pk", flat=True)):
        series = instance.series
        uid, name = series.series_instance_uid, series.description
        known = found.get(uid) or ToldSeries(uid, name, name, "", series.modality)
        one = ToldObject(
            instance.sop_class_uid,
            instance.sop_instance_uid,
            is_image=instance.kind in {Instance.Kind.IMAGE, Instance.Kind.VIDEO},
        )
        found[uid] = replace(known, objects=(*known.objects, one))
    return list(found.values())


def dataset_of(step: PerformedProcedure, character_set: str) -> Dataset:
    """The same as a data set in letters that the asker reads."""
    return as_dataset(attributes_of(step), character_set=character_set)
