"""What happens to scheduled procedures, for whoever stands above."""

from django.dispatch import Signal

procedure_moved = Signal()
"""Sent inside the transaction, with `procedure` (locked, saved) and `was` (its status before)."""

performed_told = Signal()
"""Sent inside the transaction when more is known of a performed `step`: it was reported, listed
other images, ended, or was placed."""
