"""The project package: settings, URLs, Celery. It wires everything and is imported by nothing."""
