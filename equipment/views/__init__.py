"""Pages of devices and of their care."""
