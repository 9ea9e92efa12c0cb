"""The settings: administrators keep catalogues and people there, and see no clinical record."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.urls import reverse

from audit.models import Entry
from common.admin import ReadOnlyAdmin, Recorded
from staff.models import ApiToken, User
from staff.roles import CONFIGURATION
from worklist.models import Answer, ProcedureType, Question
from worklist.tests.factories import (
    ProcedureTypeFactory,
    QuestionFactory,
    QuestionnaireFactory,
    ScheduledProcedureFactory,
)

pytestmark = pytest.mark.django_db
OURS = {"staff", "audit", "patients", "equipment", "worklist", "studies", "reports"}
PAGES = [model for model in admin.site._registry if model._meta.app_label in OURS]
KEPT = [model for model in PAGES if model._meta.label_lower in CONFIGURATION]
LOOKED_AT = [model for model in PAGES if model._meta.label_lower not in CONFIGURATION]


@pytest.fixture
def administrator(client, person):
    somebody = person("Administrator")
    client.force_login(somebody)
    return somebody


def door(model, step="changelist", *keys):
    return reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_{step}", args=keys)


def as_filled_in(answer):
    """What a browser would send back if nobody changed anything on this page."""
    forms = [answer.context["adminform"].form]
    for inline in answer.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    filled = {}
    for form in forms:
        for bound in form:
            value = bound.value()
            if value is not None and value is not False and not bound.field.disabled:
                filled[bound.html_name] = "on" if value is True else value
    return filled


def test_there_are_pages_for_all_that_is_configured():
    assert {model._meta.label_lower for model in KEPT} == CONFIGURATION
    assert LOOKED_AT


@pytest.mark.parametrize("model", KEPT)
def test_administrators_find_and_search_what_they_keep(administrator, client, model):
    assert client.get(door(model)).status_code == 200
    assert client.get(door(model) + "?q=head").status_code == 200
    assert admin.site._registry[model].search_fields
    assert admin.site._registry[model].list_filter or model._meta.label_lower in {
        "equipment.room",
        "reports.readingtarget",
    }


@pytest.mark.parametrize("model", LOOKED_AT)
def test_administrators_see_no_clinical_record_there(administrator, client, model):
    assert client.get(door(model)).status_code == 403
    assert client.get(door(model, "add")).status_code == 403


@pytest.mark.parametrize("model", LOOKED_AT)
def test_not_even_a_superuser_changes_a_clinical_record(admin_client, model):
    page = admin.site._registry[model]

    assert isinstance(page, ReadOnlyAdmin)
    assert admin_client.get(door(model)).status_code == 200
    assert admin_client.get(door(model, "add")).status_code == 403


@pytest.mark.parametrize("model", KEPT)
def test_every_change_of_configuration_is_recorded(model):
    page = admin.site._registry[model]

    assert isinstance(page, Recorded) or model._meta.label_lower == "equipment.maintenanceplan"


def test_a_changed_procedure_leaves_the_names_of_its_fields(administrator, client):
    kind = ProcedureTypeFactory.create(minutes=20, preparation="")
    page = door(ProcedureType, "change", kind.pk)
    filled = as_filled_in(client.get(page)) | {"minutes": "35", "preparation": "Empty stomach"}
    filled |= {"views-TOTAL_FORMS": "1", "views-0-position": "1", "views-0-name": "PA"}
    filled |= {"views-0-images": "1", "views-0-procedure_type": str(kind.pk)}

    assert client.post(page, filled).status_code == 302

    entry = Entry.objects.about(kind).get()
    assert entry.verb == "configuration.changed"
    assert entry.actor == administrator
    assert entry.details["kind"] == "worklist.proceduretype"
    assert entry.details["fields"] == ["Minutes", "Preparation", "expected view"]
    assert "stomach" not in str(entry.details)
    assert kind.views.get().name == "PA"


def test_saving_without_a_change_leaves_no_trace(administrator, client):
    kind = ProcedureTypeFactory.create()
    page = door(ProcedureType, "change", kind.pk)

    assert client.post(page, as_filled_in(client.get(page))).status_code == 302

    assert not Entry.objects.about(kind).exists()


def test_what_is_added_and_deleted_leaves_a_trace(administrator, client):
    room = apps.get_model("equipment.room")
    devices = {"devices-TOTAL_FORMS": "0", "devices-INITIAL_FORMS": "0"}
    client.post(door(room, "add"), {"code": "R9", "name": "Room nine"} | devices)
    made = room.objects.get(code="R9")
    client.post(door(room, "delete", made.pk), {"post": "yes"})

    verbs = Entry.objects.about_record("equipment.room", str(made.pk)).in_time_order()
    assert [entry.verb for entry in verbs] == ["configuration.added", "configuration.deleted"]


def answered_question():
    question = QuestionFactory.create(text="Pacemaker?", questionnaire=QuestionnaireFactory())
    procedure = ScheduledProcedureFactory.create()
    Answer.objects.create(
        patient=procedure.order.patient, procedure=procedure, question=question, value="NO",
        concern="CLEAR",
    )  # fmt: skip
    return question


def test_an_answered_question_is_not_reworded_but_can_retire(administrator, client):
    question = answered_question()
    asked = question.questionnaire
    fresh = QuestionFactory.create(text="Metal?", questionnaire=asked, position=2)
    page = door(type(asked), "change", asked.pk)
    filled = as_filled_in(client.get(page))
    assert "questions-0-text" not in filled
    filled |= {"questions-0-text": "Reworded", "questions-1-text": "Metal splinters?"}
    del filled["questions-0-is_active"]

    assert client.post(page, filled).status_code == 302

    question.refresh_from_db()
    fresh.refresh_from_db()
    assert (question.text, question.is_active) == ("Pacemaker?", False)
    assert fresh.text == "Metal splinters?"


def test_a_file_does_not_change_an_answered_question_either(administrator, client):
    from tests.test_catalogue_files import looked_at, put_in  # noqa: PLC0415

    question = answered_question()
    head = f"questionnaire,text,%s\n{question.questionnaire.code},Pacemaker?,%s\n"

    refused = looked_at(client, Question, (head % ("concern", "CLEAR")).encode())
    assert "Retire it and write a new one" in refused.content.decode()
    put_in(client, Question, (head % ("is_active", "0")).encode())

    question.refresh_from_db()
    assert question.is_active is False


def test_whoever_is_made_inactive_is_signed_out_at_once(administrator, client, person):
    from django.test import Client  # noqa: PLC0415

    leaver, elsewhere = person("Technician", "leaver", "correct horse 7"), Client()
    ApiToken.objects.create(user=leaver, digest="d", label="script")
    elsewhere.post(reverse("account_login"), {"login": "leaver", "password": "correct horse 7"})
    assert elsewhere.get(reverse("worklist:board")).status_code == 200
    page = door(User, "change", leaver.pk)
    filled = as_filled_in(client.get(page))
    del filled["is_active"]

    assert client.post(page, filled).status_code == 302

    assert elsewhere.get(reverse("worklist:board")).status_code == 302
    User.objects.filter(pk=leaver.pk).update(is_active=True)
    assert elsewhere.get(reverse("worklist:board")).status_code == 302
    assert Entry.objects.with_verb("configuration.changed").about(leaver).exists()


def test_an_administrator_does_not_set_the_password_of_a_superuser(
    administrator, client, admin_user
):
    page = reverse("admin:auth_user_password_change", args=[admin_user.pk])

    assert client.get(page).status_code == 403
    assert client.post(door(User, "change", admin_user.pk), {"email": "a@b"}).status_code == 403


def test_lists_of_people_ask_the_same_however_many_there_are(
    administrator, client, person, django_assert_max_num_queries
):
    for _ in range(12):
        person("Technician")

    with django_assert_max_num_queries(12):
        client.get(door(User))
