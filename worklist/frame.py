"""What the frame of every page says of the worklist."""

from django.utils import timezone
from django.utils.translation import ngettext

from staff.models import User
from staff.places import Count, count_at
from worklist.board import GROUPS
from worklist.models import ScheduledProcedure


@count_at("worklist")
def people_waiting(user: User) -> Count:
    """How many patients have come and wait for their procedure today."""
    today = ScheduledProcedure.objects.visible_to(user).on_board(timezone.localdate())
    number = today.in_states(GROUPS["waiting"].states).count()
    return Count(number, ngettext("%d waiting", "%d waiting", number) % number)
