"""Storage commitment (PS3.4 Annex J): who was promised what, and whether they have been told."""

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.db import models, transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.states import Stateful
from equipment.models import Device, Node, Peer
from studies.models.study import Instance

if TYPE_CHECKING:
    from staff.models import User

LEASE = dt.timedelta(seconds=90)  # longer than a report takes: a worker that died lets go


class CommitmentQuerySet(models.QuerySet["Commitment"]):
    def visible_to(self, user: "User") -> Self:
        """Rows this person may see. Every page and endpoint starts here."""
        if user.has_perm("studies.view_incomingfile"):
            return self
        return self.filter(asker=user.username, source=Commitment.Source.WEB)

    def asked_by(self, asker: str, transaction_uid: str) -> "Commitment | None":
        """What this asker has asked under this name before, to be changed."""
        rows = self.select_for_update(of=("self",)).filter(is_duplicate=False)
        return rows.filter(asker=asker, transaction_uid=transaction_uid).first()

    def of_name(self, asker: str, transaction_uid: str) -> "Commitment | None":
        """The same, to be looked at."""
        rows = self.filter(asker=asker, transaction_uid=transaction_uid, is_duplicate=False)
        return rows.first()

    def undecided(self) -> Self:
        return self.filter(status=Commitment.Status.WAITING)

    def decided(self) -> Self:
        """Of machines that are to be told; a program on the web comes and asks."""
        return self.filter(status=Commitment.Status.DECIDED, source=Commitment.Source.DIMSE)

    def undelivered(self) -> Self:
        return self.filter(status=Commitment.Status.UNDELIVERED)

    def due(self, now: dt.datetime) -> Self:
        """Undecided or untold, and not put off; oldest first."""
        open_states = [Commitment.Status.WAITING, Commitment.Status.DECIDED]
        rows = self.filter(status__in=open_states, next_attempt_at__lte=now)
        return rows.order_by("next_attempt_at", "pk")

    def claim(self) -> "Commitment | None":
        """Take the one that is most due. It comes due again by itself if we die."""
        with transaction.atomic():
            now = timezone.now()
            free = self.due(now).select_for_update(skip_locked=True, of=("self",))
            found = free.select_related("device", "node").first()
            if found is not None:
                found.next_attempt_at = now + LEASE
                found.save(update_fields=["next_attempt_at"])
            return found

    def locked(self, pk: int) -> "Commitment":
        return self.select_for_update(of=("self",)).select_related("device", "node").get(pk=pk)

    def with_counts(self) -> Self:
        """`object_count`, `safe_count` and `failed_count` of each."""
        safe = Q(items__outcome=CommitmentItem.Outcome.SAFE)
        failed = Q(items__outcome=CommitmentItem.Outcome.FAILED)
        return self.select_related("device", "node").annotate(
            object_count=Count("items"),
            safe_count=Count("items", filter=safe),
            failed_count=Count("items", filter=failed),
        )

    def newest_first(self) -> Self:
        return self.order_by("-pk")

    def before(self, pk: int) -> Self:
        return self.filter(pk__lt=pk)


class Commitment(Stateful):
    """One request to say that objects are safe. The row is the promise's ledger."""

    class Status(models.TextChoices):
        WAITING = "WAITING", _("Being looked into")
        DECIDED = "DECIDED", _("To be told")
        REPORTED = "REPORTED", _("Told")
        UNDELIVERED = "UNDELIVERED", _("Could not be told")

    class Source(models.TextChoices):
        DIMSE = "DIMSE", _("DICOM network")
        WEB = "WEB", _("DICOMweb")

    MOVES = {
        Status.WAITING: frozenset({Status.DECIDED}),
        Status.DECIDED: frozenset({Status.REPORTED, Status.UNDELIVERED}),
        Status.REPORTED: frozenset({Status.DECIDED}),
        Status.UNDELIVERED: frozenset({Status.DECIDED}),
    }

    transaction_uid = models.CharField(max_length=64)
    asker = models.CharField(max_length=150, help_text=_("AE title or username."))
    source = models.CharField(max_length=8, choices=Source)
    device = models.ForeignKey(
        Device, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    node = models.ForeignKey(
        Node, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    is_duplicate = models.BooleanField(
        default=False, help_text=_("Its name was used before for other objects.")
    )
    status = models.CharField(max_length=12, choices=Status, default=Status.WAITING)
    asked_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True, blank=True)
    reported_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    trouble = models.CharField(
        max_length=300, blank=True, default="", help_text=_("Why the last try to tell it failed.")
    )

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_commitment_per_name",
                fields=["asker", "transaction_uid"],
                condition=Q(is_duplicate=False),
            )
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at", "id"],
                name="commitment_due",
                condition=Q(status__in=["WAITING", "DECIDED"]),
            ),
            models.Index(
                fields=["-id"], name="commitment_undelivered", condition=Q(status="UNDELIVERED")
            ),
        ]

    def __str__(self) -> str:
        return _("Commitment %(pk)s") % {"pk": self.pk}

    @property
    def peer(self) -> Peer | None:
        """The machine that asked, to be called back."""
        return self.device or self.node

    @property
    def may_retry(self) -> bool:
        return self.status == self.Status.UNDELIVERED


class CommitmentItemQuerySet(models.QuerySet["CommitmentItem"]):
    def open(self) -> Self:
        return self.filter(outcome=CommitmentItem.Outcome.WAITING)

    def worst_first(self) -> Self:
        """What is not safe, what is open, the rest; each with its study."""
        rows = self.select_related("instance__series__study")
        return rows.order_by("outcome", "pk")

    def safe(self) -> Self:
        return self.filter(outcome=CommitmentItem.Outcome.SAFE)

    def failed(self) -> Self:
        return self.filter(outcome=CommitmentItem.Outcome.FAILED)


class CommitmentItem(models.Model):
    """One object of a request, and whether it is safe here."""

    class Outcome(models.TextChoices):
        WAITING = "WAITING", _("being looked into")
        SAFE = "SAFE", _("safe")
        FAILED = "FAILED", _("not safe here")

    commitment = models.ForeignKey(Commitment, on_delete=models.CASCADE, related_name="items")
    sop_class_uid = models.CharField(max_length=64)
    sop_instance_uid = models.CharField(max_length=64)
    outcome = models.CharField(max_length=8, choices=Outcome, default=Outcome.WAITING)
    reason = models.PositiveIntegerField(
        null=True, blank=True, help_text=_("Failure Reason (0008,1197).")
    )
    instance = models.ForeignKey(
        Instance, null=True, blank=True, on_delete=models.PROTECT, related_name="commitments"
    )

    objects = CommitmentItemQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_object_once_in_a_commitment", fields=["commitment", "sop_instance_uid"]
            ),
            models.CheckConstraint(
                name="failed_commitment_has_a_reason",
                condition=~Q(outcome="FAILED") | Q(reason__isnull=False),
                violation_error_message=_("Say why it is not safe."),
            ),
        ]
        indexes = [models.Index(fields=["sop_instance_uid"], name="commitment_item_by_uid")]

    def __str__(self) -> str:
        return self.sop_instance_uid
