"""What was really done: performed steps, what was given, what was exposed, what was checked."""

from decimal import Decimal
from typing import TYPE_CHECKING, Self

import pgtrigger
from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.states import Stateful
from equipment.models import Device
from patients.models import Patient
from worklist.models.catalogue import ContrastAgent
from worklist.models.order import new_uid
from worklist.models.procedure import ScheduledProcedure

if TYPE_CHECKING:
    from staff.models import User


class PerformedQuerySet(models.QuerySet["PerformedProcedure"]):
    def visible_to(self, user: "User") -> Self:
        """Rows this person may see. Every page and endpoint starts here."""
        return self if user.has_perm("worklist.view_scheduledprocedure") else self.none()

    def under_way(self) -> Self:
        return self.filter(status="IN_PROGRESS")

    def not_discontinued(self) -> Self:
        return self.exclude(status="DISCONTINUED")

    def with_uid(self, uid: str) -> "PerformedProcedure | None":
        return self.filter(uid=uid).first()

    def locked_by_uid(self, uid: str) -> "PerformedProcedure | None":
        """The step as it stands now; nobody else changes it until this transaction ends."""
        return self.select_for_update(of=("self",)).filter(uid=uid).first()

    def locked(self, pk: int) -> "PerformedProcedure":
        return self.select_for_update(of=("self",)).get(pk=pk)

    def unplaced(self) -> Self:
        """Reported by a modality, of no procedure that we know, and nobody has looked at it yet."""
        return self.exclude(why_unplaced="").filter(settled_at__isnull=True)

    def with_details(self) -> Self:
        return self.select_related("device__room", "patient", "settled_by")

    def of_procedure(self, procedure_pk: int) -> Self:
        return self.filter(procedures=procedure_pk)


class PerformedProcedure(Stateful):
    """One performed step (PS3.4 Annex F): begun, and ended once. One scheduled step may have
    several, and one of these may do several scheduled steps at once."""

    class Status(models.TextChoices):
        IN_PROGRESS = "IN_PROGRESS", _("In progress")
        COMPLETED = "COMPLETED", _("Completed")
        DISCONTINUED = "DISCONTINUED", _("Discontinued")

    class Source(models.TextChoices):
        BROWSER = "BROWSER", _("a person here")
        MPPS = "MPPS", _("the modality")
        IMAGES = "IMAGES", _("its images")

    class Unplaced(models.TextChoices):
        """Why a modality's report stands beside the worklist and waits for a person."""

        NOT_FOUND = "NOT_FOUND", _("no procedure here fits what the modality reports")
        OTHER_PATIENT = "OTHER_PATIENT", _("the modality names another patient than the order")

    MOVES = {
        Status.IN_PROGRESS: frozenset({Status.COMPLETED, Status.DISCONTINUED}),
        Status.COMPLETED: frozenset[str](),
        Status.DISCONTINUED: frozenset[str](),
    }

    uid = models.CharField(max_length=64, unique=True, default=new_uid)
    procedures = models.ManyToManyField(ScheduledProcedure, related_name="performed_steps")
    device = models.ForeignKey(
        Device, null=True, blank=True, on_delete=models.PROTECT, related_name="performed_steps"
    )
    source = models.CharField(max_length=8, choices=Source)
    status = models.CharField(max_length=12, choices=Status, default=Status.IN_PROGRESS)
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reason_code = models.CharField(max_length=16, blank=True, default="")
    attributes = models.JSONField(
        default=dict,
        db_default={},
        blank=True,
        help_text=_("All that the modality has reported, as DICOM JSON (PS3.18 Annex F)."),
    )
    reported_status = models.CharField(
        max_length=12,
        blank=True,
        default="",
        db_default="",
        help_text=_("How far the modality says it is; empty while it has said nothing."),
    )
    reported_by = models.CharField(
        max_length=64,
        blank=True,
        default="",
        db_default="",
        help_text=_("AE title or username of whoever reported it first."),
    )
    patient = models.ForeignKey(
        Patient, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    why_unplaced = models.CharField(
        max_length=16, choices=Unplaced, blank=True, default="", db_default=""
    )
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    settled_how = models.CharField(max_length=200, blank=True, default="", db_default="")

    objects = PerformedQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="performed_step_ends_after_it_starts",
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
                violation_error_message=_("A performed step cannot end before it starts."),
            )
        ]
        indexes = [
            models.Index(
                fields=["-id"],
                name="performed_step_unplaced",
                condition=~Q(why_unplaced="") & Q(settled_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_status_display()} ({self.get_source_display()})"

    @property
    def is_reported_over(self) -> bool:
        """The modality has said its last word (PS3.4 F.1.3)."""
        return self.reported_status in {self.Status.COMPLETED, self.Status.DISCONTINUED}


class CheckQuerySet(models.QuerySet["Check"]):
    def of_kind(self, kind: str) -> Self:
        return self.filter(kind=kind)


class Check(models.Model):
    """Somebody stood beside the patient and made sure: who it is, or which side."""

    class Kind(models.TextChoices):
        IDENTITY = "IDENTITY", _("identity")
        SIDE = "SIDE", _("side")

    procedure = models.ForeignKey(
        ScheduledProcedure, on_delete=models.PROTECT, related_name="checks"
    )
    kind = models.CharField(max_length=8, choices=Kind)
    said = models.JSONField(help_text=_("Which identifiers were compared, or the side."))
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = CheckQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        triggers = [
            pgtrigger.Protect(
                name="check_is_never_changed", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())


class Withdrawable(models.Model):
    """A clinical fact that can be taken back with a reason, never deleted."""

    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_because = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        abstract = True

    @property
    def stands(self) -> bool:
        return self.withdrawn_at is None


class Administration(Withdrawable):
    """What was given to the patient: contrast or a drug (PS3.3 C.7.6.4b)."""

    class Route(models.TextChoices):
        IV = "IV", _("into a vein")
        IA = "IA", _("into an artery")
        ORAL = "ORAL", _("by mouth")
        RECTAL = "RECTAL", _("rectal")
        JOINT = "JOINT", _("into a joint")
        OTHER = "OTHER", _("another way")

    class Reaction(models.TextChoices):
        NONE = "NONE", _("none seen")
        MILD = "MILD", _("mild")
        MODERATE = "MODERATE", _("moderate")
        SEVERE = "SEVERE", _("severe")
        EXTRAVASATION = "EXTRAVASATION", _("extravasation")

    procedure = models.ForeignKey(
        ScheduledProcedure, on_delete=models.PROTECT, related_name="administrations"
    )
    agent = models.ForeignKey(ContrastAgent, on_delete=models.PROTECT, related_name="+")
    lot = models.CharField(_("lot"), max_length=40, blank=True, default="")
    expires_on = models.DateField(_("expires"), null=True, blank=True)
    volume_ml = models.DecimalField(
        _("volume in ml"),
        max_digits=6,
        decimal_places=1,
        validators=[MinValueValidator(Decimal("0.1"))],
    )
    rate_ml_s = models.DecimalField(
        _("rate in ml/s"), max_digits=4, decimal_places=1, null=True, blank=True
    )
    route = models.CharField(_("way"), max_length=8, choices=Route, default=Route.IV)
    site = models.CharField(_("where"), max_length=80, blank=True, default="")
    reaction = models.CharField(
        _("reaction"), max_length=16, choices=Reaction, default=Reaction.NONE
    )
    reaction_details = models.CharField(max_length=300, blank=True, default="")
    safety_entry = models.ForeignKey(
        "patients.Alert",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("What its reaction has put into the patient's safety record."),
    )
    given_at = models.DateTimeField(_("given"), default=timezone.now)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.agent} {self.volume_ml} ml"

    @property
    def shares_safety_entry(self) -> bool:
        """Does another administration that stands say the same in the safety record?"""
        standing = Administration.objects.filter(withdrawn_at=None)
        return standing.filter(safety_entry=self.safety_entry_id).exclude(pk=self.pk).exists()


class Exposure(Withdrawable):
    """What was exposed. Units are those of the consoles; conversion to DICOM's is at the edge."""

    procedure = models.ForeignKey(
        ScheduledProcedure, on_delete=models.PROTECT, related_name="exposures"
    )
    view = models.CharField(_("view"), max_length=64, blank=True, default="")
    kv = models.DecimalField(_("kV"), max_digits=5, decimal_places=1, null=True, blank=True)
    mas = models.DecimalField(_("mAs"), max_digits=8, decimal_places=2, null=True, blank=True)
    exposure_index = models.DecimalField(
        _("exposure index"), max_digits=8, decimal_places=1, null=True, blank=True
    )
    dap = models.DecimalField(
        _("dose area product in mGy·cm²"), max_digits=12, decimal_places=3, null=True, blank=True
    )
    ctdi_vol = models.DecimalField(
        _("CTDIvol in mGy"), max_digits=8, decimal_places=2, null=True, blank=True
    )
    dlp = models.DecimalField(
        _("DLP in mGy·cm"), max_digits=10, decimal_places=2, null=True, blank=True
    )
    glandular_dose = models.DecimalField(
        _("average glandular dose in mGy"), max_digits=6, decimal_places=2, null=True, blank=True
    )
    fluoroscopy_s = models.PositiveIntegerField(_("fluoroscopy in s"), null=True, blank=True)
    exposures = models.PositiveSmallIntegerField(_("exposures"), default=1)
    is_shielded = models.BooleanField(_("shielded"), default=False)
    held_by = models.CharField(
        _("held by"), max_length=80, blank=True, default="", help_text=_("Who held the patient.")
    )
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]

    MEASURED = (
        ("kv", "kV"),
        ("mas", "mAs"),
        ("exposure_index", "EI"),
        ("dap", "mGy·cm²"),
        ("ctdi_vol", "mGy CTDIvol"),
        ("dlp", "mGy·cm DLP"),
        ("glandular_dose", "mGy AGD"),
        ("fluoroscopy_s", "s"),
    )

    def __str__(self) -> str:
        return self.view or str(_("exposure"))

    @property
    def values_in_words(self) -> list[str]:
        """What the console said, each value with its unit."""
        known = [(getattr(self, name), unit) for name, unit in self.MEASURED]
        return [f"{value:g} {unit}" for value, unit in known if value is not None]


class Draft(models.Model):
    """What somebody has begun to write about an examination and not yet handed in."""

    procedure = models.ForeignKey(
        ScheduledProcedure, on_delete=models.CASCADE, related_name="drafts"
    )
    part = models.CharField(max_length=32)
    content = models.JSONField(default=dict)
    number = models.PositiveIntegerField(
        default=1, help_text=_("Grows with every save: whoever writes on an older one is told.")
    )
    saved_at = models.DateTimeField(auto_now=True)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_draft_per_part", fields=["procedure", "part"])
        ]

    def __str__(self) -> str:
        return self.part

    @property
    def is_begun(self) -> bool:
        """Is there anything in it? Handed in, it is empty and keeps counting."""
        return any(self.content.values())
