"""A person as a program describes them."""

import datetime as dt
from dataclasses import fields
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from patients.api.alerts import LARGEST_KEY
from patients.likeness import Stranger
from patients.models import Patient
from patients.names import wrong_with_component, wrong_with_group
from patients.services import Contact, Identity, Number

SCRIPTS = ("name_alphabetic", "name_ideographic", "name_phonetic")
LOOKS_KNOWN = gettext_lazy("Somebody on record looks like this person.")


def component_group(value: str) -> str:
    """One script of a person name (PS3.5 6.2.1): five components at most, 64 characters."""
    components = value.split("^")
    wrong = [wrong_with_component(part) for part in components]
    if len(components) > 5:  # noqa: PLR2004 — as the standard counts
        wrong.append(_("A name has five components at most."))
    wrong.append(wrong_with_group(value))
    if found := [sentence for sentence in wrong if sentence]:
        raise serializers.ValidationError(found[0])
    return value


def text(length: int, **more: Any) -> serializers.CharField:
    return serializers.CharField(max_length=length, required=False, allow_blank=True, **more)


class PersonSerializer(serializers.Serializer[None]):
    """Names are "Family^Given^Middle^Prefix^Suffix" in each script."""

    patient_id = text(64)
    issuer = text(64)
    name_alphabetic = text(64)
    name_ideographic = text(64)
    name_phonetic = text(64)
    birth_date = serializers.DateField(required=False, allow_null=True)
    sex = serializers.ChoiceField(choices=Patient.Sex.choices, required=False, allow_blank=True)
    language = serializers.RegexField(
        r"^[A-Za-z0-9-]*\Z", max_length=12, required=False, allow_blank=True
    )
    phone = text(40)
    email = serializers.EmailField(max_length=254, required=False, allow_blank=True)
    address = text(300)
    contact_person = text(120)
    contact_phone = text(40)
    weight_kg = serializers.DecimalField(
        max_digits=5, decimal_places=1, min_value=0, required=False, allow_null=True
    )
    height_cm = serializers.IntegerField(
        min_value=10, max_value=280, required=False, allow_null=True
    )
    is_confidential = serializers.BooleanField(required=False)

    def validate_name_alphabetic(self, value: str) -> str:
        return component_group(value)

    def validate_name_ideographic(self, value: str) -> str:
        return component_group(value)

    def validate_name_phonetic(self, value: str) -> str:
        return component_group(value)

    def validate_birth_date(self, value: dt.date | None) -> dt.date | None:
        if value and value > timezone.localdate():
            raise serializers.ValidationError(_("This day lies in the future."))
        return value

    def identity(self, standing: Patient | None = None) -> Identity:
        return Identity(**self._facts(Identity, standing))

    def contact(self, standing: Patient | None = None) -> Contact:
        return Contact(**self._facts(Contact, standing))

    def number(self) -> Number:
        return Number(**self._facts(Number, None))

    def _facts(self, kind: Any, standing: Patient | None) -> dict[str, Any]:
        """What was sent; what was not sent stays as it stands."""
        names = [field.name for field in fields(kind)]
        kept = {name: getattr(standing, name) for name in names} if standing else {}
        sent = {name: self.validated_data[name] for name in names if name in self.validated_data}
        return kept | sent


class RegisteredSerializer(PersonSerializer):
    """Somebody new; without a record number they get one."""

    somebody_else = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST_KEY),
        required=False,
        max_length=50,
        help_text="Keys of patients who look alike and whom a person has judged to be others.",
    )

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        if not any(given.get(script, "").split("^")[0].strip() for script in SCRIPTS):
            raise serializers.ValidationError({SCRIPTS[0]: [_("Write the family name.")]})
        return given

    def stranger(self) -> Stranger:
        number = self.validated_data.get("patient_id", "")
        return Stranger(self.identity(), (number,) if number else ())


class CorrectedSerializer(PersonSerializer):
    """What is different, and why."""

    reason = serializers.CharField(max_length=200)
