"""Who lies on the table: identity, and what must be known for safety. Not what is done to them."""
