"""What was asked for, and when and where it is done. Not for what came out of it."""
