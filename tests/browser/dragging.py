"""Dragging on the schedule as a person does it: with an eye on where the bar will fall."""

from playwright.sync_api import Locator, Page

HANGS_THERE = """row => {
    const bar = [...document.querySelectorAll(".ec-preview, .ec-dragging")].at(-1);
    const [place, lane] = [bar, row].map((one) => one?.getBoundingClientRect());
    const middle = place && place.top + place.height / 2;
    return lane.top <= middle && middle <= lane.bottom;
}"""


def bring_to_the_middle(bar: Locator) -> None:
    """Where the schedule opens depends on the hour; and at its edge it scrolls on under a bar that
    is dragged there."""
    bar.evaluate("bar => bar.scrollIntoView({inline: 'center', block: 'nearest'})")


def drag(page: Page, bar: Locator, right: float, row: Locator) -> None:
    """Take a bar in its middle, `right` pixels further and onto the lane of a row's head; let it
    go once it is seen to hang there."""
    bring_to_the_middle(bar)
    box, lane = bar.bounding_box(), row.bounding_box()
    assert box and lane  # noqa: PT018 — both are on the page
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    down = lane["y"] + lane["height"] / 2 - y
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + right / 2, y + down / 2, steps=8)
    page.mouse.move(x + right, y + down, steps=8)
    page.wait_for_function(HANGS_THERE, arg=row.element_handle())
    page.mouse.up()
