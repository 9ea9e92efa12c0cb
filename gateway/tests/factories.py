"""Studies as rows alone, with everything a search can tell of them."""

import datetime as dt
import json
import zlib
from typing import Any

import factory

from studies.models import Instance, InstanceHeader
from studies.tests import factories


class StudyFactory(factories.StudyFactory):
    accession_number = factory.Sequence(lambda n: f"A{n:08d}")
    study_id = factory.Sequence(lambda n: f"S{n}")
    description: Any = "CT abdomen"
    study_date = dt.date(2026, 3, 14)
    study_time = dt.time(9, 26, 53)
    referring_physician = "Curie^Marie"


class SeriesFactory(factories.SeriesFactory):
    study = factory.SubFactory(StudyFactory)
    description = "Axial 5 mm"
    number: Any = factory.Sequence(lambda n: n)


class InstanceFactory(factories.InstanceFactory):
    series = factory.SubFactory(SeriesFactory)
    number = factory.Sequence(lambda n: n)
    rows = columns = 512
    frames = 1
    bits_allocated = 16


def with_header(instance: Instance, **elements: Any) -> Instance:
    """The same instance with a stored header: tags as `t00400244={"vr": …}`."""
    told = {tag.removeprefix("t"): element for tag, element in elements.items()}
    text = json.dumps(dict(sorted(told.items())), separators=(",", ":"), ensure_ascii=False)
    InstanceHeader.objects.create(instance=instance, json=zlib.compress(text.encode()))
    return instance
