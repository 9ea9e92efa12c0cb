"""What a browser calls itself, in two words."""

from django import template
from django.utils.translation import gettext as _

register = template.Library()

# The first match wins: later names stand inside earlier browsers' strings, too.
BROWSERS = {
    "Edg": "Edge",
    "OPR": "Opera",
    "Firefox": "Firefox",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "Linux": "Linux",
}


@register.filter
def browser(user_agent: str) -> str:
    """ "Firefox, Linux": enough to recognise one's own computer."""
    names = [
        next((name for sign, name in table.items() if sign in user_agent), "")
        for table in (BROWSERS, SYSTEMS)
    ]
    return ", ".join(name for name in names if name) or _("unknown browser")
