"""Pages about other machines: what is sent and fetched, and who answers."""
