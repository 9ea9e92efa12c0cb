"""What came through the door, before and after somebody knew what it was."""

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import connection, models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.states import Stateful
from patients.models import Patient
from studies.models.claims import ClaimableQuerySet
from studies.models.study import Instance, Study
from worklist.models import ScheduledProcedure

if TYPE_CHECKING:
    from staff.models import User


class UploadQuerySet(models.QuerySet["Upload"]):
    def visible_to(self, user: "User") -> Self:
        """Uploads are the business of whoever made them, and of those who mend."""
        if user.has_perm("studies.view_incomingfile"):
            return self
        return self.made_by(user) if user.has_perm("studies.add_upload") else self.none()

    def made_by(self, user: "User") -> Self:
        """A person's own uploads, newest first."""
        return self.filter(by=user).select_related("by").order_by("-pk")

    def with_counts(self) -> Self:
        """`file_count` and `problem_count` of each."""
        problems = Q(files__status__in=["SET_ASIDE", "REFUSED"])
        return self.annotate(
            file_count=models.Count("files"), problem_count=models.Count("files", filter=problems)
        )


class Upload(models.Model):
    """One person's batch of files from a browser. It can be taken up again after a break."""

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="uploads"
    )
    label = models.CharField(max_length=200, blank=True, default="")
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = UploadQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.label or _("Upload %(pk)s") % {"pk": self.pk}


# Django's own way takes ten times as long to say it, and this is said for every image received.
# What a new row is otherwise like stands in the model; a test compares.
ENTER_WAITING = """
INSERT INTO studies_incomingfile
    (path, size, sha256, sender, sop_class_uid, sop_instance_uid, transfer_syntax, source,
     received_at, next_attempt_at, status, original_name, reason_code, reason, details, attempts)
SELECT path, size, sha256, sender, sop_class_uid, sop_instance_uid, transfer_syntax, %s,
       %s, %s, 'WAITING', '', '', '', '{}', 0
FROM unnest(%s::text[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
    AS arrived (path, size, sha256, sender, sop_class_uid, sop_instance_uid, transfer_syntax)
"""


class IncomingFileQuerySet(ClaimableQuerySet["IncomingFile"]):
    def visible_to(self, user: "User") -> Self:
        return self if user.has_perm("studies.view_incomingfile") else self.none()

    def enter_waiting(self, arrivals: Iterable[tuple[str | int, ...]], source: str) -> None:
        """New rows by one statement: path, size, sha256, sender, class, instance and syntax."""
        now = timezone.now()
        columns = [list(column) for column in zip(*arrivals, strict=True)]
        if columns:
            with connection.cursor() as cursor:
                cursor.execute(ENTER_WAITING, [source, now, now, *columns])

    def set_aside(self) -> Self:
        return self.filter(status=IncomingFile.Status.SET_ASIDE).order_by("-pk")

    def with_page_details(self) -> Self:
        """All that the pages of set-aside objects say."""
        return self.select_related(
            "patient",
            "study__patient",
            "instance__series__study",
            "procedure__procedure_type",
            "settled_by",
            "upload",
        )

    def waiting_since(self, moment: dt.datetime) -> Self:
        """Those received before `moment` and still not filed, oldest first."""
        waiting = self.filter(status=IncomingFile.Status.WAITING, received_at__lt=moment)
        return waiting.order_by("received_at")

    def how_many_since(self) -> tuple[int, dt.datetime | None]:
        """How many these are and when the first of them came, by one question."""
        told = self.aggregate(number=models.Count("pk"), first=models.Min("received_at"))
        return told["number"], told["first"]

    def in_status(self, status: str) -> Self:
        return self.filter(status=status).order_by("-pk")

    def before(self, pk: int) -> Self:
        """Older ones: a page begins where the last one ended."""
        return self.filter(pk__lt=pk)

    def at_paths(self, paths: Iterable[str]) -> Iterable[str]:
        """Those of these places at which received bytes lie."""
        return self.filter(path__in=paths).values_list("path", flat=True)

    def last_states_of(self, sop_uids: Iterable[str]) -> dict[str, str]:
        """How the last received object of each of these identifiers stands."""
        rows = self.filter(sop_instance_uid__in=sop_uids).order_by("pk")
        return dict(rows.values_list("sop_instance_uid", "status"))

    def in_upload(self, upload_pk: int | None, name: str) -> "IncomingFile | None":
        return self.filter(upload=upload_pk, original_name=name).first()

    def sizes_of(self, names: Iterable[str]) -> models.QuerySet["IncomingFile", tuple[str, int]]:
        """Name and size of those that are among `names`."""
        return self.filter(original_name__in=list(names)).values_list("original_name", "size")

    def counts(self) -> dict[str, int]:
        """How many have which status."""
        rows = self.order_by().values_list("status").annotate(number=models.Count("pk"))
        return dict(rows)

    def longest_wait_seconds(self) -> float:
        """How long the oldest waiting object waits; 0 when none does."""
        oldest = self.waiting().order_by("received_at").values_list("received_at", flat=True)
        first = oldest.first()
        return (timezone.now() - first).total_seconds() if first else 0.0

    def needing_attention(self) -> Self:
        """Those that did not simply go where they belong, newest first."""
        settled = [IncomingFile.Status.SET_ASIDE, IncomingFile.Status.REFUSED]
        return self.filter(status__in=settled).order_by("-pk")

    def passed_over(self) -> Self:
        """Those that nobody meant to send, by name."""
        return self.filter(status=IncomingFile.Status.PASSED_OVER).order_by("original_name")

    def locked(self, pk: int) -> "IncomingFile":
        """The row as it stands now; nobody else moves it until this transaction ends."""
        return self.select_for_update(of=("self",)).select_related("patient").get(pk=pk)


class IncomingFile(Stateful):
    """An object as it was received. Its bytes are never altered; nothing received disappears."""

    class Status(models.TextChoices):
        WAITING = "WAITING", _("Waiting to be filed")
        FILED = "FILED", _("Filed")
        ALREADY_HERE = "ALREADY_HERE", _("Already here")
        SET_ASIDE = "SET_ASIDE", _("Set aside")
        REFUSED = "REFUSED", _("Refused")
        PASSED_OVER = "PASSED_OVER", _("Passed over")
        DISCARDED = "DISCARDED", _("Discarded")

    class Source(models.TextChoices):
        DIMSE = "DIMSE", _("DICOM network")
        STOW = "STOW", _("DICOMweb")
        UPLOAD = "UPLOAD", _("Browser")

    MOVES = {
        Status.WAITING: frozenset(
            {
                Status.FILED,
                Status.ALREADY_HERE,
                Status.SET_ASIDE,
                Status.REFUSED,
                Status.PASSED_OVER,
            }
        ),
        Status.SET_ASIDE: frozenset({Status.WAITING, Status.DISCARDED}),
        Status.FILED: frozenset[str](),
        Status.ALREADY_HERE: frozenset[str](),
        Status.REFUSED: frozenset[str](),
        Status.PASSED_OVER: frozenset[str](),
        Status.DISCARDED: frozenset[str](),
    }

    path = models.CharField(max_length=200, blank=True, default="")
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    source = models.CharField(max_length=8, choices=Source)
    sender = models.CharField(
        max_length=80, blank=True, default="", help_text=_("AE title or username.")
    )
    sop_class_uid = models.CharField(max_length=64, blank=True, default="")
    sop_instance_uid = models.CharField(max_length=64, blank=True, default="")
    transfer_syntax = models.CharField(max_length=64, blank=True, default="")
    original_name = models.CharField(max_length=500, blank=True, default="")
    upload = models.ForeignKey(
        Upload, null=True, blank=True, on_delete=models.PROTECT, related_name="files"
    )
    status = models.CharField(max_length=12, choices=Status, default=Status.WAITING)
    reason_code = models.CharField(max_length=32, blank=True, default="")
    reason = models.CharField(max_length=500, blank=True, default="")
    details = models.JSONField(default=dict, blank=True)
    instance = models.ForeignKey(
        Instance, null=True, blank=True, on_delete=models.PROTECT, related_name="incoming_files"
    )
    study = models.ForeignKey(
        Study, null=True, blank=True, on_delete=models.PROTECT, related_name="incoming_files"
    )
    patient = models.ForeignKey(
        Patient, null=True, blank=True, on_delete=models.PROTECT, related_name="incoming_files"
    )
    procedure = models.ForeignKey(
        ScheduledProcedure,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="incoming_files",
    )
    received_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)

    objects = IncomingFileQuerySet.as_manager()

    class Meta:
        permissions = [("resolve_incomingfile", "Can retry or discard what was set aside")]
        constraints = [
            models.CheckConstraint(
                name="set_aside_has_a_reason",
                condition=~Q(status__in=["SET_ASIDE", "REFUSED", "PASSED_OVER", "DISCARDED"])
                | ~Q(reason=""),
                violation_error_message=_("Say why it was set aside."),
            ),
            # A machine was told "success": whatever it sent is kept until a person has seen it.
            models.CheckConstraint(
                name="only_uploads_are_passed_over",
                condition=~Q(status="PASSED_OVER") | Q(source="UPLOAD"),
                violation_error_message=_("Only what a browser sent may be passed over."),
            ),
            models.CheckConstraint(
                name="filed_has_an_instance",
                condition=~Q(status__in=["FILED", "ALREADY_HERE"]) | Q(instance__isnull=False),
                violation_error_message=_("A filed object needs its instance."),
            ),
            models.UniqueConstraint(
                name="one_file_per_name_in_an_upload",
                fields=["upload", "original_name"],
                condition=Q(upload__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at", "id"],
                name="incoming_waiting",
                condition=Q(status="WAITING"),
            ),
            models.Index(
                fields=["-id"], name="incoming_set_aside", condition=Q(status="SET_ASIDE")
            ),
            models.Index(fields=["upload", "status"], name="incoming_of_upload"),
            models.Index(fields=["sop_instance_uid"], name="incoming_by_uid"),
        ]

    def __str__(self) -> str:
        return self.original_name or _("Object %(pk)s") % {"pk": self.pk}
