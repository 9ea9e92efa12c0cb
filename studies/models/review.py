"""The technician's eye on each image: kept, or rejected with a reason; and the key images."""

import datetime as dt
from typing import TYPE_CHECKING, Any, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from studies.models.queries import seen_by
from studies.models.study import Instance
from studies.reject_reasons import word_of

if TYPE_CHECKING:
    from staff.models import User


DEVICE_AND_KIND = ("device__name", "procedure_type__code")


class ImageReviewQuerySet(models.QuerySet["ImageReview"]):
    def visible_to(self, user: "User") -> Self:
        """Decisions about images of studies this person may see."""
        return self.filter(seen_by(user, "instance__series__study__"))

    def latest_of_each(self) -> Self:
        return self.order_by("instance_id", "-pk").distinct("instance_id")

    def rejections(self) -> Self:
        return self.filter(decision=ImageReview.Decision.REJECTED)

    def since(self, moment: dt.datetime) -> Self:
        return self.filter(at__gte=moment)

    def standing(self) -> Self:
        """Rejections that hold: the image is rejected, and this decision is the last about it."""
        later = ImageReview.objects.filter(instance=models.OuterRef("instance"))
        later = later.filter(pk__gt=models.OuterRef("pk"))
        held = self.rejections().filter(instance__is_rejected=True)
        return held.filter(~models.Exists(later))

    def of_study(self, study_pk: int) -> Self:
        return self.filter(instance__series__study=study_pk)

    def newest_first(self) -> Self:
        return self.order_by("-pk")

    def with_page_details(self) -> Self:
        """All that a line about a rejected image says."""
        return self.select_related(
            "by",
            "instance__thumbnail",
            "instance__series__study__patient",
            "instance__series__procedure__procedure_type",
            "instance__series__procedure__device",
        )

    def as_facts(self) -> models.QuerySet["ImageReview", tuple[Any, ...]]:
        """What a retake analysis asks of each; it names no patient."""
        return self.newest_first().values_list(
            *("at", "reason_scheme", "reason_code", "comment"),
            *(f"instance__series__procedure__{name}" for name in DEVICE_AND_KIND),
            *("instance__series__modality", "instance__view_position", "instance__laterality"),
            *("by__username", "instance__series__procedure__performed_by__username"),
        )

    def most_used_reasons(self, since: dt.datetime) -> list[str]:
        """Codes of reasons, the one given most often first."""
        rows = self.rejections().since(since).values_list("reason_code")
        return [code for code, _n in rows.annotate(n=models.Count("pk")).order_by("-n")]


class ImageReview(models.Model):
    """One decision about one image. The last one counts; none is ever changed or deleted."""

    class Decision(models.TextChoices):
        KEPT = "KEPT", _("kept")
        REJECTED = "REJECTED", _("rejected")
        RESTORED = "RESTORED", _("restored")

    instance = models.ForeignKey(  # "review_latest" begins with it and serves for both
        Instance, on_delete=models.PROTECT, related_name="reviews", db_index=False
    )
    decision = models.CharField(max_length=8, choices=Decision)
    reason_code = models.CharField(
        max_length=16, blank=True, default="", help_text=_("From CID 7011 (PS3.16), or local.")
    )
    reason_scheme = models.CharField(max_length=16, blank=True, default="")
    comment = models.CharField(max_length=200, blank=True, default="")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = ImageReviewQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["instance", "-id"], name="review_latest"),
            models.Index(fields=["at"], name="review_rejections", condition=Q(decision="REJECTED")),
        ]
        constraints = [
            models.CheckConstraint(
                name="rejected_image_has_a_reason",
                condition=~Q(decision="REJECTED") | ~Q(reason_code=""),
                violation_error_message=_("Say why the image is rejected."),
            )
        ]
        triggers = [
            pgtrigger.Protect(
                name="review_is_never_changed", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return str(self.get_decision_display())

    @property
    def reason(self) -> str:
        """Why, in our words; empty for what needs no reason."""
        return word_of(self.reason_code)


class KeyImage(models.Model):
    """An image that somebody points at: look here first."""

    instance = models.OneToOneField(Instance, on_delete=models.PROTECT, related_name="key_mark")
    comment = models.CharField(max_length=200, blank=True, default="")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.instance)
