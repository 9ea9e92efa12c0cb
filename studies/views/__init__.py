"""Pages of studies, of what was set aside, and of uploads."""
