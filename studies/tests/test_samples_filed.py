"""Every sample, hostile ones included, through receiving, filing and drawing."""

from pathlib import Path

import pytest
from django.db import transaction

from studies import ingest, services, thumbnails
from studies.models import IncomingFile, Instance, Thumbnail
from studies.tests.factories import received
from studies.tests.sample_files import listed

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.timeout(300)]

Status = IncomingFile.Status
SETTLED = set(Status) - {Status.WAITING}
GOOD = {Status.FILED}
# A directory of a medium is no object: its images are taken one by one.
DIRECTORIES = {Status.SET_ASIDE, Status.PASSED_OVER}


class TakenBack(Exception):
    """Ends a savepoint, so that samples which share identifiers do not meet."""


def file_everything():
    while ingest.file_batch():
        pass


def draw_everything():
    while thumbnails.draw_batch():
        pass
    assert not Thumbnail.objects.waiting().exists()


def outcome_of(path, upload=None):
    """What becomes of one file in a department that knows no other."""
    try:
        with transaction.atomic():
            incoming = received(path, upload=upload, name=path.name if upload else "")
            file_everything()
            incoming.refresh_from_db()
            if upload is None:  # a picture does not depend on who sent the object
                draw_everything()
            raise TakenBack
    except TakenBack:
        return Status(incoming.status)


def outcomes(samples, expectation, upload=None):
    names = [name for name in listed(samples, expectation) if not name.endswith(".zip")]
    return {name: outcome_of(samples / name, upload) for name in names}


@pytest.fixture(params=["network", "browser"])
def upload(request, person):
    """None for what a machine sends; a batch for what a person sends."""
    if request.param == "network":
        return None
    return services.start_upload(by=person("Technician"))


def test_what_is_to_be_accepted_is_filed(samples, upload):
    found = outcomes(samples, "accept", upload)

    not_filed = {name: status for name, status in found.items() if status not in GOOD}
    assert {Path(name).parts[0] for name in not_filed} <= {"media"}
    assert set(not_filed.values()) <= DIRECTORIES


def test_what_is_to_be_rejected_is_refused_to_people_and_kept_from_machines(samples, upload):
    found = outcomes(samples, "reject", upload)

    assert found
    assert set(found.values()) == {Status.REFUSED if upload else Status.SET_ASIDE}


def test_whatever_may_go_either_way_is_settled(samples, upload):
    found = outcomes(samples, "either", upload)

    assert found
    assert set(found.values()) <= SETTLED


@pytest.mark.parametrize("name", ["same_sop_other_pixels", "same_study_other_patient"])
def test_what_contradicts_its_elder_sibling_is_set_aside(samples, upload, name):
    folder = samples / "bad_made" / "identity" / name
    elder = received(folder / "1.dcm", upload, "1.dcm" if upload else "")
    younger = received(folder / "2.dcm", upload, "2.dcm" if upload else "")

    file_everything()

    elder.refresh_from_db()
    younger.refresh_from_db()
    assert (elder.status, younger.status) == (Status.FILED, Status.SET_ASIDE)
    assert younger.details["differences"]


def test_all_samples_at_once_are_settled_and_what_is_good_is_in(samples):
    names = listed(samples, "accept", "either", "reject", "quarantine")
    for name in names:
        received(samples / name)

    file_everything()

    assert not IncomingFile.objects.waiting().exists()
    assert IncomingFile.objects.filter(status=Status.FILED).count() == Instance.objects.count()
