"""A browser in which somebody has already signed in, and the judge of accessibility."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

WIDTHS = {"desk": (1440, 900), "tablet": (1024, 768), "phone": (390, 844)}
expect.set_options(timeout=20_000)  # two cores may be shared by several programs
REACHES_OUT = """() => {
  const root = document.documentElement;
  if (root.scrollWidth <= innerWidth + 1) return "";
  const out = [...document.body.querySelectorAll("*")].filter((one) => {
    const box = one.getBoundingClientRect();
    return Math.max(box.right, box.left + one.scrollWidth) > innerWidth + 1;
  });
  const name = (one) => [one.tagName.toLowerCase(), ...one.classList].join(".");
  return root.scrollWidth + " of " + innerWidth + ", " + out.slice(-3).map(name).join(", ");
}"""  # how wide it is, and the innermost that reach beyond the screen
THEME_IS = "(wanted) => (document.documentElement.dataset.bsTheme ?? wanted) === wanted"
COLOURS_HAVE_CHANGED = """document.getAnimations()
    .filter((one) => one instanceof CSSTransition).forEach((one) => one.finish())"""
ZOOMED = {"desk at 200 %": (720, 450), "phone at 125 %": (320, 640)}


def wide_parts(page: Any) -> list[str]:
    """What makes the page scroll sideways, once it has come to rest."""
    for _look in range(5):
        wide = page.evaluate(REACHES_OUT)
        if not wide:
            return []
        page.wait_for_timeout(200)
    return [f"the page scrolls sideways: {wide}"]


@pytest.fixture
def page_for(page: Any, live_server: Any) -> Callable[..., Any]:
    """`page_for(somebody)`: a page with that person's session; addresses start at the server."""

    def sign_in(somebody: Any, screen: str = "desk", scheme: str = "light") -> Any:
        client = Client()
        client.force_login(somebody)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}
        page.context.add_cookies([cookie])
        width, height = (WIDTHS | ZOOMED)[screen]
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)
        return page

    return sign_in


@pytest.fixture
def elsewhere() -> Callable[[Any], None]:
    """`elsewhere(page)`: the computer stands on an island where it is another time of day."""

    def move(page: Any) -> None:
        computer = page.context.new_cdp_session(page)
        computer.send("Emulation.setTimezoneOverride", {"timezoneId": "Pacific/Chatham"})

    return move


@pytest.fixture
def flaws(axe: Callable[..., list[str]]) -> Callable[[Any], list[str]]:
    """`flaws(page)`: what axe finds on a page, the colours in the other theme too, and whether it
    is wider than the screen."""

    def judge(page: Any) -> list[str]:
        found = axe(page)
        is_dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
        here, other = ("dark", "light") if is_dark else ("light", "dark")
        page.emulate_media(color_scheme=other)
        page.wait_for_function(THEME_IS, arg=other)
        page.evaluate(COLOURS_HAVE_CHANGED)
        found += [f"{other}: {flaw}" for flaw in axe(page, rules=["color-contrast"])]
        found += wide_parts(page)
        page.emulate_media(color_scheme=here)
        page.wait_for_function(THEME_IS, arg=here)
        return found

    return judge


@pytest.fixture
def axe() -> Callable[..., list[str]]:
    """What axe finds on a page: rule, help, and the first element of each."""

    def judge(page: Any, rules: list[str] | None = None) -> list[str]:
        options: dict[str, Any] = {"resultTypes": ["violations"]}
        found = Axe().run(page, options=options | ({"runOnly": rules} if rules else {}))
        found = found.response["violations"]
        return [f"{v['id']}: {v['help']}: {v['nodes'][0]['html'][:120]}" for v in found]

    return judge
