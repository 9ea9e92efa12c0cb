"""Telling open pages that a patient's record has changed."""

from functools import partial

from django.db import transaction

from common.live import poke


def tell_open_pages(patient_pk: int) -> None:
    """Once the change is in the database: the banner, the record, and the board's alerts."""
    transaction.on_commit(partial(poke, f"patient-{patient_pk}", "board"))
