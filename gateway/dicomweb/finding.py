"""From the identifiers of an address to what is stored, asked in the person's name."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Max
from django.utils.translation import gettext as _

from common.files import absolute
from common.questions import asked_again
from gateway.dicomweb.doors import NotHere
from gateway.dicomweb.neighbours import MOST_ROWS, neighbours
from gateway.dicomweb.trail import note
from staff.access import StaffRequest, sight_of
from studies.models import Instance

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from staff.models import User
    from studies.models.queries import InstanceQuerySet

ROWS_AT_ONCE = 500

COLUMNS = (
    "pk",
    "sop_instance_uid",
    "series__series_instance_uid",
    "series__study__study_instance_uid",
    "series__study_id",
    "series__study__patient_id",
    "path",
    "size",
    "sha256",
    "transfer_syntax",
    "kind",
    "has_pixels",
    "frames",
    "rows",
    "columns",
    "bits_allocated",
    "is_rejected",
    "sop_class_uid",
)


@dataclass(frozen=True, slots=True)
class Stored:
    """One instance as retrieval needs it; the fields stand in the order of `COLUMNS`."""

    pk: int
    sop_uid: str
    series_uid: str
    study_uid: str
    study_pk: int
    patient_pk: int
    path: str
    size: int
    sha256: str
    transfer_syntax: str
    kind: str
    has_pixels: bool
    frames: int
    rows: int
    columns: int
    bits_allocated: int
    is_rejected: bool
    sop_class_uid: str
    layout: dict[str, Any] | None = None

    @property
    def place(self) -> Path:
        return absolute(self.path)

    @property
    def address(self) -> str:
        """Where the instance answers, below the service's root."""
        return f"/studies/{self.study_uid}/series/{self.series_uid}/instances/{self.sop_uid}"


@dataclass(frozen=True, slots=True)
class Extent:
    """How much an address names, and what changes when it grows."""

    study_pk: int
    patient_pk: int
    count: int
    newest: int
    version: int


def scope(user: "User", study: str, series: str = "", instance: str = "") -> "InstanceQuerySet":
    """The instances that an address names, of those this person may see. What was rejected is
    found by its own address only, and only by those who review images."""
    if instance:
        return Instance.objects.shown_to(user).of_series(study, series).with_uid(instance)
    visible = Instance.objects.visible_to(user).clinical()
    return visible.of_series(study, series) if series else visible.of_study(study)


def extent(instances: "InstanceQuerySet") -> Extent:
    """How many there are. Raises NotHere when there is none."""
    found = instances.aggregate(
        study_pk=Max("series__study_id"),
        patient_pk=Max("series__study__patient_id"),
        count=Count("pk"),
        newest=Max("pk"),
        version=Max("series__study__clinical_version"),
    )
    if not found["count"]:
        raise NotHere(_("There is no such object here."))
    return Extent(**found)


def one(request: StaffRequest, where: dict[str, str], *, with_layout: bool = False) -> Stored:
    """The instance that an address names. Raises NotHere."""
    row = neighbour(request, where) if hasattr(request, "came_quickly") else None
    if row is None:
        row = row_of(request.user, where["instance"], with_layout=with_layout)
    if row is None:
        raise NotHere(_("There is no such object here."))
    stored = Stored(*row)
    is_elsewhere = (stored.study_uid, stored.series_uid) != (where["study"], where["series"])
    if is_elsewhere or not may_have(request.user, stored):
        raise NotHere(_("There is no such object here."))
    return stored


def neighbour(request: StaffRequest, where: dict[str, str]) -> tuple[Any, ...] | None:
    """The same for a viewer that has just asked for another image of the series."""
    user, series = request.user, where["series"]

    def rows() -> dict[str, tuple[Any, ...]]:
        found = Instance.objects.visible_to(user).of_series(where["study"], series)
        some = list(found.values_list(*COLUMNS, "pixel_layout")[: MOST_ROWS + 1])
        return {} if len(some) > MOST_ROWS else {row[1]: row for row in some}

    return neighbours.find((user.pk, sight_of(user), series), where["instance"], rows)


def row_of(user: "User", sop_uid: str, *, with_layout: bool) -> tuple[Any, ...] | None:
    """The columns of the instance of this identifier, if this person may see it.

    Looked up by the one identifier that is unique; study and series are compared afterwards, which
    spares the database two conditions on every frame.
    """
    columns = (*COLUMNS, "pixel_layout") if with_layout else COLUMNS

    def rows(uid: str) -> "QuerySet[Instance, Any]":
        return Instance.objects.visible_to(user).with_uid(uid).values_list(*columns)

    # All that decides what somebody sees: who they are, and which permissions they hold.
    row = asked_again(("instance", user.pk, sight_of(user), with_layout), rows, sop_uid)
    if row is None or not with_layout or row[-1] is None:
        return row
    return (*row[:-1], json.loads(row[-1]))


def may_have(user: "User", stored: Stored) -> bool:
    """A rejected image is only for those who may restore it."""
    return not stored.is_rejected or user.has_perm("studies.review_image")


def each(instances: "InstanceQuerySet") -> Iterator[Stored]:
    """One after the other, in the order of a person who pages, however many there are."""
    rows = instances.in_order().values_list(*COLUMNS).iterator(chunk_size=ROWS_AT_ONCE)
    return (Stored(*row) for row in rows)


def telling(request: StaffRequest, where: dict[str, str]) -> Stored:
    """The instance that stands for a study or series: from the middle, if anything has pixels."""
    instances = scope(request.user, **where)
    pictures = instances.with_pixels()
    middle = pictures.count() // 2
    row = pictures.in_order().values_list(*COLUMNS)[middle : middle + 1].first()
    row = row or instances.in_order().values_list(*COLUMNS).first()
    if row is None:
        raise NotHere(_("There is no such object here."))
    return Stored(*row)


def viewed(request: StaffRequest, found: Stored | Extent) -> None:
    """Somebody looks at the images of a study."""
    note("study.viewed", found.study_pk, found.patient_pk, request.user)


def retrieved(request: StaffRequest, found: Stored | Extent) -> None:
    """Somebody takes whole objects away."""
    note("study.retrieved", found.study_pk, found.patient_pk, request.user)
