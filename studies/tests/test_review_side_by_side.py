"""Rejecting while images are filed: the counts stay what the rows say."""

import threading

import pytest
from django.db import connections

from studies import services
from studies.ingest import file_batch
from studies.models import Instance, Series, Study
from studies.tests.exposures import exposed
from studies.tests.factories import an_object_for, received
from worklist.tests.factories import ScheduledProcedureFactory

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*doings):
    """Do all of these in threads of their own, begun together; what went wrong."""
    together = threading.Barrier(len(doings))
    trouble = []

    def work(doing):
        try:
            together.wait()
            doing()
        except Exception as why:
            trouble.append(why)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(doing,)) for doing in doings]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return trouble


def file_in_small_batches():
    while file_batch(limit=2):
        pass


def test_counts_stay_exact_while_images_are_filed_and_rejected(person):
    technician = person("Technician")
    procedure = ScheduledProcedureFactory.create(status="IN_PROGRESS", device__modality="DX")
    first = exposed(procedure, *[("PA", "")] * 12)
    series = first[0].series.series_instance_uid
    for number in range(30):
        received(an_object_for(procedure, SeriesInstanceUID=series, InstanceNumber=100 + number))

    def reject(images):
        for image in images:
            services.reject_image(image, by=technician, reason="111210")

    trouble = at_once(file_in_small_batches, lambda: reject(first[:8]), lambda: reject(first[4:]))

    assert trouble == []
    study, one = Study.objects.get(), Series.objects.get()
    assert Instance.objects.count() == 42
    assert (study.instance_count, study.rejected_count, study.clinical_count) == (42, 12, 30)
    assert (one.instance_count, one.rejected_count) == (42, 12)
    procedure.refresh_from_db()
    assert procedure.images_received == 30
