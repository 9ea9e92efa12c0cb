"""What the verbs of the trail mean, for people."""

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from audit.models import Entry

register = template.Library()

WORDS: dict[str, str | Promise] = {
    "alert.noted": _("Alert noted"),
    "device.status_changed": _("Device status changed"),
    "order.fulfilled": _("Order fulfilled"),
    "order.placed": _("Order placed"),
    "patient.corrected": _("Identity corrected"),
    "patient.made_from_images": _("Made from images"),
    "patient.registered": _("Registered"),
    "patient.viewed": _("Patient opened"),
    "procedure.arrived": _("Arrival registered"),
    "procedure.cancelled": _("Procedure cancelled"),
    "procedure.completed": _("Procedure completed"),
    "procedure.discontinued": _("Procedure discontinued"),
    "procedure.held": _("Procedure put on hold"),
    "procedure.not_attended": _("Noted as no-show"),
    "procedure.ready": _("Patient ready"),
    "procedure.resumed": _("Procedure resumed"),
    "procedure.scheduled": _("Procedure scheduled"),
    "procedure.started": _("Procedure started"),
    "procedure.viewed": _("Procedure opened"),
    "study.viewed": _("Study opened"),
    "study.matched": _("Study matched"),
}


def words_of(verb: str) -> str:
    """The words for a verb; one that nobody has translated says itself."""
    return str(WORDS.get(verb) or verb.replace(".", " ").replace("_", " ").capitalize())


@register.filter
def what_happened(entry: Entry) -> str:
    return words_of(entry.verb)
