from django.apps import AppConfig


class StudiesConfig(AppConfig):
    name = "studies"

    def ready(self) -> None:
        from studies import frame, gauges, receivers  # noqa: F401, PLC0415 — Django's own idiom
