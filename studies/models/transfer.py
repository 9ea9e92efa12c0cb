"""Images on their way to another machine, or from one to us: the rows are the truth."""

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.states import Stateful
from equipment.models import Node
from patients.models import Patient
from studies.models.claims import ClaimableQuerySet
from studies.models.study import Instance, Series, Study

if TYPE_CHECKING:
    from staff.models import User

# Seconds until the next try after each that failed for a reason that may pass; then it has failed.
BACK_OFF = (10, 30, 120, 600, 1800)


class TransferQuerySet(ClaimableQuerySet["Transfer"]):
    def visible_to(self, user: "User") -> Self:
        return self if user.has_perm("studies.view_transfer") else self.none()

    def with_details(self) -> Self:
        return self.select_related("node", "study", "series", "patient", "asked_by")

    def newest_first(self) -> Self:
        return self.order_by("-pk")

    def unfinished(self) -> Self:
        """Those that a person may have to look at: under way, or failed."""
        return self.exclude(status__in=[Transfer.Status.DONE, Transfer.Status.CANCELLED])

    def under_way(self) -> Self:
        return self.filter(status=Transfer.Status.WAITING)

    def fetched(self) -> Self:
        """From other archives to us."""
        return self.filter(kind=Transfer.Kind.FETCH)

    def of_study(self, study_pk: int) -> Self:
        return self.filter(study=study_pk)

    def of_patient(self, patient_pk: int) -> Self:
        return self.filter(patient=patient_pk)


class Transfer(Stateful):
    """One study or series that is sent to a node, or one study that is fetched from it."""

    class Status(models.TextChoices):
        WAITING = "WAITING", _("Under way")
        DONE = "DONE", _("Done")
        FAILED = "FAILED", _("Failed")
        CANCELLED = "CANCELLED", _("Cancelled")

    class Kind(models.TextChoices):
        SEND = "SEND", _("sent")
        FETCH = "FETCH", _("fetched")

    MOVES = {
        Status.WAITING: frozenset({Status.DONE, Status.FAILED, Status.CANCELLED}),
        Status.FAILED: frozenset({Status.WAITING}),
        Status.CANCELLED: frozenset({Status.WAITING}),
        Status.DONE: frozenset[str](),
    }

    kind = models.CharField(max_length=8, choices=Kind)
    status = models.CharField(max_length=12, choices=Status, default=Status.WAITING)
    node = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="transfers")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="transfers")
    study = models.ForeignKey(
        Study, null=True, blank=True, on_delete=models.PROTECT, related_name="transfers"
    )
    series = models.ForeignKey(
        Series, null=True, blank=True, on_delete=models.PROTECT, related_name="transfers"
    )
    study_uid = models.CharField(max_length=64, help_text=_("Study Instance UID, here or there."))
    label = models.CharField(max_length=200, blank=True, default="")
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=300, blank=True, default="")
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(auto_now_add=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="transfers"
    )
    asked_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = TransferQuerySet.as_manager()

    class Meta:
        permissions = [
            ("send_study", "Can send images to other machines"),
            ("fetch_study", "Can fetch earlier examinations from other archives"),
        ]
        constraints = [
            models.CheckConstraint(
                name="transfer_sends_what_is_here",
                condition=Q(kind="FETCH") | Q(study__isnull=False),
            ),
            # Pressing twice is asking once.
            models.UniqueConstraint(
                name="one_transfer_of_a_study_under_way",
                fields=["kind", "node", "study_uid", "series"],
                nulls_distinct=False,
                condition=Q(status="WAITING"),
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"], name="transfer_due", condition=Q(status="WAITING")
            ),
        ]

    def __str__(self) -> str:
        return self.label or self.study_uid

    @property
    def is_sending(self) -> bool:
        return self.kind == self.Kind.SEND

    @property
    def may_be_cancelled(self) -> bool:
        return self.can_move_to(self.Status.CANCELLED)

    @property
    def may_be_retried(self) -> bool:
        return self.can_move_to(self.Status.WAITING)


class SentObject(models.Model):
    """One object of a transfer that has arrived, or that the other machine will not take."""

    transfer = models.ForeignKey(Transfer, on_delete=models.CASCADE, related_name="sent")
    instance = models.ForeignKey(Instance, on_delete=models.CASCADE, related_name="+")
    status = models.PositiveIntegerField(help_text=_("What the receiver answered (PS3.7 C)."))
    reason = models.CharField(max_length=300, blank=True, default="")
    is_taken = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="an_object_is_sent_once_a_transfer", fields=["transfer", "instance"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.instance_id} of {self.transfer_id}"
