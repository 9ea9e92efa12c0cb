"""One chip for every state: a word, a shape and a hue, the same on every page.

The word carries the meaning, the shape tells states apart without colour, the hue helps the glance.
A state whose word differs between nouns is asked for with its noun: `{% chip state "study" %}`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as _in

register = template.Library()


@dataclass(frozen=True, slots=True)
class Look:
    """How one state looks: `strong` fills the chip with its hue, for what must be seen first."""

    word: str | Promise
    shape: str
    hue: str
    strong: bool = False


PROCEDURE = {
    "REQUESTED": Look(_("Requested"), "st-none", "grey"),
    "VETTED": Look(_("Vetted"), "st-scheduled", "grey"),
    "SCHEDULED": Look(_("Scheduled"), "st-scheduled", "grey"),
    "ARRIVED": Look(_("Arrived"), "st-arrived", "blue"),
    "READY": Look(_in("procedure", "Ready"), "st-ready", "teal"),
    "ON_HOLD": Look(_("On hold"), "st-hold", "amber"),
    "IN_PROGRESS": Look(_("In progress"), "st-progress", "violet", strong=True),
    "ACQUIRED": Look(_("Check images"), "st-acquired", "violet"),
    "COMPLETED": Look(_("Completed"), "st-done", "green"),
    "DISCONTINUED": Look(_("Discontinued"), "st-stopped", "red"),
    "CANCELLED": Look(_("Cancelled"), "st-cancelled", "grey"),
    "NO_SHOW": Look(_("No-show"), "st-noshow", "amber"),
}
ORDER = {
    "PLACED": Look(_("Placed"), "st-none", "blue"),
    "SCHEDULED": PROCEDURE["SCHEDULED"],
    "FULFILLED": Look(_("Fulfilled"), "st-done", "green"),
    "CANCELLED": PROCEDURE["CANCELLED"],
}
IMAGES = {
    "NONE": Look(_("No images"), "st-none", "grey"),
    "ARRIVING": Look(_("Arriving"), "st-arriving", "blue"),
    "COMPLETE": Look(_("Images complete"), "st-done", "green"),
    "MISSING": Look(_("Images missing"), "st-late", "red"),
    "LATE": Look(_("Images late"), "st-late", "amber"),
}
INCOMING = {
    "WAITING": Look(_in("file", "Waiting"), "st-waiting", "blue"),
    "FILED": Look(_("Filed"), "st-done", "green"),
    "ALREADY_HERE": Look(_("Already here"), "st-copy", "grey"),
    "SET_ASIDE": Look(_("Set aside"), "st-set-aside", "amber"),
    "REFUSED": Look(_("Refused"), "st-refused", "red"),
    "PASSED_OVER": Look(_("Passed over"), "st-none", "grey"),
    "DISCARDED": Look(_("Discarded"), "trash", "grey"),
}
ARCHIVE = {
    "WAITING": INCOMING["WAITING"],
    "UNPACKED": Look(_("Unpacked"), "st-done", "green"),
    "REFUSED": INCOMING["REFUSED"],
}
STUDY = {
    "ARRIVING": IMAGES["ARRIVING"],
    "READY": Look(_("Images in"), "st-done", "teal"),
}
REPORT = {
    "NOT_READY": Look(_("Not ready"), "st-waiting", "grey"),
    "READY_TO_READ": Look(_("Ready to read"), "st-ready", "teal"),
    "CLAIMED": Look(_("Being read"), "st-progress", "blue"),
    "DRAFT": Look(_("Draft"), "st-draft", "blue"),
    "PRELIMINARY": Look(_("Preliminary"), "st-progress", "violet"),
    "FINAL": Look(_("Final"), "st-final", "green"),
    "ADDENDED": Look(_("Addended"), "plus", "green"),
    "AMENDED": Look(_("Amended"), "edit", "amber"),
    "CORRECTED": Look(_("Corrected"), "refresh", "amber"),
    "NO_READ_REQUIRED": Look(_("No report required"), "st-none", "grey"),
    "CANCELLED": Look(_("Cancelled"), "st-cancelled", "grey"),
    "ENTERED_IN_ERROR": Look(_("Entered in error"), "st-stopped", "red"),
}
NOTE = {
    "NORMAL": Look(_("Nothing noticed"), "check", "green"),
    "ABNORMAL": Look(_("Something noticed"), "warning", "amber"),
    "URGENT": Look(_("Please look now"), "danger", "red", strong=True),
}
VERSION = {
    "PRELIMINARY": REPORT["PRELIMINARY"],
    "FINAL": REPORT["FINAL"],
    "ADDENDUM": Look(_("Addendum"), "plus", "green"),
    "AMENDMENT": Look(_("Amendment"), "edit", "amber"),
    "CORRECTION": Look(_("Correction"), "refresh", "amber"),
    "RETRACTION": REPORT["ENTERED_IN_ERROR"],
}
THUMBNAIL = {
    "WAITING": Look(_("Being drawn"), "st-waiting", "blue"),
    "MADE": Look(_("Drawn"), "st-done", "green"),
    "PICTOGRAM": Look(_("No image"), "no-image", "grey"),
    "FAILED": Look(_("Cannot be drawn"), "st-refused", "red"),
}
DEVICE = {
    "AVAILABLE": Look(_("Available"), "dev-available", "green"),
    "LIMITED": Look(_("Limited"), "dev-limited", "amber"),
    "DOWN": Look(_("Down"), "dev-down", "red", strong=True),
    "IN_SERVICE": Look(_("In service"), "dev-service", "amber"),
    "AWAITING_QC": Look(_("Awaiting QC"), "dev-qc", "violet"),
    "RETIRED": Look(_("Retired"), "dev-retired", "grey"),
}
MAINTENANCE = {
    "OPEN": Look(_in("maintenance", "Open"), "st-none", "blue"),
    "IN_WORK": Look(_("In work"), "st-progress", "violet"),
    "DONE": Look(_in("maintenance", "Done"), "st-done", "green"),
}
EFFECT = {
    "NONE": Look(_("Works as before"), "dev-available", "grey"),
    "LIMITED": Look(_("Works with limits"), "dev-limited", "amber"),
    "DOWN": Look(_("Does not work"), "dev-down", "red"),
}
PRIORITY = {
    "STAT": Look(_("STAT"), "pr-stat", "red", strong=True),
    "HIGH": Look(_("Urgent"), "pr-urgent", "amber", strong=True),
    "ROUTINE": Look(_("Routine"), "pr-routine", "grey"),
}
SEVERITY = {
    "INFO": Look(_("Note"), "info", "blue"),
    "CAUTION": Look(_("Caution"), "warning", "amber"),
    "DANGER": Look(_("Danger"), "danger", "red"),
}

SCREENING = {
    "NOT_NEEDED": Look(_("Not needed"), "st-none", "grey"),
    "OPEN": Look(_("Not answered"), "st-waiting", "amber"),
    "CLEAR": Look(_("Clear"), "st-done", "green"),
    "FLAGGED": Look(_("Needs a look"), "warning", "red", strong=True),
    "OVERRIDDEN": Look(_("Decided"), "st-final", "amber"),
}
CONCERN = {
    "CLEAR": SCREENING["CLEAR"],
    "AMBER": Look(_("Look closer"), "warning", "amber"),
    "RED": Look(_("Stop and ask"), "danger", "red", strong=True),
}
PERFORMED = {
    "IN_PROGRESS": PROCEDURE["IN_PROGRESS"],
    "COMPLETED": PROCEDURE["COMPLETED"],
    "DISCONTINUED": PROCEDURE["DISCONTINUED"],
}

COMMITMENT = {
    "WAITING": Look(_("Being looked into"), "st-waiting", "blue"),
    "DECIDED": Look(_("To be told"), "st-arriving", "blue"),
    "REPORTED": Look(_("Told"), "st-done", "green"),
    "UNDELIVERED": Look(_("Could not be told"), "st-late", "red"),
}

ALERT_ICONS = {
    "ALLERGY": "al-allergy",
    "CONTRAST_REACTION": "al-contrast",
    "IMPLANT": "al-implant",
    "PREGNANCY": "al-pregnancy",
    "KIDNEY": "al-kidney",
    "INFECTION": "al-infection",
    "MOBILITY": "al-mobility",
}

KINDS = frozenset(
    [
        "IMAGE",
        "REPORT",
        "PDF",
        "WAVEFORM",
        "VIDEO",
        "PRESENTATION",
        "KEY_OBJECTS",
        "SEGMENTATION",
        "PLAN",
        "RAW",
    ]
)

# Without a noun the first table that knows the state answers, in this order.
TRANSFER = {
    "WAITING": Look(_("Under way"), "st-progress", "blue"),
    "DONE": Look(_in("transfer", "Done"), "st-done", "green"),
    "FAILED": Look(_("Failed"), "st-late", "red"),
    "CANCELLED": Look(_("Cancelled"), "st-cancelled", "grey"),
}
NOUNS: Mapping[str, Mapping[str, Look]] = {
    "procedure": PROCEDURE,
    "priority": PRIORITY,
    "device": DEVICE,
    "incoming": INCOMING,
    "archive": ARCHIVE,
    "report": REPORT,
    "note": NOTE,
    "version": VERSION,
    "images": IMAGES,
    "study": STUDY,
    "order": ORDER,
    "thumbnail": THUMBNAIL,
    "severity": SEVERITY,
    "maintenance": MAINTENANCE,
    "effect": EFFECT,
    "screening": SCREENING,
    "concern": CONCERN,
    "performed": PERFORMED,
    "transfer": TRANSFER,
    "commitment": COMMITMENT,
}


def look_of(state: str, noun: str = "") -> Look:
    """Find how `state` looks; a state nobody has drawn yet is a grey chip with its own word."""
    for table in (NOUNS[noun],) if noun else NOUNS.values():
        if state in table:
            return table[state]
    return Look(str(state).replace("_", " ").capitalize(), "st-none", "grey")


@lru_cache(maxsize=1024)
def _drawn(state: str, noun: str, detail: str, language: str | None) -> SafeString:
    """Lists draw the same few chips hundreds of times: draw each once per language."""
    context = {"state": state, "look": look_of(state, noun), "detail": detail}
    return render_to_string("components/_chip.html", context)


@register.simple_tag
def chip(state: str, noun: str = "", detail: str = "") -> SafeString:
    """The chip of one state. `detail` is a short addition after the word, such as "12 / 40"."""
    return _drawn(str(state), noun, str(detail), get_language())


@register.filter
def alert_icon(kind: str) -> str:
    """The picture of one kind of alert."""
    return ALERT_ICONS.get(kind, "al-other")


@register.filter
def kind_icon(kind: str) -> str:
    """The picture of an object without an image, by its kind: report, PDF, waveform …"""
    return f"k-{kind.lower().replace('_', '-')}" if kind in KINDS else "k-other"
