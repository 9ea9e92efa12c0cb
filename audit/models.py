"""The trail."""

import datetime as dt
from typing import TYPE_CHECKING, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from staff.models import User


class EntryQuerySet(models.QuerySet["Entry"]):
    def visible_to(self, user: "User") -> Self:
        return self if user.has_perm("audit.view_entry") else self.none()

    def on(self, day: dt.date) -> Self:
        """Written on `day`, in the department's time zone."""
        zone = timezone.get_default_timezone()
        start = dt.datetime.combine(day, dt.time(), zone)
        end = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), zone)
        return self.filter(at__gte=start, at__lt=end)

    def by(self, user_pk: int) -> Self:
        return self.filter(actor=user_pk)

    def of_verb(self, verb: str) -> Self:
        return self.filter(verb=verb)

    def before(self, pk: int) -> Self:
        """Older ones: a page begins where the last one ended."""
        return self.filter(pk__lt=pk)

    def about(self, subject: models.Model) -> Self:
        """Everything done to one record."""
        return self.filter(subject_type=subject._meta.label_lower, subject_id=str(subject.pk))

    def with_verb(self, verb: str) -> Self:
        return self.filter(verb=verb)

    def about_patient(self, patient_pk: int) -> Self:
        return self.filter(patient_id=patient_pk)

    def newest_first(self) -> Self:
        return self.select_related("actor").order_by("-pk")


class Entry(models.Model):
    """One thing that somebody did. Written once, never changed: the database refuses too."""

    at = models.DateTimeField(auto_now_add=True)
    verb = models.CharField(max_length=64)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="audit_entries",
    )
    actor_label = models.CharField(
        max_length=80, blank=True, default="", help_text=_("The machine, when nobody signed in.")
    )
    subject_type = models.CharField(max_length=80, blank=True, default="")
    subject_id = models.CharField(max_length=80, blank=True, default="")
    patient_id = models.BigIntegerField(null=True, blank=True)
    details = models.JSONField(default=dict)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "entries"
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "-id"], name="entry_of_subject"),
            models.Index(fields=["patient_id", "-id"], name="entry_of_patient"),
            models.Index(fields=["actor", "-id"], name="entry_of_actor"),
            models.Index(fields=["verb", "-id"], name="entry_of_verb"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="entry_is_never_changed", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_type} {self.subject_id}"

    @property
    def who(self) -> str:
        """The person, or the machine, or nobody in particular."""
        return str(self.actor) if self.actor else self.actor_label or str(_("the system"))
