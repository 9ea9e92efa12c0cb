"""The web door for machines and viewers (PS3.18): search, retrieve and store."""
