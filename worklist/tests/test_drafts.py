"""Drafts: kept as they are typed, never overwritten unseen."""

import pytest
from django.utils import timezone

from common.refusals import Refused
from worklist import services
from worklist.models import ScheduledProcedure
from worklist.services.drafts import Overtaken
from worklist.tests.factories import (
    ScheduledProcedureFactory,
)

Status, Screening = ScheduledProcedure.Status, ScheduledProcedure.Screening

pytestmark = pytest.mark.django_db


@pytest.fixture
def technician(person):
    return person("Technician")


@pytest.fixture
def procedure():
    return ScheduledProcedureFactory.create(status=Status.ARRIVED, arrived_at=timezone.now())


def test_a_draft_is_one_per_part_and_grows_with_every_save(procedure, technician):
    first = services.save_draft(procedure, "finish", {"comment": "Mo"}, by=technician, number=0)
    second = services.save_draft(
        procedure, "finish", {"comment": "Moved"}, by=technician, number=first.number
    )

    assert second.number == first.number + 1
    assert procedure.drafts.get().content == {"comment": "Moved"}


def test_a_stale_save_overwrites_nothing_and_says_who_was_quicker(procedure, technician, person):
    other = person("Technician")
    seen = services.save_draft(procedure, "finish", {"comment": "a"}, by=technician, number=0)
    theirs = services.save_draft(
        procedure, "finish", {"comment": "b"}, by=other, number=seen.number
    )

    with pytest.raises(Overtaken) as refused:
        services.save_draft(
            procedure, "finish", {"comment": "c"}, by=technician, number=seen.number
        )

    assert refused.value.draft == theirs
    assert str(other) in refused.value.sentence
    assert procedure.drafts.get().content == {"comment": "b"}


def test_the_same_words_from_two_people_are_no_conflict(procedure, technician, person):
    saved = services.save_draft(procedure, "side", {"side": "L"}, by=technician, number=0)

    same = services.save_draft(procedure, "side", {"side": "L"}, by=person("Technician"), number=0)

    assert same.number == saved.number


def test_handing_in_empties_the_draft_and_an_older_page_is_still_told(
    procedure, technician, person
):
    saved = services.save_draft(procedure, "identity", {"scanned": "x"}, by=technician, number=0)
    services.check_identity(procedure, by=person("Technician"), compared=["NAME", "BIRTH_DATE"])

    assert not procedure.drafts.get().is_begun
    with pytest.raises(Overtaken):
        services.save_draft(
            procedure, "identity", {"scanned": "y"}, by=technician, number=saved.number
        )


def test_a_save_that_comes_in_after_the_handing_in_brings_nothing_back(procedure, technician):
    for number in (0, 1):
        services.check_identity(procedure, by=technician, compared=["NAME", "BIRTH_DATE"])

        with pytest.raises(Overtaken):
            services.save_draft(
                procedure, "identity", {"scanned": "x"}, by=technician, number=number
            )
        assert not procedure.drafts.get().is_begun


@pytest.mark.parametrize(
    "content", [None, [], "x", {"a": 1}, {"a": {"b": "c"}}, {"a": ["x"] * 99}, {"a": "x" * 3000}]
)
def test_what_no_form_holds_is_refused(procedure, technician, content):
    with pytest.raises(Refused):
        services.save_draft(procedure, "finish", content, by=technician, number=0)


def test_what_the_database_cannot_hold_is_left_out(procedure, technician):
    draft = services.save_draft(
        procedure, "finish", {"comment": "a\0b\ud800c"}, by=technician, number=0
    )

    assert draft.content == {"comment": "abc"}
