from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class StaffConfig(AppConfig):
    name = "staff"

    def ready(self) -> None:
        from staff import troubles  # noqa: F401, PLC0415 — Django's own idiom
        from staff.groups import make_groups  # noqa: PLC0415

        # Once, after the last app that has models (others send nothing): by then every permission
        # exists.
        last = [config for config in apps.get_app_configs() if config.models_module][-1]
        post_migrate.connect(make_groups, sender=last, dispatch_uid="staff.make_groups")
