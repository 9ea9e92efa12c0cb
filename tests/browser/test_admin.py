"""The settings in a browser: whole in both themes, and a file goes in under our strict policy."""

import pytest
from django.urls import reverse
from playwright.sync_api import FilePayload, expect

from audit.models import Entry
from reports.models import ReportTemplate
from worklist.models import ProcedureType
from worklist.tests.factories import ExpectedViewFactory, ProcedureTypeFactory, QuestionnaireFactory

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LIST = "admin:worklist_proceduretype_changelist"
FORM = "admin:worklist_proceduretype_change"
IMPORT = "admin:worklist_proceduretype_import"


@pytest.fixture
def kind(transactional_db):
    kind = ProcedureTypeFactory.create(code="CT-HEAD", meaning="CT head")
    kind.questionnaires.add(QuestionnaireFactory.create())
    ExpectedViewFactory.create(procedure_type=kind)
    return kind


@pytest.fixture
def complaints(page):
    """What the browser complains of: an inline script or style would be among it."""
    said = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else 0)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


@pytest.mark.parametrize("screen", ["desk", "phone"])
def test_the_settings_are_whole(kind, person, page_for, live_server, flaws, screen):
    page = page_for(person("Administrator"), screen)

    words = ReportTemplate.objects.create(name="Head", findings="Ventricles [normal].")
    words.procedure_types.add(kind)
    template = reverse("admin:reports_reporttemplate_change", args=[words.pk])
    paths = [reverse("admin:index"), reverse(LIST), reverse(FORM, args=[kind.pk]), reverse(IMPORT)]
    paths.append(template)
    for path in paths:
        page.goto(live_server.url + path)
        assert flaws(page) == [], path


def test_a_catalogue_is_put_in_from_a_file(kind, person, page_for, live_server, complaints):
    rows = b"code,meaning,modality\nCT-HEAD,CT of the head,CT\nCT-NECK,CT neck,CT\n"
    page = page_for(person("Administrator"))
    page.goto(live_server.url + reverse("admin:index"))
    expect(page.get_by_role("heading", name="Places and machines").first).to_be_visible()
    page.goto(live_server.url + reverse(FORM, args=[kind.pk]))
    expect(page.get_by_label("Questions").first).to_be_checked()
    page.goto(live_server.url + reverse(LIST))
    page.get_by_role("link", name="Import").click()
    page.locator("input[type=file]").set_input_files(
        FilePayload(name="procedures.csv", mimeType="text/csv", buffer=rows)
    )
    expect(page.get_by_label("Format")).to_have_value("0")  # known by the name of the file
    page.get_by_role("button", name="Submit").click()
    expect(page.locator("tr.new")).to_contain_text("CT neck")
    expect(page.locator("tr.update")).to_contain_text("CT of the head")
    page.get_by_role("button", name="Confirm import").click()

    expect(page.get_by_text("Import finished: 1 new, 1 updated")).to_be_visible()
    assert ProcedureType.objects.get(code="CT-HEAD").meaning == "CT of the head"
    entry = Entry.objects.with_verb("configuration.imported").get()
    assert entry.details == {"kind": "worklist.proceduretype", "new": 1, "update": 1}
    assert complaints == []
