"""Who asked whether images are safe, for what, and how it stands."""

from dataclasses import dataclass
from functools import cached_property

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET, require_POST

from common.pages import go_to, unless_unchanged
from staff.access import StaffRequest, needs
from studies import services
from studies.commitment import (
    CLASS_CONFLICT,
    CLASS_NOT_SUPPORTED,
    DUPLICATE_TRANSACTION,
    NO_SUCH_OBJECT,
    PROCESSING_FAILURE,
    RESOURCE_LIMITATION,
)
from studies.models import Commitment, CommitmentItem

PAGE = 50
LONGEST_KEY = 18  # digits of a key that the database can hold
MOST_ITEMS = 300
REASONS: dict[int, str | Promise] = {
    PROCESSING_FAILURE: _lazy("set aside, or its bytes are not as they came"),
    NO_SUCH_OBJECT: _lazy("never came here"),
    CLASS_CONFLICT: _lazy("here as another kind of object"),
    CLASS_NOT_SUPPORTED: _lazy("no kind of object that is kept here"),
    DUPLICATE_TRANSACTION: _lazy("asked under a name that was used before"),
    RESOURCE_LIMITATION: _lazy("received, but not filed in time: the device may ask again"),
}


@dataclass(frozen=True)
class Listed:
    """One page of requests, newest first."""

    request: StaffRequest

    @cached_property
    def before(self) -> int:
        key = self.request.GET.get("before", "")
        return int(key) if key.isdecimal() and len(key) <= LONGEST_KEY else 0

    @cached_property
    def rows(self) -> list[Commitment]:
        found = Commitment.objects.visible_to(self.request.user).with_counts().newest_first()
        if self.request.GET.get("show") == "undelivered":
            found = found.undelivered()
        return list((found.before(self.before) if self.before else found)[: PAGE + 1])

    @property
    def shown(self) -> list[Commitment]:
        return self.rows[:PAGE]

    @property
    def next_before(self) -> int:
        return self.rows[PAGE - 1].pk if len(self.rows) > PAGE else 0


@require_GET
@needs("studies.view_incomingfile")
def commitments(request: StaffRequest) -> HttpResponse:
    """Every request, newest first, or those that nobody could be told."""
    name = "studies/commitments.html"
    page = render(request, f"{name}#found" if request.htmx else name, {"list": Listed(request)})
    return unless_unchanged(request, page)


@require_GET
@needs("studies.view_incomingfile")
def commitment(request: StaffRequest, pk: int) -> HttpResponse:
    """One request, object by object: what is not safe comes first, and why."""
    visible = Commitment.objects.visible_to(request.user).with_counts()
    found = get_object_or_404(visible, pk=pk)
    context = {"commitment": found, "items": told_items(found.items.worst_first()[:MOST_ITEMS])}
    return render(request, "studies/commitment.html", context)


def told_items(items: "QuerySet[CommitmentItem]") -> list[tuple[CommitmentItem, str | Promise]]:
    return [(item, REASONS.get(item.reason or 0, "")) for item in items]


@require_POST
@needs("studies.resolve_incomingfile")
def retry_commitment(request: StaffRequest, pk: int) -> HttpResponse:
    """Tell the machine after all."""
    visible = Commitment.objects.visible_to(request.user)
    services.retry_commitment(get_object_or_404(visible, pk=pk), by=request.user)
    messages.success(request, _("It is being called again."))
    return go_to(request, "studies:commitment", pk)
