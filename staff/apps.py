from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class StaffConfig(AppConfig):
    name = "staff"

    def ready(self) -> None:
        from staff.groups import make_groups

        # Once, after the last app: by then every permission exists.
        last = list(apps.get_app_configs())[-1]
        post_migrate.connect(make_groups, sender=last, dispatch_uid="staff.make_groups")
