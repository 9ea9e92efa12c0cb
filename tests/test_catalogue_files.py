"""Catalogues out and in again: by code, whole or not at all, with a trace."""

import datetime as dt
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from audit.models import Entry
from common.exchange import Waiting
from equipment.models import Device, Node, OpeningHours, Room
from equipment.tests.factories import DeviceFactory, RoomFactory
from patients.models import AskAgain
from reports.models import ReadingTarget, ReportTemplate
from worklist.models import (
    ContrastAgent,
    ExpectedView,
    ProcedureText,
    ProcedureType,
    Question,
    Questionnaire,
)
from worklist.tests.factories import (
    ContrastAgentFactory,
    ExpectedViewFactory,
    ProcedureTypeFactory,
    QuestionFactory,
    QuestionnaireFactory,
)

pytestmark = pytest.mark.django_db
CSV, JSON = "0", "1"
CATALOGUES = [
    *(ProcedureType, ExpectedView, ProcedureText, ContrastAgent, Questionnaire, Question),
    *(Room, Device, OpeningHours, Node, ReportTemplate, AskAgain, ReadingTarget),
]


@pytest.fixture
def department_of_one(db):
    """One row of everything, at least."""
    asked = QuestionnaireFactory.create(code="FIELD")
    kind = ProcedureTypeFactory.create(
        code="CT-HEAD", meaning="CT of the head; “plain”, left\nor right"
    )
    kind.questionnaires.add(asked)
    QuestionFactory.create(questionnaire=asked, text="Pacemaker?")
    ContrastAgentFactory.create(name="Iohexol")
    ExpectedViewFactory.create(procedure_type=kind, name="Right CC", laterality="R")
    kind.texts.create(language="fr", positioning="Sur le dos", instructions="Ne bougez pas.")
    device = DeviceFactory.create(
        ae_title="CT01", room=RoomFactory.create(code="R1"), address="10.0.0.7"
    )
    device.opening_hours.create(weekday=0, opens_at=dt.time(7, 30), closes_at=dt.time(18))
    Node.objects.create(name="Archive", ae_title="ARCHIVE", address="10.0.0.9", port=104)
    words = ReportTemplate.objects.create(name="Head", findings="Ventricles [normal].")
    words.procedure_types.add(kind)
    AskAgain.objects.get_or_create(kind="ALLERGY", defaults={"valid_days": 90})
    ReadingTarget.objects.get_or_create(priority="STAT", defaults={"minutes": 30})


@pytest.fixture
def administrator(client, person):
    somebody = person("Administrator")
    client.force_login(somebody)
    return somebody


def door(model, step):
    return reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_{step}")


def taken_out(client, model, form=CSV):
    answer = client.post(door(model, "export"), {"format": form, "resource": ""})
    assert answer.status_code == 200
    return answer.content


def looked_at(client, model, content, form=CSV):
    """The page that shows what a file would change."""
    file = SimpleUploadedFile("rows", content)
    return client.post(door(model, "import"), {"import_file": file, "format": form})


def put_in(client, model, content, form=CSV):
    preview = looked_at(client, model, content, form)
    confirm = preview.context.get("confirm_form")
    assert confirm, preview.content.decode()
    return client.post(door(model, "process_import"), confirm.initial)


@pytest.mark.parametrize("form", [CSV, JSON])
@pytest.mark.parametrize("model", CATALOGUES)
def test_what_is_taken_out_comes_back_the_same(
    department_of_one, administrator, client, model, form
):
    before = taken_out(client, model, form)
    keys = sorted(model.objects.values_list("pk", flat=True))
    assert keys

    answer = put_in(client, model, before, form)

    assert answer.status_code == 302
    assert taken_out(client, model, form) == before
    assert sorted(model.objects.values_list("pk", flat=True)) == keys
    imported = Entry.objects.with_verb("configuration.imported").get()
    assert imported.details == {"kind": model._meta.label_lower, "new": 0, "update": 0}


@pytest.mark.parametrize("form", [CSV, JSON])
def test_an_emptied_catalogue_is_made_anew_from_its_file(
    department_of_one, administrator, client, form
):
    before = taken_out(client, ProcedureType, form)
    ReportTemplate.objects.all().delete()
    ProcedureType.objects.all().delete()

    put_in(client, ProcedureType, before, form)

    assert taken_out(client, ProcedureType, form) == before
    made = ProcedureType.objects.get(code="CT-HEAD")
    assert [asked.code for asked in made.questionnaires.all()] == ["FIELD"]


def test_a_look_at_a_file_changes_nothing(administrator, client):
    page = looked_at(client, Room, b"code,name,location\nR9,Room nine,Cellar\n").content.decode()

    assert "Room nine" in page
    assert not Room.objects.filter(code="R9").exists()


@pytest.mark.parametrize(
    ("model", "content", "line", "why"),
    [
        (
            ProcedureType,
            "code,meaning,modality,questionnaires\nA,Good,CT,\nB,Bad,CT,NOWHERE\n",
            2,
            "There is no questionnaire NOWHERE.",
        ),
        (ProcedureType, "code,meaning,modality\nA,Good,CT\nB,Bad,XX\n", 2, "not a valid choice"),
        (Device, "ae_title,name,room,modality\nA,A,NOROOM,CT\n", 1, "There is no room NOROOM."),
        (Node, "ae_title,name,port\nA,A,104\n", 1, "A port needs an address."),
        (Node, "ae_title,name,port\nA,A,many\n", 1, "“many” is not a number."),
        (Room, "code,name\n,Nameless\n", 1, "This field cannot be blank"),
        (ExpectedView, "procedure_type,name\nNONE,AP\n", 1, "There is no procedure type NONE."),
        (OpeningHours, "device,weekday,opens_at,closes_at\nNONE,0,07:00,08:00\n", 1, "NONE."),
    ],
)
def test_a_bad_row_says_its_line_and_takes_nothing(
    administrator, client, model, content, line, why
):
    answer = looked_at(client, model, content.encode())

    rows = answer.context["result"].invalid_rows
    assert [row.number for row in rows] == [line]
    assert why in answer.content.decode()
    assert answer.context.get("confirm_form") is None
    assert not model.objects.filter(pk__gt=0).exists()


@pytest.mark.parametrize(
    ("content", "form"),
    [(b"\xff\xfe\x00", CSV), (b"{not json", JSON), (b'{"a": 1}', JSON), (b"5", JSON), (b"", CSV)],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(administrator, client, content, form):
    answer = looked_at(client, Room, content, form)

    assert answer.status_code == 200
    assert answer.context["form"].errors or answer.context["result"].has_errors()


def test_a_file_without_the_code_is_refused_in_words(administrator, client):
    page = looked_at(client, Room, b"name\nRoom nine\n").content.decode()

    assert "code" in page
    assert "Confirm import" not in page


def test_a_file_that_no_longer_fits_is_not_taken(administrator, client):
    questionnaire = QuestionnaireFactory.create(code="GONE")
    content = b"code,meaning,modality,questionnaires\nA,Good,CT,\nB,Late,CT,GONE\n"
    preview = looked_at(client, ProcedureType, content)
    questionnaire.delete()

    answer = client.post(
        door(ProcedureType, "process_import"), preview.context["confirm_form"].initial
    )

    assert answer.status_code == 409
    assert not ProcedureType.objects.exists()
    assert not Entry.objects.with_verb("configuration.imported").exists()


def test_a_file_that_waited_too_long_is_asked_for_again(administrator, client):
    preview = looked_at(client, Room, b"code,name\nR9,Room nine\n")
    waiting = preview.context["confirm_form"].initial
    Waiting(name=waiting["import_file_name"]).remove()

    answer = client.post(door(Room, "process_import"), waiting)

    assert answer.status_code == 409
    assert "Choose it once more" in answer.content.decode()


def test_a_machines_file_says_nothing_of_its_status(department_of_one, administrator, client):
    [row] = json.loads(taken_out(client, Device, JSON))

    assert row["ae_title"] == "CT01"
    assert row["room"] == "R1"
    assert not {"id", "status", "status_reason"} & set(row)


def test_taking_a_catalogue_out_leaves_a_trace(department_of_one, administrator, client):
    taken_out(client, Room, JSON)

    entry = Entry.objects.with_verb("configuration.exported").get()
    assert entry.actor == administrator
    assert entry.details == {"kind": "equipment.room", "format": "json"}


@pytest.mark.parametrize("model", CATALOGUES)
@pytest.mark.parametrize("step", ["import", "export", "process_import"])
def test_who_does_not_keep_the_catalogues_does_not_get_their_files(client, person, model, step):
    technician = person("Technician")
    technician.is_staff = True
    technician.save()
    client.force_login(technician)

    answer = client.post(door(model, step), {"format": CSV})

    # A technician sees machines, and may therefore see them in a file too.
    may_look = technician.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}")
    assert answer.status_code == (200 if may_look and step == "export" else 403)
