"""Shapes of what people send about themselves."""

from django import forms

from staff.models import User


class ThemeForm(forms.ModelForm[User]):
    """The choice between the two themes and the computer's own."""

    class Meta:
        model = User
        fields = ("theme",)
