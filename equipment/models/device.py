"""The table and the room it stands in."""

import datetime as dt
from collections.abc import Collection
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.states import Stateful
from common.text import counted
from equipment.models.peer import AE_TITLE, Peer

if TYPE_CHECKING:
    from staff.models import User


class Modality(models.TextChoices):
    """Modalities we schedule for: Defined Terms of Modality (PS3.3 C.7.3.1.1.1)."""

    CT = "CT", _("CT")
    MR = "MR", _("MR")
    DX = "DX", _("X-ray")
    CR = "CR", _("Computed radiography")
    US = "US", _("Ultrasound")
    MG = "MG", _("Mammography")
    XA = "XA", _("Angiography")
    RF = "RF", _("Fluoroscopy")
    NM = "NM", _("Nuclear medicine")
    PT = "PT", _("PET")
    OT = "OT", _("Other")


class RoomQuerySet(models.QuerySet["Room"]):
    def visible_to(self, user: "User") -> Self:
        return self if user.has_perm("equipment.view_device") else self.none()


class Room(models.Model):
    """Where examinations happen."""

    code = models.CharField(_("code"), max_length=16, unique=True)
    name = models.CharField(_("name"), max_length=80)
    location = models.CharField(_("where it is"), max_length=120, blank=True, default="")

    objects = RoomQuerySet.as_manager()

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class DeviceQuerySet(models.QuerySet["Device"]):
    def visible_to(self, user: "User") -> Self:
        return self if user.has_perm("equipment.view_device") else self.none()

    def in_service(self) -> Self:
        """Devices that can take a patient, perhaps with limits."""
        return self.filter(status__in=[Device.Status.AVAILABLE, Device.Status.LIMITED])

    def out_of_service(self) -> Self:
        """Devices that take no patient now, though they should."""
        return self.not_retired().exclude(
            status__in=[Device.Status.AVAILABLE, Device.Status.LIMITED]
        )

    def not_retired(self) -> Self:
        return self.exclude(status=Device.Status.RETIRED)

    def with_room(self) -> Self:
        return self.select_related("room").order_by("modality", counted("name"), "pk")

    def by_room(self) -> Self:
        rooms = counted("room__code"), "room_id"
        return self.select_related("room").order_by(*rooms, counted("name"), "pk")

    def by_name(self) -> Self:
        return self.order_by(counted("name"), "pk")

    def with_title(self, ae_title: str) -> "Device | None":
        return self.filter(ae_title=ae_title).first()

    def with_key(self, pk: int) -> Self:
        return self.filter(pk=pk)

    def of_modality(self, modality: str) -> Self:
        return self.filter(modality=modality)

    def of_modalities(self, modalities: Collection[str]) -> Self:
        return self.filter(modality__in=modalities)

    def in_room(self, room_pk: int) -> Self:
        return self.filter(room=room_pk)

    def with_promise_ending(self, today: dt.date, until: dt.date) -> Self:
        """Devices whose warranty or service contract ends between these days."""
        days = (today, until)
        return self.filter(Q(warranty_until__range=days) | Q(contract_until__range=days))


class Device(Peer, Stateful):
    """A modality: what it is, where it stands, how it calls us and what it may do."""

    class Status(models.TextChoices):
        AVAILABLE = "AVAILABLE", _("Available")
        LIMITED = "LIMITED", _("Limited")
        DOWN = "DOWN", _("Down")
        IN_SERVICE = "IN_SERVICE", _("In service")
        AWAITING_QC = "AWAITING_QC", _("Awaiting QC")
        RETIRED = "RETIRED", _("Retired")

    MOVES = {
        Status.AVAILABLE: frozenset({Status.LIMITED, Status.DOWN, Status.RETIRED}),
        Status.LIMITED: frozenset({Status.AVAILABLE, Status.DOWN, Status.RETIRED}),
        Status.DOWN: frozenset({Status.IN_SERVICE, Status.AWAITING_QC, Status.RETIRED}),
        Status.IN_SERVICE: frozenset({Status.DOWN, Status.AWAITING_QC}),
        Status.AWAITING_QC: frozenset({Status.AVAILABLE, Status.LIMITED, Status.DOWN}),
        Status.RETIRED: frozenset[str](),
    }

    name = models.CharField(_("name"), max_length=80, unique=True)
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="devices")
    modality = models.CharField(_("modality"), max_length=16, choices=Modality)
    ae_title = models.CharField(
        _("AE title"),
        max_length=16,
        unique=True,
        validators=[AE_TITLE],
        help_text=_("How it calls itself, and the station name of its worklist."),
    )
    maker = models.CharField(_("maker"), max_length=80, blank=True, default="")
    model_name = models.CharField(_("model"), max_length=80, blank=True, default="")
    serial_number = models.CharField(_("serial number"), max_length=64, blank=True, default="")
    software = models.CharField(_("software"), max_length=64, blank=True, default="")
    installed_on = models.DateField(_("installed"), null=True, blank=True)
    warranty_until = models.DateField(_("warranty until"), null=True, blank=True)
    contract = models.CharField(
        _("service contract"),
        max_length=120,
        blank=True,
        default="",
        help_text=_("With whom, number, telephone of the hotline."),
    )
    contract_until = models.DateField(_("contract until"), null=True, blank=True)
    status = models.CharField(max_length=16, choices=Status, default=Status.AVAILABLE)
    status_reason = models.CharField(max_length=200, blank=True, default="")
    may_store = models.BooleanField(_("may send images"), default=True)
    may_query_worklist = models.BooleanField(_("may query the worklist"), default=True)
    may_report_steps = models.BooleanField(
        _("may report performed steps"), default=True, db_default=True, help_text=_("MPPS")
    )
    may_ask_commitment = models.BooleanField(
        _("may ask for storage commitment"), default=True, db_default=True
    )
    shows_started = models.BooleanField(_("worklist keeps showing started steps"), default=False)
    shows_on_hold = models.BooleanField(
        _("worklist shows steps on hold"), default=False, db_default=False
    )
    shows_all_stations = models.BooleanField(
        _("worklist shows other stations' steps"), default=False
    )
    character_set = models.CharField(
        _("character set of worklist answers"),
        max_length=64,
        default="ISO_IR 192",
        help_text=_("Specific Character Set, e.g. ISO_IR 100; ISO_IR 192 is UTF-8."),
    )

    objects = DeviceQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        permissions = [
            ("report_fault", "Can report a fault of a device"),
            ("log_maintenance", "Can keep the maintenance log"),
            ("block_device", "Can block a device for a planned time"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_out_of_warranty(self) -> bool:
        return self.warranty_until is not None and self.warranty_until < timezone.localdate()

    @property
    def takes_patients(self) -> bool:
        """In service, perhaps with limits."""
        return self.status in {self.Status.AVAILABLE, self.Status.LIMITED}
