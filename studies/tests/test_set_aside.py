"""What a person may do with an object that was set aside."""

import pytest

from audit.models import Entry
from common.refusals import Refused
from studies.models import IncomingFile
from studies.services import discard_set_aside, retry_set_aside
from studies.tests.factories import IncomingFileFactory

pytestmark = pytest.mark.django_db

Status = IncomingFile.Status
NOT_SET_ASIDE = [
    Status.WAITING,
    Status.REFUSED,
    Status.DISCARDED,
]


def test_retrying_lets_a_worker_take_it_from_the_beginning(person):
    technician = person("Technician")
    incoming = IncomingFileFactory.create(status=Status.SET_ASIDE, attempts=3)

    retried = retry_set_aside(incoming, by=technician)

    assert (retried.status, retried.attempts, retried.reason) == (Status.WAITING, 0, "")
    assert list(IncomingFile.objects.claim(5)) == [retried]
    entry = Entry.objects.get(verb="incoming.retried")
    assert (entry.actor, entry.details["reason_code"]) == (technician, "unreadable")


@pytest.mark.parametrize("status", NOT_SET_ASIDE)
def test_only_what_is_set_aside_can_be_retried(person, status):
    incoming = IncomingFileFactory.create(status=status)

    with pytest.raises(Refused):
        retry_set_aside(incoming, by=person("Technician"))

    incoming.refresh_from_db()
    assert incoming.status == status


def test_discarding_keeps_the_reason_of_the_person_beside_the_machines(person):
    technician = person("Technician")
    incoming = IncomingFileFactory.create(status=Status.SET_ASIDE)

    discarded = discard_set_aside(incoming, by=technician, reason="Sent again.")

    assert (discarded.status, discarded.reason) == (Status.DISCARDED, "Sent again.")
    assert discarded.details["set_aside_because"] == "It could not be read."
    assert discarded.settled_by == technician
    assert Entry.objects.get(verb="incoming.discarded").actor == technician


@pytest.mark.parametrize("status", NOT_SET_ASIDE)
def test_only_what_is_set_aside_can_be_discarded(person, status):
    incoming = IncomingFileFactory.create(status=status)

    with pytest.raises(Refused):
        discard_set_aside(incoming, by=person("Technician"), reason="Because.")


def test_discarding_needs_a_reason(person):
    incoming = IncomingFileFactory.create(status=Status.SET_ASIDE)

    with pytest.raises(Refused, match="Say why"):
        discard_set_aside(incoming, by=person("Technician"), reason="  ")


LEGAL = {
    (Status.WAITING, Status.FILED),
    (Status.WAITING, Status.ALREADY_HERE),
    (Status.WAITING, Status.SET_ASIDE),
    (Status.WAITING, Status.REFUSED),
    (Status.WAITING, Status.PASSED_OVER),
    (Status.SET_ASIDE, Status.WAITING),
    (Status.SET_ASIDE, Status.DISCARDED),
}


@pytest.mark.parametrize("current", list(Status))
@pytest.mark.parametrize("wanted", list(Status))
def test_only_the_known_moves_are_legal(current, wanted):
    assert IncomingFile(status=current).can_move_to(wanted) is ((current, wanted) in LEGAL)
