"""The shapes of what people type about a procedure; whether it makes sense is for the services."""

from django import forms
from django.utils.translation import gettext_lazy as _

from worklist.reasons import REASONS, UNSPECIFIED


class ReasonForm(forms.Form):
    """A coded reason, and words where the code alone says nothing."""

    reason_code = forms.ChoiceField(
        label=_("Reason"),
        choices=[(reason.code, reason.word) for reason in REASONS.values()],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("In your words"),
        max_length=200,
        required=False,
        help_text=_("Needed for “Another reason”. Whoever reads the images sees it."),
    )

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or {}
        if cleaned.get("reason_code") == UNSPECIFIED and not str(cleaned.get("reason", "")).strip():
            self.add_error("reason", _("Write the reason in a few words."))
        return cleaned


class HoldForm(forms.Form):
    """What the patient waits for."""

    reason = forms.CharField(
        label=_("Waiting for"),
        max_length=200,
        help_text=_("For example: a creatinine value, consent, transport."),
    )
