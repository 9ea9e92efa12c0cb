"""The web door for machines and viewers (PS3.18): search (QIDO-RS) and retrieve (WADO-RS)."""
