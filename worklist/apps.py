from django.apps import AppConfig


class WorklistConfig(AppConfig):
    name = "worklist"

    def ready(self) -> None:
        from worklist import frame, receivers  # noqa: F401, PLC0415 — Django's own idiom
