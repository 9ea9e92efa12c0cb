"""What happens to devices, for whoever stands above."""

from django.dispatch import Signal

device_status_changed = Signal()
"""Sent inside the transaction, with `device` as it now is, `was` (its status before) and `by`.

A receiver may raise Refused: then the status has not changed.
"""
