from django.apps import AppConfig

from common import logs


class CommonConfig(AppConfig):
    name = "common"

    def ready(self) -> None:
        logs.configure()
