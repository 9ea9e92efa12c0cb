"""Questions about scheduled procedures, in words."""

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Case, F, IntegerField, Q, Value, When
from django.utils import timezone

from common.text import counted
from equipment.models import Device
from patients.models import Alert, Fold, Patient
from worklist.models.asked import AskedQuerySet
from worklist.models.move import Move
from worklist.models.order import Order

if TYPE_CHECKING:
    from staff.models import User
    from worklist.models.procedure import ScheduledProcedure


def _bounds(day: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """When `day` begins and ends here: 23 to 25 hours, as the clocks have it."""
    zone = timezone.get_default_timezone()
    return (
        dt.datetime.combine(day, dt.time(), zone),
        dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), zone),
    )


class ScheduledProcedureQuerySet(AskedQuerySet["ScheduledProcedure"]):
    def visible_to(self, user: "User") -> Self:
        """Rows this person may see. Every page and endpoint starts here."""
        if user.has_perm("worklist.view_scheduledprocedure"):
            return self
        if user.has_perm("worklist.view_own_order"):
            return self.filter(order__ordered_by=user)
        return self.none()

    def on(self, day: dt.date) -> Self:
        """Scheduled on `day`, in the department's time zone."""
        start, end = _bounds(day)
        return self.filter(scheduled_start__gte=start, scheduled_start__lt=end)

    def unfinished(self) -> Self:
        return self.exclude(status__in=self.model.FINAL)

    def finished(self) -> Self:
        return self.filter(status__in=self.model.FINAL)

    def in_progress(self) -> Self:
        return self.filter(status=self.model.Status.IN_PROGRESS)

    def completed(self) -> Self:
        return self.filter(status=self.model.Status.COMPLETED)

    def taking_place_on(self, day: dt.date) -> Self:
        """On the list of `day` or begun on it, and neither cancelled nor missed."""
        status = self.model.Status
        start, end = _bounds(day)
        return self.filter(
            Q(scheduled_start__gte=start, scheduled_start__lt=end)
            | Q(started_at__gte=start, started_at__lt=end)
        ).exclude(status__in=[status.CANCELLED, status.NO_SHOW])

    def of_study(self, study_uid: str) -> Self:
        return self.filter(order__study_instance_uid=study_uid)

    def with_step_id(self, step_id: str) -> "ScheduledProcedure | None":
        """The one of this number, with its patient."""
        return self.with_patient().filter(step_id=step_id).first()

    def of_accession(self, accession: str, issuer: str) -> Self:
        """An accession number counts with its issuer; whoever names none means ours."""
        found = self.filter(order__accession_number=accession)
        return found.filter(Q(order__issuer=issuer) | Q(order__issuer="")) if issuer else found

    def done_in(self, performed_pk: int) -> Self:
        """Those that one performed step was for."""
        return self.filter(performed_steps=performed_pk)

    def with_patient(self) -> Self:
        return self.select_related("order__patient", "device", "procedure_type")

    def in_room(self, room_pk: int) -> Self:
        return self.filter(device__room=room_pk)

    def of_modality(self, modality: str) -> Self:
        return self.filter(device__modality=modality)

    def of_patient(self, patient_pk: int) -> Self:
        return self.filter(order__patient=patient_pk)

    def with_board_details(self) -> Self:
        """All that a row of the board says, in two queries."""
        return self.select_related(
            "order__patient", "device__room", "procedure_type"
        ).prefetch_related(
            models.Prefetch("order__patient__alerts", queryset=Alert.objects.active())
        )

    def with_row_details(self) -> Self:
        """What a row of the board says of the procedure itself; alerts are fetched beside it."""
        return self.select_related("order__patient", "device__room", "procedure_type")

    def with_page_details(self) -> Self:
        """The same for the procedure's own page, with its history."""
        return self.with_board_details().prefetch_related(
            models.Prefetch("moves", queryset=Move.objects.select_related("by")),
            "performed_steps__started_by",
        )

    def with_moves(self) -> Self:
        """With its history, without who moved it."""
        return self.prefetch_related("moves")

    def newest_first(self) -> Self:
        return self.order_by("-scheduled_start", "-pk")

    def in_time_order(self) -> Self:
        return self.order_by("scheduled_start", "pk")

    def on_device(self, device_pk: int) -> Self:
        return self.filter(device=device_pk)

    def on_other_devices(self, device_pk: int) -> Self:
        return self.exclude(device=device_pk)

    def on_board(self, day: dt.date) -> Self:
        """The list of `day`; today's also keeps whoever is still here from yesterday."""
        start, end = _bounds(day)
        listed = Q(scheduled_start__gte=start, scheduled_start__lt=end)
        if day == timezone.localdate():
            listed |= Q(scheduled_start__lt=start, status__in=self.model.PRESENT)
        return self.filter(listed)

    def movable(self) -> Self:
        """Nobody has begun: another time or device is possible."""
        return self.filter(status__in=[*self.model.BEFORE, self.model.Status.ON_HOLD])

    def begins_between(self, start: dt.datetime, end: dt.datetime) -> Self:
        return self.filter(scheduled_start__gte=start, scheduled_start__lt=end)

    def overlapping(self, start: dt.datetime, end: dt.datetime) -> Self:
        """Part of its time lies in [start, end)."""
        return self.filter(scheduled_start__lt=end, scheduled_end__gt=start)

    def taking_time(self) -> Self:
        """On the schedule: neither cancelled nor missed."""
        status = self.model.Status
        return self.exclude(status__in=[status.CANCELLED, status.NO_SHOW])

    def left_open_before(self, moment: dt.datetime) -> Self:
        """Scheduled before `moment`, and nobody said how it ended."""
        return self.unfinished().filter(scheduled_start__lt=moment)

    def stranded_until(self, moment: dt.datetime) -> Self:
        """Booked between this morning and `moment` on a device that takes nobody, and not begun."""
        morning, _midnight = _bounds(timezone.localdate())
        listed = self.movable().begins_between(morning, moment)
        return listed.filter(device__in=Device.objects.out_of_service())

    def per_device(self) -> models.QuerySet["ScheduledProcedure", tuple[int, str, int]]:
        """Key and name of each device with how many there are."""
        by_device = self.order_by(counted("device__name")).values_list("device", "device__name")
        return by_device.annotate(number=models.Count("pk"))

    def in_states(self, states: Iterable[str]) -> Self:
        return self.filter(status__in=states)

    def performed_by(self, user: "User") -> Self:
        return self.filter(performed_by=user)

    def about(self, words: str) -> Self:
        """Every word is found in the patient's name or number, the accession or the procedure."""
        found = self
        for word in words.split():
            found = found.filter(
                Q(order__patient__folded_name__contains=Fold(Value(word)))
                | Q(order__patient__patient_id__istartswith=word)
                | Q(order__accession_number__istartswith=word)
                | Q(procedure_type__meaning__icontains=word)
            )
        return found

    def meant_by(self, words: str) -> Self:
        """For the search box: an accession number that begins so, or something of today.

        Each part has its index and its end: the box asks with every letter that is typed.
        """
        everything = self.model._default_manager
        numbered = everything.filter(order__accession_number__startswith=words.upper())
        today = everything.on(timezone.localdate()).about(words)
        return self.filter(pk__in=numbered.values("pk")[:50].union(today.values("pk")[:50]))

    def found_by(self, words: str) -> Self:
        """For the search page: what `meant_by` finds, and the latest of the patients meant.

        Bounded too: names are looked up among patients, where they have an index.
        """
        everything = self.model._default_manager
        patients = list(Patient.objects.matching(words).values_list("pk", flat=True)[:50])
        theirs = everything.filter(order__patient__in=patients).newest_first()
        meant = everything.meant_by(words).values("pk")
        return self.filter(pk__in=theirs.values("pk")[:50].union(meant))

    def most_urgent_first(self) -> Self:
        """Stat, urgent, routine; within these whoever is here, longest wait first, then by time.

        What is over comes last, whatever its priority was.
        """
        urgency = Case(
            When(status__in=self.model.FINAL, then=Value(3)),
            When(order__priority=Order.Priority.STAT, then=Value(0)),
            When(order__priority=Order.Priority.HIGH, then=Value(1)),
            default=Value(2),
            output_field=IntegerField(),
        )
        status = self.model.Status
        presence = Case(
            When(status__in=[status.IN_PROGRESS, status.ACQUIRED], then=Value(0)),
            When(status__in=[status.ARRIVED, status.READY], then=Value(1)),
            default=Value(2),
            output_field=IntegerField(),
        )
        return self.order_by(
            urgency, presence, F("arrived_at").asc(nulls_last=True), "scheduled_start", "pk"
        )

    def how_many(self, user: "User") -> Self:
        """How many by device, state, and whether `user` performs them: for the filters."""
        return self.values(
            "device_id",
            "device__room_id",
            "device__room__name",
            "device__modality",
            "device__status",
            "status",
            is_mine=Case(
                When(performed_by=user, then=Value(True)),
                default=Value(False),
                output_field=models.BooleanField(),
            ),
        ).annotate(number=models.Count("pk"))  # type: ignore[return-value]
