"""Pages and fragments of the worklist."""
