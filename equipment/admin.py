"""Rooms and machines, as an administrator enters them."""

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from common.admin import Exchanged, ExchangedPart
from equipment.models import Device, MaintenancePlan, Node, OpeningHours, Room
from equipment.resources import (
    DeviceResource,
    NodeResource,
    OpeningHoursResource,
    RoomResource,
)


class DevicesOfRoom(admin.TabularInline):  # type: ignore[type-arg]
    """What stands in a room, to look at; a device is entered on its own page."""

    model = Device
    fields = ("name", "modality", "ae_title", "status")
    readonly_fields = fields
    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class OpeningHoursOfDevice(admin.TabularInline):  # type: ignore[type-arg]
    """When it is planned to work: availability is counted in these hours."""

    model = OpeningHours
    extra = 1
    verbose_name_plural = _("Opening hours (none at all: day and night)")


class PlansOfDevice(admin.TabularInline):  # type: ignore[type-arg]
    """What comes round again, to look at: plans are made and changed on the device's own page."""

    model = MaintenancePlan
    fields = ("title", "kind", "rhythm", "next_due_on", "is_active")
    readonly_fields = fields
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Room)
class RoomAdmin(Exchanged):
    resource_classes = (RoomResource,)
    list_display = ("code", "name", "location")
    search_fields = ("code", "name", "location")
    inlines = (DevicesOfRoom,)


@admin.register(Device)
class DeviceAdmin(Exchanged):
    """Everything but the status, which moves by its verb on the device's own page."""

    resource_classes = (DeviceResource,)
    list_display = ("name", "modality", "room", "ae_title", "address", "status", "last_heard_at")
    list_filter = ("modality", "status", "room")
    list_select_related = ("room",)
    search_fields = ("name", "ae_title", "serial_number", "maker", "model_name")
    readonly_fields = ("status", "status_reason", "last_heard_at")
    fieldsets = (
        (None, {"fields": ("name", "room", "modality", "status", "status_reason")}),
        (
            _("How it calls us"),
            {
                "fields": (
                    *("ae_title", "address", "port", "must_use_tls", "speaks_tls"),
                    *("character_set", "last_heard_at"),
                ),
                "description": _(
                    "The AE title must be the one set at the machine, sign by sign. It is also "
                    "the station name of its worklist."
                ),
            },
        ),
        (
            _("What it may do"),
            {
                "fields": (
                    *("may_store", "may_query_worklist", "may_report_steps"),
                    *("may_ask_commitment", "may_retrieve"),
                )
            },
        ),
        (
            _("What its worklist shows"),
            {"fields": ("shows_started", "shows_on_hold", "shows_all_stations")},
        ),
        (
            _("What it is"),
            {"fields": ("maker", "model_name", "serial_number", "software", "installed_on")},
        ),
        (
            _("Who stands by it"),
            {
                "fields": ("warranty_until", "contract", "contract_until"),
                "description": _("Engineers are told two months before these end."),
            },
        ),
    )
    inlines = (OpeningHoursOfDevice, PlansOfDevice)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """A device is retired on its own page; its past stays."""
        return False


@admin.register(MaintenancePlan)
class MaintenancePlanAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """All plans in one list. They are made and changed on the pages, where the rule is judged."""

    list_display = ("title", "device", "kind", "rhythm", "next_due_on", "is_active")
    list_filter = ("kind", "is_active", "device")
    list_select_related = ("device",)
    search_fields = ("title", "device__name", "instructions")
    date_hierarchy = "next_due_on"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Node)
class NodeAdmin(Exchanged):
    resource_classes = (NodeResource,)
    list_display = (
        "name",
        "ae_title",
        "address",
        "port",
        "may_store",
        "may_query_worklist",
        "may_report_steps",
        "may_ask_commitment",
        "may_retrieve",
        "may_receive",
        "is_archive",
        "last_heard_at",
    )
    list_filter = ("may_store", "may_query_worklist", "may_report_steps", "may_retrieve")
    search_fields = ("name", "ae_title", "address")
    readonly_fields = ("last_heard_at",)


@admin.register(OpeningHours)
class OpeningHoursAdmin(ExchangedPart):
    """Written on their device's page."""

    resource_classes = (OpeningHoursResource,)
    list_display = ("device", "weekday", "opens_at", "closes_at")
    list_filter = ("weekday", "device")
    list_select_related = ("device",)
    search_fields = ("device__name", "device__ae_title")
    ordering = ("device__ae_title", "weekday", "opens_at")
