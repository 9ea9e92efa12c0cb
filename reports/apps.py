from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"

    def ready(self) -> None:
        from reports import frame, receivers  # noqa: F401, PLC0415 — Django's own idiom
