"""The order form: lists that are searched by typing, and what stands beneath them."""

import pytest
from playwright.sync_api import expect

from equipment.tests.factories import DeviceFactory
from patients.tests.factories import PatientFactory
from worklist.tests.factories import ProcedureTypeFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("screen", ["desk", "phone"])
@pytest.mark.parametrize("picker", ["patient", "procedure_type"])
def test_a_press_beneath_a_list_that_has_the_focus_meets_what_it_is_meant_for(
    page_for, live_server, person, screen, picker
):
    DeviceFactory.create(modality="CT")
    kind = ProcedureTypeFactory.create(meaning="CT abdomen and pelvis", modality="CT")
    patient = PatientFactory.create()
    page = page_for(person("Scheduler"), screen)
    page.goto(f"{live_server.url}/worklist/orders/new/?patient={patient.pk}")
    page.locator("#id_procedure_type-ts-control").fill("abdo")
    page.get_by_role("option", name=kind.meaning).click()
    expect(page.locator(".ts-wrapper.focus")).to_have_count(0)
    urgent = page.get_by_label("Urgent")
    place = urgent.bounding_box()

    page.locator(f"#id_{picker}-ts-control").focus()
    expect(page.locator(".ts-wrapper.focus")).to_have_count(1)
    page.keyboard.press("Escape")  # the list is closed, its caret stays
    assert urgent.bounding_box() == place
    urgent.click()

    expect(urgent).to_be_checked()
