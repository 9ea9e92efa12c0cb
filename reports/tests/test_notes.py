"""What the technician noticed: written once, for whoever reads."""

import pytest
from django.core.exceptions import ValidationError

from audit.models import Entry
from reports import services
from reports.models import PreliminaryNote
from reports.tests.factories import a_report, an_image_of, step_of
from studies.models import KeyImage
from worklist.examination import Examination

pytestmark = pytest.mark.django_db


def test_a_note_takes_the_key_images_along(person):
    report = a_report()
    technician, procedure = person("Technician"), step_of(report.study)
    marked = an_image_of(report.study)
    an_image_of(report.study)
    KeyImage.objects.create(instance=marked, by=technician)

    note = services.write_note(procedure, by=technician, verdict="ABNORMAL", words="Shadow")

    assert list(note.key_images.all()) == [marked]
    assert Entry.objects.get(verb="note.written").details == {"verdict": "ABNORMAL"}


def test_the_step_of_the_note_is_done_when_it_is_written(person):
    technician, procedure = person("Technician"), step_of(a_report().study)

    def step() -> str:
        steps = Examination(procedure, technician).steps
        return next(step.state for step in steps if step.key == "note")

    before = step()
    services.write_note(procedure, by=technician, verdict="NORMAL", words="")

    assert (before, step()) == ("optional", "done")


def test_something_noticed_needs_words(person):
    procedure = step_of(a_report().study)

    with pytest.raises(ValidationError, match="few words"):
        services.write_note(procedure, by=person("Technician"), verdict="URGENT", words=" ")

    assert not PreliminaryNote.objects.exists()


def test_a_draft_that_comes_in_after_its_note_is_not_kept(person):
    technician, procedure = person("Technician"), step_of(a_report().study)
    note = services.write_note(procedure, by=technician, verdict="NORMAL", words="Shadow")

    assert services.save_note_draft(procedure, by=technician, content={"words": "Shad"}) is None
    assert not procedure.drafts.exists()
    kept = services.save_note_draft(
        procedure, by=technician, content={"words": "More"}, after=note.pk
    )
    assert procedure.drafts.get() == kept


def test_handing_in_a_note_ends_its_draft(person):
    technician, procedure = person("Technician"), step_of(a_report().study)
    services.save_note_draft(procedure, by=technician, content={"words": "Sha"})
    services.save_note_draft(procedure, by=technician, content={"words": "Shadow"})
    assert procedure.drafts.get(part="note").content == {"words": "Shadow"}

    services.write_note(procedure, by=technician, verdict="NORMAL")

    assert not procedure.drafts.exists()
