"""Addresses of verbs, for templates that are told which verb."""

from django import template
from django.urls import reverse

register = template.Library()


@register.simple_tag
def verb_url(verb: str, procedure_pk: int) -> str:
    """Where one verb of one procedure is pressed."""
    return reverse(f"worklist:{verb}", args=[procedure_pk])
