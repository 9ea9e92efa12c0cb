"""Questions a template asks about a form's field."""

from django import template
from django.forms import BoundField, CheckboxInput

register = template.Library()


@register.filter
def is_check(field: BoundField) -> bool:
    """Whether the field is one tick, whose label stands behind it."""
    return isinstance(field.field.widget, CheckboxInput)
