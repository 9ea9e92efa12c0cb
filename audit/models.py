"""The trail."""

import datetime as dt
from typing import TYPE_CHECKING, Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.verbs import NAMED, Group, group_of

if TYPE_CHECKING:
    from staff.models import User


def first_moment(day: dt.date) -> dt.datetime:
    """When `day` begins in the department."""
    return dt.datetime.combine(day, dt.time(), timezone.get_default_timezone())


class EntryQuerySet(models.QuerySet["Entry"]):
    def visible_to(self, user: "User") -> Self:
        """The whole trail, for those who answer for it."""
        return self if user.has_perm("audit.view_entry") else self.none()

    def own_of(self, user: "User") -> Self:
        """What this person did themselves: everybody may look at that."""
        return self.filter(actor=user) if user.has_perm("audit.view_own_entry") else self.none()

    def on(self, day: dt.date) -> Self:
        """Written on `day`, in the department's time zone."""
        return self.since(day).until(day)

    def since(self, day: dt.date) -> Self:
        return self.filter(at__gte=first_moment(day))

    def until(self, day: dt.date) -> Self:
        """Not later than `day`, which counts."""
        return self.filter(at__lt=first_moment(day + dt.timedelta(days=1)))

    def by(self, user_pk: int) -> Self:
        return self.filter(actor=user_pk)

    def in_role(self, role: str) -> Self:
        """By somebody who held `role` at the time."""
        return self.filter(roles__contains=[role])

    def of_verb(self, verb: str) -> Self:
        return self.filter(verb=verb)

    def of_group(self, group: str) -> Self:
        """The named groups hold their verbs by whomever; the rest is parted by who did it."""
        if group in NAMED:
            return self.filter(verb__in=NAMED[Group(group)])
        rest = self.exclude(verb__in=sum(NAMED.values(), ()))
        return rest.filter(actor__isnull=group == Group.MACHINES)

    def about(self, subject: models.Model) -> Self:
        """Everything done to one record."""
        return self.about_record(subject._meta.label_lower, str(subject.pk))

    def about_record(self, kind: str, key: str) -> Self:
        return self.filter(subject_type=kind, subject_id=key)

    def turned_away(self) -> Self:
        """Machines refused at the door: of no patient, so whoever cares for machines may look."""
        return self.filter(verb="association.refused")

    def services_refused(self) -> Self:
        """What machines that we know proposed and were not given; of no patient either."""
        return self.filter(verb="service.refused")

    def with_verb(self, verb: str) -> Self:
        return self.filter(verb=verb)

    def about_patient(self, patient_pk: int) -> Self:
        return self.filter(patient_id=patient_pk)

    def older_than(self, entry: "Entry") -> Self:
        """A page begins where the last one ended; the key decides within one moment."""
        return self.filter(Q(at__lt=entry.at) | Q(pk__lt=entry.pk), at__lte=entry.at)

    def newer_than(self, entry: "Entry") -> Self:
        return self.filter(Q(at__gt=entry.at) | Q(pk__gt=entry.pk), at__gte=entry.at)

    def in_time_order(self) -> Self:
        return self.select_related("actor").order_by("at", "pk")

    def newest_first(self) -> Self:
        return self.select_related("actor").order_by("-at", "-pk")


class Entry(models.Model):
    """One thing that somebody did. Written once, never changed: the database refuses too."""

    at = models.DateTimeField(auto_now_add=True)
    verb = models.CharField(max_length=64)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="audit_entries",
    )
    actor_label = models.CharField(
        max_length=80, blank=True, default="", help_text=_("The machine, when nobody signed in.")
    )
    roles = ArrayField(
        models.CharField(max_length=80),
        default=list,
        blank=True,
        help_text=_("The roles this person held at that moment."),
    )
    origin = models.CharField(
        max_length=45, blank=True, default="", help_text=_("The address of the computer.")
    )
    subject_type = models.CharField(max_length=80, blank=True, default="")
    subject_id = models.CharField(max_length=80, blank=True, default="")
    patient_id = models.BigIntegerField(null=True, blank=True)
    details = models.JSONField(default=dict)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "entries"
        permissions = [
            ("view_own_entry", "Can see what they did themselves"),
            ("export_entry", "Can take the trail away as a file"),
        ]
        # Each question of the trail is a walk along one of these, newest first.
        indexes = [
            models.Index(fields=["-at", "-id"], name="entry_in_time"),
            models.Index(
                fields=["subject_type", "subject_id", "-at", "-id"], name="entry_of_subject"
            ),
            models.Index(fields=["patient_id", "-at", "-id"], name="entry_of_patient"),
            models.Index(fields=["actor", "-at", "-id"], name="entry_of_actor"),
            models.Index(fields=["verb", "-at", "-id"], name="entry_of_verb"),
            GinIndex(fields=["roles"], name="entry_in_role"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="entry_is_never_changed", operation=pgtrigger.Update | pgtrigger.Delete
            ),
            pgtrigger.Trigger(
                name="entries_are_never_emptied",
                level=pgtrigger.Statement,
                when=pgtrigger.Before,
                operation=pgtrigger.Truncate,
                func="RAISE EXCEPTION 'The trail is never emptied: %', TG_TABLE_NAME;",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_type} {self.subject_id}"

    @property
    def who(self) -> str:
        """The person, or the machine, or nobody in particular."""
        return str(self.actor) if self.actor else self.actor_label or str(_("the system"))

    @property
    def group(self) -> Group:
        """The group it is shown in."""
        return group_of(self.verb, is_machine=self.actor_id is None)
