"""Fields that understand what people write at a desk."""

import datetime as dt
import unicodedata
from typing import Any

from django import forms
from django.conf.locale import LANG_INFO
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from patients.dates import days_meant_by
from patients.names import wrong_with_component

OLDEST = 130  # years

# Nothing of a patient is remembered by the browser of a computer that many people use.
PRIVATE = {"autocomplete": "off", "spellcheck": "false"}


class NamePart(forms.CharField):
    """One component of a person name, in any script."""

    def __init__(self, **more: Any) -> None:
        widget = forms.TextInput(attrs=PRIVATE | {"dir": "auto"})
        super().__init__(required=False, max_length=64, widget=widget, **more)

    def clean(self, value: object) -> str:
        text = " ".join(unicodedata.normalize("NFC", super().clean(value)).split())
        if wrong := wrong_with_component(text):
            raise ValidationError(wrong)
        return text


class DayField(forms.Field):
    """A day in the past, however it is written. Two possible days are asked about."""

    widget = forms.TextInput

    def __init__(self, **more: Any) -> None:
        more.setdefault("help_text", gettext_lazy("17.05.1980, 17 May 1980 or 1980-05-17"))
        super().__init__(widget=forms.TextInput(attrs=PRIVATE), **more)

    def prepare_value(self, value: object) -> object:
        return value.isoformat() if isinstance(value, dt.date) else value

    def to_python(self, value: object) -> dt.date | None:
        text = " ".join(str(value or "").replace("\0", "").split())
        if not text:
            return None
        days = days_meant_by(text)
        if not days:
            raise ValidationError(_("This is not a day. Write it as 1980-05-17."))
        today = timezone.localdate()
        past = [day for day in days if day <= today and today.year - day.year <= OLDEST]
        if not past:
            raise ValidationError(
                _("This day lies in the future.")
                if days[0] > today
                else _("Nobody is that old: look at the year.")
            )
        if len(past) > 1:
            either = " / ".join(day.isoformat() for day in past)
            raise ValidationError(_("Which day is it? %(days)s") % {"days": either})
        return past[0]

    def has_changed(self, initial: object, data: object) -> bool:
        return bool(self.prepare_value(initial) != data)


def languages() -> list[tuple[str, str]]:
    """The languages somebody may speak, each in its own words."""
    named = {code: info["name_local"] for code, info in LANG_INFO.items() if "name_local" in info}
    spoken = sorted(named.items(), key=lambda pair: pair[1].casefold())
    return [("", "–"), *((code, f"{name} ({code})") for code, name in spoken)]


class LanguageField(forms.ChoiceField):
    """A language by its code. One that is on record already stays, whatever it is."""

    def __init__(self, **more: Any) -> None:
        super().__init__(choices=languages, required=False, **more)

    def keep(self, code: str) -> None:
        if code and code not in dict(languages()):
            self.choices = [*languages(), (code, code)]
