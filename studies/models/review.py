"""The technician's eye on each image: kept, or rejected with a reason; and the key images."""

from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from studies.models.study import Instance


class ImageReviewQuerySet(models.QuerySet["ImageReview"]):
    def latest_of_each(self) -> Self:
        return self.order_by("instance_id", "-pk").distinct("instance_id")

    def rejections(self) -> Self:
        return self.filter(decision=ImageReview.Decision.REJECTED)


class ImageReview(models.Model):
    """One decision about one image. The last one counts; none is ever changed or deleted."""

    class Decision(models.TextChoices):
        KEPT = "KEPT", _("kept")
        REJECTED = "REJECTED", _("rejected")
        RESTORED = "RESTORED", _("restored")

    instance = models.ForeignKey(Instance, on_delete=models.PROTECT, related_name="reviews")
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
        indexes = [models.Index(fields=["instance", "-id"], name="review_latest")]
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
