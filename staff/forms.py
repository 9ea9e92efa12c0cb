"""Shapes of what people send about themselves."""

from django import forms

from staff.models import User


class ThemeForm(forms.Form):
    """The choice between the two themes and the computer's own."""

    theme = forms.ChoiceField(choices=User.Theme.choices)
