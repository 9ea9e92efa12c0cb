"""Invented things to show the components with, the awkward ones among them. No table is asked."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.templatetags.chips import NOUNS


class ExampleForm(forms.Form):
    """A form with one field of each kind."""

    name = forms.CharField(label=_("Name"), max_length=64)
    born = forms.DateField(
        label=_("Born"),
        help_text=_("As on the wristband."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    side = forms.ChoiceField(
        label=_("Side"), choices=[("L", _("Left")), ("R", _("Right"))], widget=forms.RadioSelect
    )
    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[("", "–"), ("110513", _("Patient could not hold still")), ("110515", _("Fault"))],
    )
    comment = forms.CharField(label=_("Comment"), required=False, widget=forms.Textarea)
    is_checked = forms.BooleanField(label=_("Name and birth date checked with the patient"))


def _alert(kind: str, severity: str, word: object, text: str) -> SimpleNamespace:
    return SimpleNamespace(
        kind=kind, severity=severity, get_kind_display=word, text=text, is_active=True
    )


def _alerts() -> list[SimpleNamespace]:
    return [
        _alert("CONTRAST_REACTION", "DANGER", _("Contrast reaction"), "Iopromide, 2021: shock"),
        _alert("IMPLANT", "CAUTION", _("Implant"), "Pacemaker, MR conditional 1.5 T"),
        _alert("INFECTION", "INFO", _("Infection precautions"), "MRSA: contact precautions"),
    ]


def _patient(name: str, record: str, born: dt.date | None, **more: Any) -> SimpleNamespace:
    family, _caret, given = name.partition("^")
    facts = {
        "name_alphabetic": name,
        "name_ideographic": "",
        "name_phonetic": "",
        "language": "",
        "is_provisional": False,
        "is_confidential": False,
        "alerts": SimpleNamespace(all=list),
        "display_name": ", ".join(part for part in (family, given) if part) or record,
        "get_sex_display": _("female"),
    }
    return SimpleNamespace(patient_id=record, birth_date=born, **(facts | more))


def _patients() -> list[SimpleNamespace]:
    today = timezone.localdate()
    return [
        _patient(
            "Okafor^Adaeze",
            "MRN-204418",
            dt.date(1968, 3, 9),
            alerts=SimpleNamespace(all=_alerts),
        ),
        _patient(
            "Yamada^Tarou",
            "MRN-100271",
            dt.date(1951, 11, 30),
            name_ideographic="山田^太郎",
            name_phonetic="やまだ^たろう",
            language="ja",
            is_confidential=True,
            get_sex_display=_("male"),
        ),
        _patient("قباني^لنزار", "MRN-300019", dt.date(1990, 7, 2), get_sex_display=_("male")),
        _patient("Διονυσιος^Παπαδόπουλος", "MRN-300020", today - dt.timedelta(days=12)),
        _patient(
            "Featherstonehaugh-Cholmondeley^Maximiliana Wilhelmina Alexandra",
            "UNKNOWN-7731-2206-0000-4411",
            None,
            is_provisional=True,
            get_sex_display="",
            alerts=SimpleNamespace(all=lambda: _alerts()[:1]),
        ),
    ]


def _rows() -> list[dict[str, Any]]:
    now, minute = timezone.now(), dt.timedelta(minutes=1)
    people = _patients()
    facts = [
        (people[0], "STAT", "IN_PROGRESS", "CT head without contrast", "", "CT01", -20, 40, 200),
        (people[1], "HIGH", "ARRIVED", "Knee, 2 views", "R", "DX01", -34, 0, 2),
        (people[2], "ROUTINE", "READY", "MR lumbar spine", "", "MR01", 12, 0, 6),
        (people[3], "ROUTINE", "ON_HOLD", "US hip, newborn", "B", "US01", 45, 0, 8),
        (people[4], "ROUTINE", "COMPLETED", "Screening mammography", "L", "MG01", -190, 4, 4),
    ]
    words = ("patient", "priority", "status", "what", "side", "room", "minutes", "have", "want")
    rows: list[dict[str, Any]] = [dict(zip(words, fact, strict=True)) for fact in facts]
    return [row | {"at": now + row["minutes"] * minute} for row in rows]


def examples() -> dict[str, Any]:
    """Everything the styleguide page draws."""
    now = timezone.now()
    tab = {"url": "#", "is_current": False}
    return {
        "nouns": {noun: list(table) for noun, table in NOUNS.items()},
        "patients": _patients(),
        "rows": _rows(),
        "alerts": _alerts(),
        "soon": now + dt.timedelta(minutes=12, seconds=30),
        "earlier": now - dt.timedelta(minutes=34),
        "long_ago": now - dt.timedelta(days=3),
        "next_day": now + dt.timedelta(days=1),
        "tabs": [
            tab | {"label": _("Images"), "count": 204, "is_current": True},
            tab | {"label": _("Request"), "count": None},
            tab | {"label": _("History"), "count": 12},
        ],
        "kinds": [
            ("IMAGE", _("Image")),
            ("REPORT", _("Structured report")),
            ("PDF", _("Document")),
            ("WAVEFORM", _("Waveform")),
            ("VIDEO", _("Video")),
            ("PRESENTATION", _("Presentation state")),
            ("KEY_OBJECTS", _("Key objects")),
            ("SEGMENTATION", _("Segmentation")),
            ("PLAN", _("Treatment plan")),
            ("RAW", _("Raw data")),
            ("OTHER", _("Other object")),
        ],
    }
