"""What is asked of series and instances, by name; and who sees which study."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q, Sum, Window
from django.db.models.functions import RowNumber, TruncWeek

if TYPE_CHECKING:
    from staff.models import User
    from studies.models.study import Instance, Series


NO_PICTURES = ("PR", "KO", "SR", "DOC")  # made at a device, and yet no exposures


@dataclass(frozen=True, slots=True)
class Made:
    """Images of one week, device and performer: how many were made, how many are rejected."""

    week: dt.date
    device: str
    modality: str
    performer: str
    made: int
    rejected: int


class ModalityList(Func):
    """A column that joins codes by backslashes, as an array: what its index is made of."""

    function = "string_to_array"
    template = r"%(function)s(%(expressions)s, '\')"
    output_field = ArrayField(models.TextField())


class HasAny(Func):
    """Two arrays have a member in common."""

    template = "%(expressions)s"
    arg_joiner = " && "
    output_field = models.BooleanField()


class HasAll(HasAny):
    """The first array has every member of the second."""

    arg_joiner = " @> "


def seen_by(user: "User", path: str = "") -> Q:
    """Which studies this person may see, as a condition on the rows that `path` leads to."""
    if user.has_perm("studies.view_study"):
        return Q()
    if user.has_perm("studies.view_own_study"):
        return Q(**{f"{path}order__ordered_by": user})
    return Q(pk__in=[])


class SeriesQuerySet(models.QuerySet["Series"]):
    def visible_to(self, user: "User") -> Self:
        """The series of studies this person may see."""
        return self.filter(seen_by(user, "study__"))

    def of_study(self, study_uid: str) -> Self:
        return self.filter(study__study_instance_uid=study_uid)

    def clinical(self) -> Self:
        """Those of which something is left for readers."""
        return self.filter(Q(rejected_count=0) | Q(clinical_count__gt=0))

    def made_and_rejected_since(self, moment: dt.datetime) -> list[Made]:
        """How many images our examinations since then made, and how many are rejected now."""
        rows = self.filter(procedure__scheduled_start__gte=moment)
        rows = rows.exclude(modality__in=NO_PICTURES)
        first, last = (f"procedure__performed_by__{name}_name" for name in ("first", "last"))
        grouped = rows.order_by().values_list(
            TruncWeek("procedure__scheduled_start", output_field=models.DateField()),
            "procedure__device__name",
            "modality",
            first,
            last,
        )
        counted = grouped.annotate(made=Sum("instance_count"), rejected=Sum("rejected_count"))
        return [
            Made(week, device, modality, " ".join(filter(None, (given, family))), made, rejected)
            for week, device, modality, given, family, made, rejected in counted
        ]

    def made_for(self, procedure_pk: int) -> Self:
        return self.filter(procedure=procedure_pk).select_related("study")

    def by_uid(self, uids: Iterable[str]) -> dict[str, "Series"]:
        """Those of these series that are here, with study and patient."""
        rows = self.filter(series_instance_uid__in=set(uids)).select_related("study__patient")
        return {series.series_instance_uid: series for series in rows}


class InstanceQuerySet(models.QuerySet["Instance"]):
    def visible_to(self, user: "User") -> Self:
        """The instances of studies this person may see."""
        return self.filter(seen_by(user, "series__study__"))

    def of_study(self, study_uid: str) -> Self:
        return self.filter(series__study__study_instance_uid=study_uid)

    def of_series(self, study_uid: str, series_uid: str) -> Self:
        """A series is only found inside its own study."""
        return self.of_study(study_uid).filter(series__series_instance_uid=series_uid)

    def with_uid(self, sop_uid: str) -> Self:
        """The one instance of this identifier, or nothing."""
        return self.filter(sop_instance_uid=sop_uid)

    def in_order(self) -> Self:
        """As a person pages through them."""
        return self.order_by("series__number", "series_id", "number", "pk")

    def with_pictures(self) -> Self:
        return self.select_related("thumbnail")

    def first_of_each_series(self, study_pk: int, number: int) -> Self:
        """The first few of every series of a study that readers see, with their pictures."""
        place = Window(RowNumber(), partition_by="series_id", order_by=[F("number"), F("pk")])
        rows = self.filter(series__study=study_pk).clinical().annotate(place=place)
        told = rows.filter(place__lte=number).with_review_details()
        return told.order_by("series_id", "place")

    def shown_to(self, user: "User") -> Self:
        """What this person may fetch by its own address: rejected ones only who reviews images."""
        visible = self.visible_to(user)
        return visible if user.has_perm("studies.review_image") else visible.clinical()

    def of_many_series(self, series_pks: Iterable[int]) -> Self:
        """Every object of these series, in order, with picture and key mark."""
        rows = self.filter(series__in=list(series_pks)).with_review_details()
        return rows.order_by("series_id", "number", "pk")

    def telling_of(self, series_pks: Iterable[int]) -> Self:
        """Of each of these series the first, the middle and the last that readers see."""
        place = Window(RowNumber(), partition_by="series_id", order_by=[F("number"), F("pk")])
        rows = self.filter(series__in=list(series_pks)).clinical().annotate(place=place)
        last = F("series__clinical_count")
        told = rows.filter(Q(place=1) | Q(place=last / 2 + 1) | Q(place=last))
        return told.with_review_details().order_by("series_id", "place")

    def first_rejected_of(self, series_pks: Iterable[int]) -> Self:
        """One rejected image of each of these series, to stand for all of them."""
        rows = self.filter(series__in=list(series_pks)).rejected().with_review_details()
        return rows.order_by("series_id", "number", "pk").distinct("series_id")

    def with_review_details(self) -> Self:
        return self.select_related("thumbnail", "key_mark")

    def clinical(self) -> Self:
        """Those that readers see: nobody rejected them."""
        return self.filter(is_rejected=False)

    def rejected(self) -> Self:
        return self.filter(is_rejected=True)

    def with_pixels(self) -> Self:
        """Those that have something to look at."""
        return self.filter(has_pixels=True)

    def by_uid(self, uids: Iterable[str]) -> dict[str, "Instance"]:
        """Those of these objects that are here, with all that is above them.

        A light question goes first: most that arrive are new.
        """
        here = self.filter(sop_instance_uid__in=set(uids)).order_by()
        keys = list(here.values_list("pk", flat=True))
        if not keys:
            return {}
        rows = self.filter(pk__in=keys).select_related(
            "series__study__patient", "series__procedure"
        )
        return {instance.sop_instance_uid: instance for instance in rows}

    def at_paths(self, paths: Iterable[str]) -> Iterable[str]:
        """Those of these places at which bytes of an instance lie."""
        return self.filter(path__in=paths).values_list("path", flat=True)

    def first_of(self, study_pk: int) -> "Instance | None":
        """The object of a study that was filed first, with its header."""
        rows = self.filter(series__study=study_pk).select_related("header")
        return rows.order_by("pk").first()

    def made_for_many(self, procedure_pks: Iterable[int]) -> Self:
        """Every object of these procedures, with its series, in order."""
        rows = self.filter(series__procedure__in=procedure_pks).select_related("series")
        return rows.order_by("series_id", "number", "pk")

    def acquired_for(self, procedure_pk: int) -> Self:
        """What the device made for a procedure and nobody rejected: no reports, marks or
        selections of images."""
        return (
            self.clinical()
            .filter(series__procedure=procedure_pk)
            .exclude(kind__in=self.model.NOT_ACQUIRED)
        )
