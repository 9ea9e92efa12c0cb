"""The trail: who did what to which record. Written by every verb, changed by nothing."""
