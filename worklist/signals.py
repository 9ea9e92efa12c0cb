"""What happens to scheduled procedures, for whoever stands above."""

from django.dispatch import Signal

procedure_moved = Signal()
"""Sent inside the transaction, with `procedure` (locked, saved) and `was` (its status before)."""
