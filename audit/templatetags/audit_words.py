"""What the verbs of the trail mean, for people."""

from django import template
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from audit.models import Entry

register = template.Library()

WORDS: dict[str, str | Promise] = {
    "alert.noted": _("Alert noted"),
    "association.refused": _("Machine refused"),
    "demonstration.loaded": _("Demonstration loaded"),
    "device.status_changed": _("Device status changed"),
    "incoming.discarded": _("Received object discarded"),
    "incoming.passed_over": _("Received object passed over"),
    "incoming.refused": _("Received object refused"),
    "incoming.retried": _("Filing tried again"),
    "incoming.set_aside": _("Received object set aside"),
    "incoming.viewed": _("Received object opened"),
    "instance.mended": _("Image mended"),
    "order.cancelled": _("Order cancelled"),
    "order.fulfilled": _("Order fulfilled"),
    "order.placed": _("Order placed"),
    "patient.corrected": _("Identity corrected"),
    "patient.made_from_images": _("Patient made from images"),
    "patient.registered": _("Patient registered"),
    "patient.viewed": _("Patient opened"),
    "person.failed_to_sign_in": _("Sign-in failed"),
    "person.signed_in": _("Signed in"),
    "person.signed_out": _("Signed out"),
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
    "study.images_filed": _("Images filed"),
    "study.matched": _("Study matched"),
    "study.moved": _("Study moved"),
    "study.ready": _("Study ready to read"),
    "study.viewed": _("Study opened"),
    "upload.finished": _("Upload finished"),
    "upload.started": _("Upload started"),
}


RECORDS: dict[str, tuple[str | Promise, str]] = {
    "equipment.device": (_("Device"), "equipment:device"),
    "patients.alert": (_("Alert"), ""),
    "patients.patient": (_("Patient"), "patients:patient"),
    "staff.user": (_("Person"), ""),
    "studies.incomingfile": (_("Received object"), "studies:set_aside"),
    "studies.study": (_("Study"), ""),
    "studies.upload": (_("Upload"), ""),
    "worklist.order": (_("Order"), ""),
    "worklist.scheduledprocedure": (_("Procedure"), "worklist:procedure"),
}


@register.simple_tag
def record_link(entry: Entry) -> str:
    """The record an entry is about, in words, as a link where it has a page of its own."""
    if not entry.subject_type:
        return ""
    word, page = RECORDS.get(entry.subject_type, (entry.subject_type, ""))
    if not page:
        return format_html("{} {}", word, entry.subject_id)
    address = reverse(page, args=[entry.subject_id])
    return format_html('<a href="{}">{} {}</a>', address, word, entry.subject_id)


def words_of(verb: str) -> str:
    """The words for a verb; one that nobody has translated says itself."""
    return str(WORDS.get(verb) or verb.replace(".", " ").replace("_", " ").capitalize())


@register.filter
def what_happened(entry: Entry) -> str:
    return words_of(entry.verb)
