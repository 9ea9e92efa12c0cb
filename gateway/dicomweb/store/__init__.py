"""Store (STOW-RS, PS3.18 10.5): a body of objects in, an outcome for each of them out."""
