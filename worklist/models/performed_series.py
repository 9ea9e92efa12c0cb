"""What a modality says it has made: series and the objects in them (PS3.4 table F.7.2-1)."""

from typing import Self

from django.db import models

from worklist.models.performed import PerformedProcedure


class PerformedSeriesQuerySet(models.QuerySet["PerformedSeries"]):
    def with_counts(self) -> Self:
        """`object_count`: how many objects each lists."""
        return self.annotate(object_count=models.Count("listed"))

    def lacking(self, objects: "PerformedObjectQuerySet") -> Self:
        """Those that list some of `objects`: `lacking_count` of `image_count`."""
        rows = self.filter(listed__in=objects).annotate(
            lacking_count=models.Count("listed", distinct=True)
        )
        every = PerformedObject.objects.filter(series=models.OuterRef("pk"), is_image=True)
        counted = every.order_by().values("series").annotate(n=models.Count("pk")).values("n")
        return rows.annotate(image_count=models.Subquery(counted)).order_by("pk")


class PerformedSeries(models.Model):
    """One series of a performed step, as the modality's last report lists it."""

    performed = models.ForeignKey(
        PerformedProcedure, on_delete=models.CASCADE, related_name="series"
    )
    uid = models.CharField(max_length=64)
    description = models.CharField(max_length=64, blank=True, default="")
    protocol = models.CharField(max_length=64, blank=True, default="")
    operators = models.CharField(max_length=324, blank=True, default="")
    modality = models.CharField(max_length=16, blank=True, default="")

    objects = PerformedSeriesQuerySet.as_manager()
    image_count: int  # of `lacking`
    lacking_count: int

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "performed series"
        constraints = [
            models.UniqueConstraint(
                name="one_series_once_in_a_performed_step", fields=["performed", "uid"]
            )
        ]

    def __str__(self) -> str:
        return self.description or self.protocol

    @property
    def counted(self) -> tuple[int, int]:
        """How many images it lists, and how many of these are not here (`lacking`)."""
        return self.image_count, self.lacking_count


class PerformedObjectQuerySet(models.QuerySet["PerformedObject"]):
    def of_procedure(self, procedure_pk: int) -> Self:
        """What the modality lists for a procedure, in the steps that it did not give up."""
        steps = PerformedProcedure.objects.not_discontinued().of_procedure(procedure_pk)
        return self.filter(series__performed__in=steps)

    def images(self) -> Self:
        return self.filter(is_image=True)


class PerformedObject(models.Model):
    """One object that the modality says it has made, here or not."""

    series = models.ForeignKey(PerformedSeries, on_delete=models.CASCADE, related_name="listed")
    sop_class_uid = models.CharField(max_length=64)
    sop_instance_uid = models.CharField(max_length=64)
    is_image = models.BooleanField(default=True)

    objects = PerformedObjectQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_object_once_in_a_performed_series",
                fields=["series", "sop_instance_uid"],
            )
        ]
        indexes = [models.Index(fields=["sop_instance_uid"], name="performed_object_by_uid")]

    def __str__(self) -> str:
        return self.sop_instance_uid
