"""What the frame of every page says of the worklist."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from patients.numbers import finds_by_number
from staff.models import User
from staff.places import Count, Notice, count_at, finds_notices
from worklist.board import GROUPS
from worklist.free_times import end_of_day
from worklist.models import (
    Discrepancy,
    Order,
    PerformedProcedure,
    Proposal,
    ScheduledProcedure,
)

WORK = ("perform_procedure", "register_arrival")


@count_at("worklist")
def people_waiting(user: User) -> Count:
    """How many patients have come and wait for their procedure today."""
    today = ScheduledProcedure.objects.visible_to(user).on_board(timezone.localdate())
    number = today.in_states(GROUPS["waiting"].states).count()
    return Count(number, ngettext("%d waiting", "%d waiting", number) % number)


@finds_by_number
def work_of_accession(user: User, number: str) -> str | None:
    """The one examination of an accession number, for whoever works on it at the desk or inside."""
    if not any(user.has_perm(f"worklist.{verb}") for verb in WORK):
        return None
    mine = ScheduledProcedure.objects.visible_to(user).of_accession(number.upper(), issuer="")
    steps = mine.in_time_order()[:2]
    return reverse("worklist:procedure", args=[steps[0].pk]) if len(steps) == 1 else None


@count_at("orders")
def orders_waiting(user: User) -> Count | None:
    """How many orders wait for a time, for whoever books."""
    if not user.has_perm("worklist.book_procedure"):
        return None
    waiting = Order.objects.visible_to(user).waiting().how_many_and_stat()
    words = ngettext("%d to book", "%d to book", waiting["number"]) % waiting["number"]
    return Count(waiting["number"], words, is_urgent=waiting["stat"] > 0)


@count_at("open-steps")
def open_steps(user: User) -> Count | None:
    """How many proposals, discrepancies and unplaced reports wait for a person: one question."""
    if not user.has_perm("worklist.settle_discrepancy"):
        return None
    open_ones = (
        Proposal.objects.undecided(),
        Discrepancy.objects.unsettled(),
        PerformedProcedure.objects.unplaced(),
    )
    first, *others = (rows.order_by().values("pk") for rows in open_ones)
    number = first.union(*others, all=True).count()
    return Count(number, ngettext("%d to look at", "%d to look at", number) % number)


@finds_notices
def stranded_patients(user: User) -> list[Notice]:
    """A device is out, and people are booked on it today: whoever plans should know at once."""
    if not user.has_perm("worklist.book_procedure"):
        return []
    tonight = end_of_day(timezone.now())
    visible = ScheduledProcedure.objects.visible_to(user).stranded_until(tonight)
    return [
        Notice(
            ngettext(
                "%(device)s is out of service: %(number)d procedure is booked there today.",
                "%(device)s is out of service: %(number)d procedures are booked there today.",
                number,
            )
            % {"device": device, "number": number},
            reverse("worklist:stranded", args=[device_pk]),
        )
        for device_pk, device, number in visible.per_device()
    ]
