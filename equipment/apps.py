from django.apps import AppConfig


class EquipmentConfig(AppConfig):
    name = "equipment"

    def ready(self) -> None:
        from equipment import frame  # noqa: F401, PLC0415 — Django's own idiom
