"""Rooms and machines as files: for a new department, and for a look from outside."""

from import_export.fields import Field

from common.exchange import CatalogueResource, Code
from equipment.models import Device, Node, OpeningHours, Room


class RoomResource(CatalogueResource):
    class Meta(CatalogueResource.Meta):
        model = Room
        import_id_fields = ("code",)
        fields = ("code", "name", "location")


class DeviceResource(CatalogueResource):
    """Everything but the status, which moves by its verb alone."""

    room = Field("room", "room", Code(Room, field="code"))

    class Meta(CatalogueResource.Meta):
        model = Device
        import_id_fields = ("ae_title",)
        fields = (
            *("ae_title", "name", "room", "modality", "address", "port", "character_set"),
            *("may_store", "may_query_worklist", "may_report_steps", "may_ask_commitment"),
            *("may_retrieve", "must_use_tls", "speaks_tls"),
            *("shows_started", "shows_on_hold", "shows_all_stations"),
            *("maker", "model_name", "serial_number", "software", "installed_on"),
            *("warranty_until", "contract", "contract_until"),
        )


class OpeningHoursResource(CatalogueResource):
    """Known by their device, the day (0 is Monday) and when they begin."""

    device = Field("device", "device", Code(Device, field="ae_title"))

    class Meta(CatalogueResource.Meta):
        model = OpeningHours
        import_id_fields = ("device", "weekday", "opens_at")
        fields = ("device", "weekday", "opens_at", "closes_at")


class NodeResource(CatalogueResource):
    class Meta(CatalogueResource.Meta):
        model = Node
        import_id_fields = ("ae_title",)
        fields = (
            *("ae_title", "name", "address", "port", "may_store", "may_query_worklist"),
            *("may_report_steps", "may_ask_commitment", "may_retrieve", "must_use_tls"),
            *("speaks_tls", "character_set", "may_receive", "is_archive"),
        )
