"""Who lies on the table: identity and what must be known for safety. Not for what is done to them."""
