"""What did not go by the book: for people to look at, and proposals for steps left open."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from worklist.models.procedure import ScheduledProcedure


class DiscrepancyQuerySet(models.QuerySet["Discrepancy"]):
    def unsettled(self) -> Self:
        return self.filter(settled_at__isnull=True)

    def with_details(self) -> Self:
        return self.select_related(
            "procedure__order__patient", "procedure__device__room", "procedure__procedure_type"
        )


class Discrepancy(models.Model):
    """Something about a procedure that a person should look at: final states never reopen, so what
    comes later is noted here (field 5.1 (a), (b), (e))."""

    class Kind(models.TextChoices):
        NOT_ARRIVED = "NOT_ARRIVED", _("started without an arrival")
        NOT_SCREENED = "NOT_SCREENED", _("started before screening was clear")
        NOT_IDENTIFIED = "NOT_IDENTIFIED", _("started before the identity was checked")
        SIDE_NOT_CHECKED = "SIDE_NOT_CHECKED", _("started before the side was confirmed")
        LATE_IMAGES = "LATE_IMAGES", _("images came after the end")
        LATE_REPORT = "LATE_REPORT", _("the modality reported after the end")
        WRONG_ENTRY = "WRONG_ENTRY", _("the wrong worklist entry was chosen")
        WRONG_SIDE = "WRONG_SIDE", _("images say another side")
        OTHER_DEVICE = "OTHER_DEVICE", _("another device reported it")
        NO_REASON = "NO_REASON", _("discontinued without a reason")

    procedure = models.ForeignKey(
        ScheduledProcedure, on_delete=models.PROTECT, related_name="discrepancies"
    )
    kind = models.CharField(max_length=16, choices=Kind)
    sentence = models.CharField(max_length=300, blank=True, default="")
    noted_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    settled_how = models.CharField(max_length=200, blank=True, default="")

    objects = DiscrepancyQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name_plural = "discrepancies"
        constraints = [
            models.UniqueConstraint(
                name="one_unsettled_discrepancy_of_a_kind",
                fields=["procedure", "kind"],
                condition=Q(settled_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())


LONGEST_KEY = 18
"""Digits of a key that the database can hold."""


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def undecided(self) -> Self:
        return self.filter(decided_at__isnull=True)

    def of_procedure(self, procedure_pk: int) -> Self:
        return self.filter(procedure=procedure_pk)

    def keyed(self, keys: list[str]) -> Self:
        """Those with one of these keys, as a form sends them; what is no key is left out."""
        return self.filter(
            pk__in=[key for key in keys if key.isdecimal() and len(key) <= LONGEST_KEY]
        )

    def in_time_order(self) -> Self:
        return self.order_by("procedure__scheduled_start", "pk")

    def declined_as(self, outcome: str) -> Self:
        return self.filter(decision=Proposal.Decision.DECLINED, outcome=outcome)

    def of_ended_procedures(self) -> Self:
        return self.filter(procedure__status__in=ScheduledProcedure.FINAL)

    def with_details(self) -> Self:
        return self.select_related(
            "procedure__order__patient", "procedure__device__room", "procedure__procedure_type"
        )


class Proposal(models.Model):
    """What the night proposes to do with a step that was left open. A person decides."""

    class Outcome(models.TextChoices):
        NO_SHOW = "NO_SHOW", _("nobody came")
        COMPLETE = "COMPLETE", _("complete it")
        CANCEL = "CANCEL", _("cancel it")
        DISCONTINUE = "DISCONTINUE", _("discontinue it")

    class Decision(models.TextChoices):
        ACCEPTED = "ACCEPTED", _("done so")
        DECLINED = "DECLINED", _("left as it is")
        OVERTAKEN = "OVERTAKEN", _("settled otherwise")

    procedure = models.ForeignKey(
        ScheduledProcedure, on_delete=models.PROTECT, related_name="proposals"
    )
    outcome = models.CharField(max_length=12, choices=Outcome)
    because = models.CharField(max_length=200)
    made_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decision = models.CharField(max_length=12, choices=Decision, blank=True, default="")

    objects = ProposalQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_undecided_proposal_per_procedure",
                fields=["procedure"],
                condition=Q(decided_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return str(self.get_outcome_display())
