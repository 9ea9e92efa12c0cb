"""Who somebody is, as it is typed: names in three scripts, birth date, contact."""

from collections.abc import Iterator
from dataclasses import asdict, fields
from typing import Any

from django import forms
from django.conf import settings
from django.forms import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from patients.forms.fields import PRIVATE, DayField, LanguageField, NamePart
from patients.likeness import Stranger
from patients.models import Identifier, Patient
from patients.names import PersonName, wrong_with_group
from patients.services import Contact, Identity, Number

SCRIPTS: dict[str, str | Promise] = {
    "alphabetic": gettext_lazy("Latin letters"),
    "ideographic": gettext_lazy("Own script"),
    "phonetic": gettext_lazy("As it is spoken"),
}
PARTS: dict[str, str | Promise] = {
    "family": gettext_lazy("Family name"),
    "given": gettext_lazy("Given name"),
    "middle": gettext_lazy("Middle name"),
    "prefix": gettext_lazy("Title before"),
    "suffix": gettext_lazy("Title after"),
}


def text(label: Any, length: int, **more: Any) -> forms.CharField:
    widget = more.pop("widget", forms.TextInput)(attrs=PRIVATE | more.pop("attrs", {}))
    return forms.CharField(label=label, max_length=length, required=False, widget=widget, **more)


class IdentityForm(forms.Form):
    """What a record says of a person. At least a family name, in one script at least."""

    birth_date = DayField(label=gettext_lazy("Birth date"), required=False)
    sex = forms.ChoiceField(
        label=gettext_lazy("Sex"), choices=[("", "–"), *Patient.Sex.choices], required=False
    )
    language = LanguageField(label=gettext_lazy("Language"))
    phone = text(gettext_lazy("Telephone"), 40, attrs={"inputmode": "tel"})
    email = forms.EmailField(
        label=gettext_lazy("E-mail"), required=False, widget=forms.EmailInput(attrs=PRIVATE)
    )
    address = text(gettext_lazy("Address"), 300)
    contact_person = text(gettext_lazy("Contact person"), 120)
    contact_phone = text(gettext_lazy("Their telephone"), 40, attrs={"inputmode": "tel"})
    weight_kg = forms.DecimalField(
        label=gettext_lazy("Weight (kg)"),
        min_value=0.1,
        max_value=700,
        max_digits=5,
        decimal_places=1,
        required=False,
    )
    height_cm = forms.IntegerField(
        label=gettext_lazy("Height (cm)"), min_value=10, max_value=280, required=False
    )
    is_confidential = forms.BooleanField(
        label=gettext_lazy("Confidential"),
        required=False,
        help_text=gettext_lazy("Said on every page; who opens the record is noted as such."),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        names = {
            f"{script}_{part}": NamePart(label=label)
            for script in SCRIPTS
            for part, label in PARTS.items()
        }
        self.fields = {**names, **self.fields}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for script in SCRIPTS:
            if wrong := wrong_with_group(self.name_in(script)):
                self.add_error(f"{script}_family", wrong)
        if not any(self.name_in(script).family for script in SCRIPTS) and not self.has_bad_name:
            self.add_error(
                "alphabetic_family",
                _("Write the family name. If nobody knows who it is, write “Unknown”."),
            )
        return cleaned

    @property
    def has_bad_name(self) -> bool:
        """Something is wrong with a name already: one complaint is enough."""
        return any(f"{script}_family" in self.errors for script in SCRIPTS)

    def name_in(self, script: str) -> PersonName:
        """The parts of the name in one script, as far as they are good."""
        return PersonName(*(self.cleaned_data.get(f"{script}_{part}", "") for part in PARTS))

    @property
    def identity(self) -> Identity:
        names = {f"name_{script}": str(self.name_in(script)) for script in SCRIPTS}
        birth_date, sex = self.cleaned_data.get("birth_date"), self.cleaned_data.get("sex", "")
        return Identity(**names, birth_date=birth_date, sex=sex)

    @property
    def contact(self) -> Contact:
        return Contact(**{field.name: self.cleaned_data[field.name] for field in fields(Contact)})

    @property
    def stranger(self) -> Stranger:
        """Whoever is typed so far; parts that are not good yet are left out."""
        cleaned = self.cleaned_data
        numbers = [cleaned.get("patient_id", ""), cleaned.get("other_value", "")]
        return Stranger(self.identity, tuple(number for number in numbers if number))

    @property
    def scripts(self) -> Iterator[tuple[str, str | Promise, list[BoundField], bool]]:
        """Each script with its fields; whether the rare parts of the name hold anything."""
        for script, label in SCRIPTS.items():
            parts = [self[f"{script}_{part}"] for part in PARTS]
            yield script, label, parts, any(part.value() or part.errors for part in parts[2:])

    @property
    def has_other_scripts(self) -> bool:
        return any(
            part.value() or part.errors
            for script, _label, parts, _rare in self.scripts
            if script != "alphabetic"
            for part in parts
        )

    def group(self, *names: str) -> list[BoundField]:
        return [self[name] for name in names]

    @property
    def person_fields(self) -> list[BoundField]:
        return self.group("birth_date", "sex", "language")

    @property
    def contact_fields(self) -> list[BoundField]:
        return self.group("phone", "email", "contact_person", "contact_phone", "address")

    @property
    def body_fields(self) -> list[BoundField]:
        return self.group("weight_kg", "height_cm")


NUMBER_PARTS = ("kind", "value", "issuer")


def is_taken_by_another(kind: str, value: str, issuer: str) -> bool:
    """Whether some patient is known by this other number already."""
    taken = Identifier.objects.called(kind, value, issuer)
    return bool(kind and value) and taken.exists()


def refuse_taken_number(form: forms.Form, but: int | None = None) -> None:
    """Say it beside the field. The constraint keeps the last word when two people race."""
    patient_id = form.cleaned_data.get("patient_id", "")
    issuer = form.cleaned_data.get("issuer", "") or settings.PATIENT_ID_ISSUER
    taken = Patient.objects.confirmed().identified_by(patient_id, issuer)
    if but is not None:
        taken = taken.exclude(pk=but)
    if patient_id and taken.exists():
        form.add_error("patient_id", _("There is already a patient with this record number."))


class RegisterForm(IdentityForm):
    """Somebody new. Without a record number they get one."""

    patient_id = text(
        gettext_lazy("Record number"), 64, help_text=gettext_lazy("Empty: a new one is given.")
    )
    issuer = text(gettext_lazy("Issued by"), 64, help_text=gettext_lazy("Empty: this department."))
    other_kind = forms.ChoiceField(
        label=gettext_lazy("Another number"),
        choices=[("", "–"), *Identifier.Kind.choices],
        required=False,
    )
    other_value = text(gettext_lazy("Number"), 64)
    other_issuer = text(gettext_lazy("Issued by"), 64)
    somebody_else = forms.CharField(required=False, max_length=400, widget=forms.HiddenInput)
    next = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("other_value") and not cleaned.get("other_kind"):
            self.add_error("other_kind", _("Say what kind of number it is."))
        if cleaned.get("other_kind") and not cleaned.get("other_value"):
            self.add_error("other_value", _("The number is missing."))
        refuse_taken_number(self)
        if is_taken_by_another(*(cleaned.get(f"other_{part}", "") for part in NUMBER_PARTS)):
            self.add_error("other_value", _("Another patient has this number."))
        return cleaned

    @property
    def judged(self) -> set[int]:
        """Keys of the patients that a person has said to be somebody else."""
        keys = self.cleaned_data.get("somebody_else", "").split(",")
        return {int(key) for key in keys if key.isascii() and key.isdigit()}

    @property
    def number_fields(self) -> list[BoundField]:
        return self.group("patient_id", "issuer")

    @property
    def other_number_fields(self) -> list[BoundField]:
        return self.group("other_kind", "other_value", "other_issuer")


class CorrectForm(IdentityForm):
    """Who this really is, and why it is corrected."""

    patient_id = forms.CharField(
        label=gettext_lazy("Record number"), max_length=64, widget=forms.TextInput(attrs=PRIVATE)
    )
    issuer = forms.CharField(
        label=gettext_lazy("Issued by"), max_length=64, widget=forms.TextInput(attrs=PRIVATE)
    )
    reason = forms.CharField(
        label=gettext_lazy("Why is it corrected?"),
        max_length=200,
        widget=forms.TextInput(attrs=PRIVATE | {"list": "reasons"}),
        help_text=gettext_lazy("Kept with the correction. For example: passport seen."),
    )

    patient: Patient

    @classmethod
    def of(cls, patient: Patient, *args: Any, **more: Any) -> "CorrectForm":
        """The form as the record stands."""
        initial: dict[str, Any] = {
            field: getattr(patient, field)
            for field in (*cls.base_fields, "patient_id", "issuer")
            if hasattr(patient, field)
        }
        for script in SCRIPTS:
            name = PersonName.of(getattr(patient, f"name_{script}"))
            initial |= {f"{script}_{part}": word for part, word in asdict(name).items()}
        form = cls(*args, initial=initial, **more)
        form.patient = patient
        form.fields["language"].keep(patient.language)  # type: ignore[attr-defined]
        return form

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        refuse_taken_number(self, but=self.patient.pk)
        if not self.errors and not self.patient.is_provisional and self.changes == {}:
            self.add_error(None, _("Nothing is different: change a field first."))
        return cleaned

    @property
    def changes(self) -> dict[str, tuple[Any, Any]]:
        """What is and what would be, by field, as far as what was typed is good."""
        patient, cleaned = self.patient, self.cleaned_data
        good = {name: value for name, value in cleaned.items() if hasattr(patient, name)}
        good |= {f"name_{script}": str(self.name_in(script)) for script in SCRIPTS}
        pairs = {name: (getattr(patient, name), value) for name, value in good.items()}
        return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}

    @property
    def number(self) -> Number:
        cleaned = self.cleaned_data
        return Number(cleaned.get("patient_id", ""), cleaned.get("issuer", ""))

    @property
    def number_fields(self) -> list[BoundField]:
        return self.group("patient_id", "issuer")
