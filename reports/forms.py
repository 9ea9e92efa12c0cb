"""What people fill in: shape only, sense is checked by the services."""

from django import forms
from django.utils.translation import gettext_lazy as _

from reports.models import PreliminaryNote


class NoteForm(forms.Form):
    """What the technician noticed."""

    verdict = forms.ChoiceField(
        label=_("What did you notice?"),
        choices=PreliminaryNote.Verdict.choices,
        error_messages={"required": _("Choose one of the three.")},
    )
    words = forms.CharField(
        label=_("In a few words"), required=False, max_length=2000, widget=forms.Textarea
    )

    def clean(self) -> dict[str, object]:
        given: dict[str, object] = super().clean() or {}
        verdict = given.get("verdict")
        if verdict and verdict != PreliminaryNote.Verdict.NORMAL and not given.get("words"):
            self.add_error("words", _("Say in a few words what you noticed."))
        return given
