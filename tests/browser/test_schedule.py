"""The schedule in a real browser: quiet under a strict policy, moved by mouse and by keyboard."""

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from equipment.tests.factories import DeviceFactory
from tests.browser.dragging import bring_to_the_middle, drag
from worklist import services
from worklist.models import Order, ScheduledProcedure
from worklist.tests.factories import (
    OrderFactory,
    ProcedureTypeFactory,
    ScheduledProcedureFactory,
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def soon() -> dt.datetime:
    """Tomorrow morning: whatever the clock says, that has not passed."""
    local = timezone.localtime() + dt.timedelta(days=1)
    return local.replace(hour=10, minute=15, second=0, microsecond=0)


def booked(device: Any, start: dt.datetime) -> ScheduledProcedure:
    kind = ProcedureTypeFactory.create(minutes=30)
    order = OrderFactory.create(status=Order.Status.PLACED, procedure_type=kind)
    return services.schedule_procedure(order, device=device, start=start, by=None, squeeze=True)


def open_schedule(page: Any, live_server: Any) -> list[str]:
    """The page, and what the browser complains about while it is open."""
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.route("**/events/", lambda route: route.fulfill(status=204))
    page.goto(live_server.url + reverse("worklist:schedule"), wait_until="load")
    page.get_by_role("button", name="Later").click()
    bring_to_the_middle(page.locator(".ec-event", has=page.locator(".step-name")).first)
    return complaints


def bar_of(page: Any, step: ScheduledProcedure) -> Any:
    return page.locator(".ec-event", has_text=step.patient.display_name).first


def await_place(step: ScheduledProcedure, device: Any, start: dt.datetime, page: Any) -> None:
    for _ in range(200):
        step.refresh_from_db()
        if (step.device, step.scheduled_start) == (device, start):
            return
        page.wait_for_timeout(100)
    pytest.fail(f"It stands on {step.device} at {timezone.localtime(step.scheduled_start)}.")


def test_a_bar_is_dragged_to_another_time_and_device(page_for, person, live_server, soon):
    here, there = (DeviceFactory.create(name=f"CT {n}") for n in "AB")
    step = booked(here, soon)
    page = page_for(person("Scheduler"))
    complaints = open_schedule(page, live_server)
    rows = page.locator(".ec-row-head")
    width = bar_of(page, step).bounding_box()["width"]  # thirty minutes

    drag(page, bar_of(page, step), right=2 * width, row=rows.nth(1))

    await_place(step, there, soon + HOUR, page)
    assert complaints == []


def test_a_refused_drag_goes_back_and_says_what_is_there(page_for, person, live_server, soon):
    device = DeviceFactory.create()
    step, other = booked(device, soon), booked(device, soon + HOUR)
    page = page_for(person("Scheduler"))
    open_schedule(page, live_server)
    before = bar_of(page, step).bounding_box()

    drag(
        page, bar_of(page, step), right=2 * before["width"], row=page.locator(".ec-row-head").first
    )

    page.wait_for_selector(".message-error")
    assert other.procedure_type.meaning in page.locator(".message-error").inner_text()
    page.wait_for_timeout(300)
    after = bar_of(page, step).bounding_box()
    assert abs(after["x"] - before["x"]) < 3
    step.refresh_from_db()
    assert step.scheduled_start == soon


def test_whoever_is_here_is_dragged_with_a_reason(page_for, person, live_server, soon):
    device = DeviceFactory.create()
    scheduler = person("Scheduler")
    step = services.register_arrival(booked(device, soon), by=scheduler)
    page = page_for(scheduler)
    open_schedule(page, live_server)
    width = bar_of(page, step).bounding_box()["width"]

    drag(page, bar_of(page, step), right=2 * width, row=page.locator(".ec-row-head").first)
    page.fill("#why-reason", "Emergency first")
    page.click("#why button[value=move]")

    await_place(step, device, soon + HOUR, page)
    assert "Emergency first" in step.moves.latest("pk").reason


def test_the_keyboard_does_the_same_in_a_dialog(page_for, person, live_server, soon):
    here, there = (DeviceFactory.create(name=f"CT {n}") for n in "AB")
    step = booked(here, soon)
    page = page_for(person("Scheduler"))
    open_schedule(page, live_server)

    bar_of(page, step).focus()
    page.keyboard.press("Enter")
    page.click("[data-step-move]")
    page.select_option("#move_device", str(there.pk))
    page.fill("#move_start", f"{soon + HOUR:%Y-%m-%dT%H:%M}")
    page.locator("#move_start").press("Enter")

    await_place(step, there, soon + HOUR, page)
    page.wait_for_selector("#move:not([open])", state="attached")


def test_empty_space_offers_what_waits_and_books_it(page_for, person, live_server, soon):
    device = DeviceFactory.create()
    step = booked(device, soon)
    waits = OrderFactory.create(status=Order.Status.PLACED)
    page = page_for(person("Scheduler"))
    open_schedule(page, live_server)
    box = bar_of(page, step).bounding_box()

    drag_from = box["x"] + box["width"] * 1.6
    page.mouse.move(drag_from, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(drag_from + 30, box["y"] + 12, steps=6)
    page.mouse.up()
    page.click("#book .book-list button")
    page.wait_for_url(f"**{reverse('worklist:order', args=[waits.pk])}")

    assert waits.procedures.get().device == device


@pytest.mark.parametrize("screen", ["desk", "phone"])
def test_the_schedule_is_accessible_and_whole(page_for, person, live_server, flaws, soon, screen):
    booked(DeviceFactory.create(), soon)
    page = page_for(person("Scheduler"), screen)
    complaints = open_schedule(page, live_server)
    page.wait_for_timeout(300)

    assert flaws(page) == []
    assert complaints == []


def test_who_reads_from_elsewhere_sees_the_wards_clock(page_for, person, live_server, elsewhere):
    now = timezone.now()
    step = ScheduledProcedureFactory.create(
        scheduled_start=now - HOUR / 4, scheduled_end=now + HOUR / 4
    )
    page = page_for(person("Scheduler"))
    elsewhere(page)
    page.goto(live_server.url + reverse("worklist:schedule"), wait_until="load")

    bar, line = bar_of(page, step).bounding_box(), page.locator(".ec-now-indicator").bounding_box()
    assert bar["x"] <= line["x"] <= bar["x"] + bar["width"]
