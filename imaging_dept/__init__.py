"""The project package: settings, URLs, Celery. It wires everything and is imported by nothing."""

from imaging_dept.celery import app as celery_app  # tasks find their app by its having been loaded

__all__ = ["celery_app"]
