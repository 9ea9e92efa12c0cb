"""The demonstration department: one seed, invented people. Not part of a real installation."""
