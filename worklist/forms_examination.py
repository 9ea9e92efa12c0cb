"""What a technician types during an examination; whether it may be is for the services."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from worklist.modalities import EXPOSURE_FIELDS
from worklist.models import (
    UNKNOWN,
    Administration,
    ContrastAgent,
    Exposure,
    ScheduledProcedure,
)
from worklist.questions import Asked
from worklist.services import Said
from worklist.services.checks import Compared

if TYPE_CHECKING:
    from django.forms.boundfield import BoundField


class IdentityForm(forms.Form):
    """Which identifiers were compared with what the patient says."""

    compared = forms.MultipleChoiceField(
        label=_("What did you compare?"),
        choices=[choice for choice in Compared.choices if choice[0] != Compared.WRISTBAND],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    scanned = forms.CharField(
        label=_("Wristband or requisition"),
        help_text=_("Scan it, or type the record or accession number."),
        required=False,
        max_length=64,
        widget=forms.TextInput(
            attrs={
                "data-scan": "",
                "autocomplete": "off",
                "spellcheck": "false",
                "inputmode": "text",
            }
        ),
    )

    def __init__(self, *args: Any, has_birth_date: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **({"auto_id": "identity_%s"} | kwargs))
        if not has_birth_date:
            field: Any = self.fields["compared"]
            field.choices = [one for one in field.choices if one[0] != Compared.BIRTH_DATE]


class SideForm(forms.Form):
    """The side, as the patient and the request say it: nothing is chosen beforehand."""

    side = forms.ChoiceField(
        label=_("Which side do the patient and the request say?"),
        choices=ScheduledProcedure.Side.choices,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **({"auto_id": "side_%s"} | kwargs))


YES_NO = [("YES", _("Yes")), ("NO", _("No")), (UNKNOWN, _("Not known"))]


class ScreeningForm(forms.Form):
    """One field for each question that concerns this patient, and who answered."""

    WHO = [
        ("patient", _("the patient")),
        ("relatives", _("relatives or company")),
        ("records", _("the records")),
        ("nobody", _("nobody could be asked")),
    ]

    def __init__(self, asked: list[Asked], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **({"auto_id": "screening_%s"} | kwargs))
        self.asked = asked
        for one in asked:
            self._add(one)
        self.fields["source"] = forms.ChoiceField(
            label=_("Who answered?"), choices=self.WHO, widget=forms.RadioSelect, initial="patient"
        )

    def _add(self, one: Asked) -> None:
        question, name = one.question, f"q{one.question.pk}"
        value, day = known_answer(one)
        field: forms.Field
        if question.kind == question.Kind.YES_NO:
            field = forms.ChoiceField(choices=YES_NO, widget=forms.RadioSelect, required=False)
        elif question.kind == question.Kind.NUMBER:
            wishes = {"inputmode": "decimal", "autocomplete": "off"}
            field = forms.CharField(
                max_length=12, required=False, widget=forms.TextInput(attrs=wishes)
            )
        else:
            field = forms.CharField(max_length=300, required=False)
        field.label, field.help_text, field.initial = question.text, question.help, value
        self.fields[name] = field
        if question.asks_day:
            today = timezone.localdate().isoformat()
            picker = forms.DateInput(attrs={"type": "date", "max": today}, format="%Y-%m-%d")
            self.fields[f"{name}_on"] = forms.DateField(
                label=_("Measured on"), required=False, widget=picker, initial=day
            )
        self.fields[f"{name}_more"] = forms.CharField(
            label=_("More about it"),
            required=False,
            max_length=120,
            initial=one.now.comment if one.now else "",
        )

    @property
    def lines(self) -> list["Line"]:
        """The questions as the page draws them."""
        return [Line(self, one) for one in self.asked]

    def clean(self) -> dict[str, Any]:
        """Every question is answered, unless nobody could be asked: then it is not known."""
        cleaned = super().clean() or {}
        for one in self.asked:
            name = f"q{one.question.pk}"
            if cleaned.get("source") == "nobody":
                cleaned[name] = cleaned.get(name) or UNKNOWN
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, _("This is not answered."))
            self._clean_day(one, cleaned)
        return cleaned

    def _clean_day(self, one: Asked, cleaned: dict[str, Any]) -> None:
        name = f"q{one.question.pk}_on"
        if name not in self.fields or name in self.errors:
            return
        is_value = cleaned.get(f"q{one.question.pk}") not in {None, "", UNKNOWN}
        if is_value and cleaned.get(name) is None:
            self.add_error(name, _("On which day was it measured?"))

    def said(self) -> dict[int, Said]:
        """The answers, for the service."""
        words = self.cleaned_data
        return {
            one.question.pk: Said(
                words[f"q{one.question.pk}"],
                words.get(f"q{one.question.pk}_more", ""),
                words.get(f"q{one.question.pk}_on"),
            )
            for one in self.asked
        }

    @property
    def who_answered(self) -> str:
        return str(dict(self.WHO)[self.cleaned_data["source"]])


class Line:
    """One question of the form with all that stands beside it."""

    def __init__(self, form: ScreeningForm, asked: Asked) -> None:
        name = f"q{asked.question.pk}"
        self.asked, self.question = asked, asked.question
        self.field: BoundField = form[name]
        self.more: BoundField = form[f"{name}_more"]
        self.day: BoundField | None = form[f"{name}_on"] if f"{name}_on" in form.fields else None
        self.is_prefilled = not form.is_bound and bool(known_answer(asked)[0])


def known_answer(one: Asked) -> tuple[str, Any]:
    """What stands in the field before anybody types: this visit's answer, one that still holds, or
    a value of the safety record."""
    answer = one.now or (one.earlier if one.holds else None)
    if answer is not None:
        return answer.value, answer.observed_on
    known = one.known_value
    return (str(known.egfr), known.observed_on) if known is not None else ("", None)


class OverrideForm(forms.Form):
    reason = forms.CharField(
        label=_("Why is it right to go on?"),
        max_length=200,
        help_text=_("Who was asked, what was decided. It stays in the record."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **({"auto_id": "override_%s"} | kwargs))


class DespiteForm(forms.Form):
    """A reason to go on although something is missing."""

    despite = forms.CharField(label=_("Why start all the same?"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **({"auto_id": "start_%s"} | kwargs))


class FinishForm(forms.Form):
    """What whoever reads the images should know, and a reason where something is missing."""

    comment = forms.CharField(
        label=_("Comment for the radiologist"),
        help_text=_("About the examination itself; what is seen belongs into the note."),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    despite = forms.CharField(
        label=_("Why complete it all the same?"), max_length=200, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **({"auto_id": "complete_%s"} | kwargs))


class AdministrationForm(forms.ModelForm):  # type: ignore[type-arg]
    """What was given. More than the agent's usual most needs a tick."""

    is_more_meant = forms.BooleanField(
        label=_("So much was really given"), required=False, widget=forms.CheckboxInput
    )

    class Meta:
        model = Administration
        fields = (
            "agent",
            "volume_ml",
            "lot",
            "expires_on",
            "route",
            "rate_ml_s",
            "site",
            "reaction",
            "reaction_details",
        )
        labels = {"reaction_details": _("What happened, and what was done")}
        widgets = {
            "expires_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "volume_ml": forms.NumberInput(attrs={"min": "0.1", "step": "0.1"}),
            "rate_ml_s": forms.NumberInput(attrs={"min": "0", "step": "0.1"}),
            "site": forms.TextInput(attrs={"list": "sites"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **({"auto_id": "given_%s"} | kwargs))
        agent: Any = self.fields["agent"]
        agent.queryset = ContrastAgent.objects.filter(is_active=True)

    def clean_rate_ml_s(self) -> Any:
        rate = self.cleaned_data["rate_ml_s"]
        if rate is not None and rate < 0:
            raise forms.ValidationError(_("This is at least 0."))
        return rate

    @property
    def is_unusual(self) -> bool:
        """Does the form come back because so much is unusual? Then the tick is shown."""
        return self.has_error("volume_ml", "unusual")


class ReactionForm(forms.Form):
    """The patient reacts after all."""

    reaction = forms.ChoiceField(
        label=_("Reaction"), choices=Administration.Reaction.choices, widget=forms.Select
    )
    details = forms.CharField(
        label=_("What happened, and what was done"), max_length=300, required=False
    )


class ExposureForm(forms.ModelForm):  # type: ignore[type-arg]
    """What was exposed: the fields that this kind of device has."""

    class Meta:
        model = Exposure
        fields = (
            "view",
            "kv",
            "mas",
            "exposure_index",
            "dap",
            "ctdi_vol",
            "dlp",
            "glandular_dose",
            "fluoroscopy_s",
            "exposures",
            "is_shielded",
            "held_by",
        )
        labels = {"kv": "kV", "mas": "mAs"}  # no capital letters: these are units

    def __init__(self, modality: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **({"auto_id": "exposed_%s"} | kwargs))
        shown = EXPOSURE_FIELDS.get(modality, ())
        for name in [name for name in self.fields if name not in shown]:
            del self.fields[name]
        for name, field in self.fields.items():
            if isinstance(field, forms.DecimalField | forms.IntegerField):
                field.min_value = 1 if name == "exposures" else 0
                field.widget.attrs |= {"min": str(field.min_value), "step": "any"}
        if "view" in self.fields:
            self.fields["view"].widget.attrs["list"] = "views"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name, value in list(cleaned.items()):
            least = getattr(self.fields.get(name), "min_value", None)
            if least is not None and value is not None and value < least:
                self.add_error(name, _("This is at least %(least)s.") % {"least": least})
        return cleaned


class WithdrawForm(forms.Form):
    reason = forms.CharField(label=_("What was wrong with it?"), max_length=200)
