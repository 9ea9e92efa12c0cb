"""What the lowest layer tells whoever listens, without knowing them."""

from django.dispatch import Signal

# Configuration was changed in the admin. Arguments: deed ("added", "changed", …), subject (a row,
# or None for a whole catalogue), by, and what is worth noting, as keyword `details`.
configured = Signal()
