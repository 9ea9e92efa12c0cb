"""Rooms and machines, as an administrator enters them."""

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from equipment.models import Device, Node, Room


@admin.register(Room)
class RoomAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("code", "name", "location")
    search_fields = ("code", "name", "location")


@admin.register(Device)
class DeviceAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Everything but the status, which moves by its verb on the device's own page."""

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
                "fields": ("ae_title", "address", "port", "character_set", "last_heard_at"),
                "description": _("The AE title must be the one set at the machine, sign by sign."),
            },
        ),
        (
            _("What it may do"),
            {"fields": ("may_store", "may_query_worklist", "shows_started", "shows_all_stations")},
        ),
        (_("What it is"), {"fields": ("maker", "model_name", "serial_number", "software")}),
    )

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """A device is retired on its own page; its past stays."""
        return False


@admin.register(Node)
class NodeAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = (
        "name",
        "ae_title",
        "address",
        "port",
        "may_store",
        "may_query_worklist",
        "may_retrieve",
        "last_heard_at",
    )
    list_filter = ("may_store", "may_query_worklist", "may_retrieve")
    search_fields = ("name", "ae_title", "address")
    readonly_fields = ("last_heard_at",)
