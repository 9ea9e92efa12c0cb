"""Results for whoever asked: own orders, with what is signed and never what is not."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.db.models import Prefetch
from django.utils import timezone

from reports.document import Document
from reports.models import Acknowledgement, Report, ReportVersion
from studies.models import Study
from worklist.models import Order, ScheduledProcedure
from worklist.models.order import OrderQuerySet

if TYPE_CHECKING:
    from staff.models import User

SHOWN = 50
NO_LONGER_COMING = dt.timedelta(days=7)  # images come within hours
TOLD = [*Report.SIGNED, Report.Status.ENTERED_IN_ERROR]


@dataclass
class Result:
    """One order with the study made for it, as far as it is."""

    order: Order | None
    study: Study | None
    report: Report | None
    user: "User"

    @cached_property
    def document(self) -> Document | None:
        """What is signed; preliminary words have not left the department."""
        if self.report is None or self.report.status not in TOLD:
            return None
        official = [v for v in self._versions if v.kind != ReportVersion.Kind.PRELIMINARY]
        only_retracted = len(official) == 1 and not self.report.is_signed
        return None if only_retracted else Document.at(official)

    @cached_property
    def _versions(self) -> list[ReportVersion]:
        return list(self.report.versions.all()) if self.report else []

    @cached_property
    def acknowledged(self) -> Acknowledgement | None:
        """That this person has read the version that counts."""
        if self.document is None:
            return None
        said = self.document.version.acknowledgements.all()
        return next((one for one in said if one.by_id == self.user.pk), None)

    @property
    def is_unread(self) -> bool:
        return self.document is not None and self.acknowledged is None

    @property
    def procedure(self) -> ScheduledProcedure | None:
        """The step that says how far it is: the last one."""
        steps = list(self.order.procedures.all()) if self.order else []
        return steps[-1] if steps else None

    @property
    def stage(self) -> tuple[str, str]:
        """How far it is, as a state and its noun: the report's, else the examination's."""
        if self.report is not None and self.document is not None:
            return self.report.status, "report"
        if self.report is not None and self.report.status == Report.Status.NO_READ_REQUIRED:
            return self.report.status, "report"
        if self.report is not None and self.report.is_open:
            return "CLAIMED", "report"
        if self.procedure is not None:
            return self.procedure.status, "procedure"
        return (self.order.status if self.order else "PLACED"), "order"

    @property
    def is_off(self) -> bool:
        """No report is to be expected any more."""
        return self.stage[0] in {"CANCELLED", "NO_SHOW", "NO_READ_REQUIRED"} or (
            self.study is None and self.stage[0] == "DISCONTINUED"
        )

    @property
    def is_elsewhere(self) -> bool:
        """Done a while ago, and no image ever came here: nobody here is going to read it."""
        step = self.procedure
        if self.study is not None or step is None or step.ended_at is None:
            return False
        is_done = step.status == ScheduledProcedure.Status.COMPLETED
        return is_done and step.ended_at < timezone.now() - NO_LONGER_COMING

    @property
    def is_under_way(self) -> bool:
        return self.document is None and not self.is_off and not self.is_elsewhere


@dataclass
class Results:
    """All results of one person, newest first, in heaps."""

    user: "User"

    @cached_property
    def _all(self) -> list[Result]:
        orders = list(self._with_details(self._unread())[:SHOWN])
        seen = {order.pk for order in orders}
        newest = self._with_details(Order.objects.visible_to(self.user))
        orders += [order for order in newest[:SHOWN] if order.pk not in seen]
        return [result for order in orders for result in results_of(order, self.user)]

    def _unread(self) -> OrderQuerySet:
        reports = Report.objects.visible_to(self.user).unread_by(self.user)
        keys = list(reports.newest_first().values_list("study__order_id", flat=True)[:SHOWN])
        return Order.objects.visible_to(self.user).filter(pk__in=keys)

    def _with_details(self, orders: OrderQuerySet) -> OrderQuerySet:
        versions = ReportVersion.objects.with_people()
        return (
            orders.filter(ordered_by=self.user)
            .select_related("patient", "procedure_type")
            .prefetch_related(
                "procedures__device__room",
                Prefetch("studies", queryset=Study.objects.select_related("report")),
                Prefetch("studies__report__versions", queryset=versions),
            )
            .order_by("-ordered_at", "-pk")
        )

    @property
    def unread(self) -> list[Result]:
        return [result for result in self._all if result.is_unread]

    @property
    def under_way(self) -> list[Result]:
        return [result for result in self._all if result.is_under_way]

    @property
    def elsewhere(self) -> list[Result]:
        return [result for result in self._all if result.is_elsewhere]

    @property
    def off(self) -> list[Result]:
        return [result for result in self._all if result.document is None and result.is_off]

    @property
    def read(self) -> list[Result]:
        return [result for result in self._all if result.acknowledged is not None]

    @property
    def heaps(self) -> list[tuple[str, list[Result]]]:
        heaps = {
            "unread": self.unread,
            "under-way": self.under_way,
            "read": self.read,
            "elsewhere": self.elsewhere,
            "off": self.off,
        }
        return [(key, heap) for key, heap in heaps.items() if heap]


def results_of(order: Order, user: "User") -> list[Result]:
    """An order with each of its studies; alone while there is none."""
    studies = list(order.studies.all())
    if not studies:
        return [Result(order, None, None, user)]
    return [Result(order, study, getattr(study, "report", None), user) for study in studies]
