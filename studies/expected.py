"""The images of a procedure beside what a complete examination has: slots, and what fills them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from django.utils import timezone

from studies.models import ImageReview, Instance, KeyImage, Series
from studies.services.reviewing import UNDO
from worklist.models import ExpectedView, ScheduledProcedure

if TYPE_CHECKING:
    from staff.models import User

SLICED = frozenset({"CT", "MR", "PT"})  # a series of these is one thing to look at
FEW = 6  # up to here even cuts are shown one by one: localizers
MOST_SINGLE = 48  # of other series; more than that is reviewed in the viewer
MOST_SERIES = 60

# Words that mean the same view. What is not here is compared as it is written.
LATERAL = frozenset({"LAT", "LATERAL", "LL", "RL", "LLAT", "RLAT"})
PICTURES = frozenset({Instance.Kind.IMAGE, Instance.Kind.VIDEO})


@dataclass
class Shot:
    """One image, or one series of cuts, as a technician judges it in one go."""

    series: Series
    pictures: list[Instance]
    is_series: bool = False
    review: ImageReview | None = None
    slot: "Slot | None" = None
    wrong_side: bool = False

    @property
    def first(self) -> Instance:
        return self.pictures[0]

    @property
    def count(self) -> int:
        """How many images of it readers see."""
        if self.is_series:
            return int(self.series.clinical_count)
        return 0 if self.first.is_rejected else 1

    @property
    def is_rejected(self) -> bool:
        return self.count == 0

    @property
    def is_kept(self) -> bool:
        return self.review is not None and self.review.decision == ImageReview.Decision.KEPT

    @property
    def may_undo(self) -> bool:
        """Rejected a moment ago: it comes back without a word."""
        return self.review is not None and timezone.now() - self.review.at <= UNDO

    @property
    def may_be_told(self) -> bool:
        """Something a camera made: no report, no selection of images."""
        return self.first.kind in PICTURES

    @property
    def view_position(self) -> str:
        return "" if self.is_series else self.first.view_position

    @property
    def side(self) -> str:
        return self.first.laterality

    @property
    def key_mark(self) -> KeyImage | None:
        return None if self.is_series else getattr(self.first, "key_mark", None)


@dataclass
class Slot:
    """One expected view and the images that fill it."""

    view: ExpectedView
    shots: list[Shot] = field(default_factory=list)

    @property
    def here(self) -> int:
        return sum(shot.count for shot in self.shots)

    @property
    def is_filled(self) -> bool:
        return self.here >= self.view.images

    def take(self, shot: Shot) -> None:
        self.shots.append(shot)
        shot.slot = self

    def fits(self, shot: Shot) -> bool:
        """The image says that it is this view."""
        view = self.view
        if view.laterality and shot.side != view.laterality:
            return False
        if view.view_position:
            return is_same_view(view.view_position, shot.view_position)
        return bool(view.laterality)

    def could_be(self, shot: Shot) -> bool:
        """The image does not say which view it is, and nothing speaks against this one."""
        view = self.view
        side_fits = not view.laterality or shot.side in {"", view.laterality}
        return side_fits and not (view.view_position and shot.view_position)


def is_same_view(expected: str, told: str) -> bool:
    expected, told = expected.strip().upper(), told.strip().upper()
    return expected == told or (expected in LATERAL and told in LATERAL and "LAT" in expected)


class ProcedureImages:
    """All that the strip of a procedure says."""

    def __init__(self, procedure: ScheduledProcedure, user: "User") -> None:
        self.procedure = procedure
        self.may_review = user.has_perm("studies.review_image")

    @cached_property
    def series(self) -> list[Series]:
        """In the order of the device. With more than anybody reviews here, the first ones."""
        made = Series.objects.made_for(self.procedure.pk)
        shown = made if self.may_review else made.clinical()
        return list(shown.order_by("number", "pk")[:MOST_SERIES])

    @cached_property
    def shots(self) -> list[Shot]:
        """Images one by one, and series of cuts as a whole; the rejected ones in their places."""
        whole = {series.pk for series in self.series if is_whole(series)}
        single = [series.pk for series in self.series if series.pk not in whole]
        pictures: dict[int, list[Instance]] = defaultdict(list)
        for instance in self._instances(single, whole):
            pictures[instance.series_id].append(instance)
        shots = []
        for series in self.series:
            found = pictures[series.pk]
            if series.pk in whole and found:
                shots.append(Shot(series, found, is_series=True))
            else:
                shots.extend(Shot(series, [instance]) for instance in found)
        return self._judged(shots)

    def _instances(self, single: list[int], whole: Iterable[int]) -> list[Instance]:
        every = Instance.objects.of_many_series(single)
        if not self.may_review:
            every = every.clinical()
        told = list(Instance.objects.telling_of(whole)) if whole else []
        gone = {series.pk for series in self.series if series.pk in set(whole)} - {
            instance.series_id for instance in told
        }
        rejected = Instance.objects.first_rejected_of(gone) if gone and self.may_review else []
        return [*every, *told, *rejected]

    def _judged(self, shots: list[Shot]) -> list[Shot]:
        """With the last decision about each, and whether it shows the wrong side."""
        keys = [shot.first.pk for shot in shots]
        latest = ImageReview.objects.filter(instance__in=keys).select_related("by")
        reviews = {review.instance_id: review for review in latest.latest_of_each()}
        for shot in shots:
            shot.review = reviews.get(shot.first.pk)
            shot.wrong_side = is_other_side(self.procedure.side, shot.side) and not shot.is_rejected
        return shots

    @cached_property
    def slots(self) -> list[Slot]:
        """The expected views. First what says which view it is, then by count, in order."""
        slots = [Slot(view) for view in self.procedure.procedure_type.views.all()]
        for sure in (True, False):
            for shot in self._unplaced():
                slot = next((s for s in slots if _wants(s, shot, sure=sure)), None)
                if slot is not None:
                    slot.take(shot)
        return slots

    def _unplaced(self) -> list[Shot]:
        shown = (shot for shot in self.shots if shot.may_be_told and not shot.is_rejected)
        return [shot for shot in shown if shot.slot is None]

    @property
    def others(self) -> list[Shot]:
        """Those that nobody expected."""
        return self._unplaced() if self.slots else []

    @property
    def wrong_sides(self) -> list[Shot]:
        return [shot for shot in self.shots if shot.wrong_side]

    @property
    def undecided(self) -> int:
        """How many still wait for somebody to look at them."""
        return sum(1 for shot in self.shots if not shot.is_rejected and not shot.is_kept)

    @property
    def missing(self) -> list[Slot]:
        return [slot for slot in self.slots if not slot.is_filled]

    @property
    def rejected_count(self) -> int:
        return sum(series.rejected_count for series in self.series)


def is_whole(series: Series) -> bool:
    """Whether a series is judged as one thing."""
    return series.instance_count > (FEW if series.modality in SLICED else MOST_SINGLE)


def is_other_side(wanted: str, told: str) -> bool:
    """The image says right where left was ordered, or the other way round."""
    return {wanted, told} == {"L", "R"}


def _wants(slot: Slot, shot: Shot, *, sure: bool) -> bool:
    """Several images go into one slot only while it lacks some; a series never fills half of it
    together with single images unless it says its view."""
    if slot.is_filled:
        return False
    return slot.fits(shot) if sure else slot.could_be(shot)
