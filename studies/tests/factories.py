"""Invented studies: rows alone, without bytes."""

import datetime as dt
import json
import zlib
from typing import Any

import factory

from patients.tests.factories import PatientFactory
from studies.models import Instance, InstanceHeader, Series, Study
from worklist.models.order import new_uid

CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2"
EXPLICIT = "1.2.840.10008.1.2.1"


class StudyFactory(factory.django.DjangoModelFactory[Study]):
    class Meta:
        model = Study

    study_instance_uid = factory.LazyFunction(new_uid)
    patient = factory.SubFactory(PatientFactory)
    accession_number = factory.Sequence(lambda n: f"A{n:08d}")
    study_id = factory.Sequence(lambda n: f"S{n}")
    description = "CT abdomen"
    study_date = dt.date(2026, 3, 14)
    study_time = dt.time(9, 26, 53)
    referring_physician = "Curie^Marie"
    modalities = "CT"


class SeriesFactory(factory.django.DjangoModelFactory[Series]):
    class Meta:
        model = Series

    study = factory.SubFactory(StudyFactory)
    series_instance_uid = factory.LazyFunction(new_uid)
    modality = "CT"
    number = factory.Sequence(lambda n: n)
    description = "Axial 5 mm"


class InstanceFactory(factory.django.DjangoModelFactory[Instance]):
    class Meta:
        model = Instance

    series = factory.SubFactory(SeriesFactory)
    sop_instance_uid = factory.LazyFunction(new_uid)
    sop_class_uid = CT_IMAGE
    transfer_syntax = EXPLICIT
    path = factory.Sequence(lambda n: f"objects/invented/{n}")
    size = 1000
    sha256 = factory.Sequence(lambda n: f"{n:064x}")
    number = factory.Sequence(lambda n: n)
    rows = columns = 512
    frames = 1
    photometric = "MONOCHROME2"
    bits_allocated = 16
    kind = Instance.Kind.IMAGE
    has_pixels = True


def with_header(instance: Instance, **elements: Any) -> Instance:
    """The same instance with a stored header: tags as `t00400244={"vr": …}`."""
    told = {tag.removeprefix("t"): element for tag, element in elements.items()}
    text = json.dumps(dict(sorted(told.items())), separators=(",", ":"), ensure_ascii=False)
    InstanceHeader.objects.create(instance=instance, json=zlib.compress(text.encode()))
    return instance
