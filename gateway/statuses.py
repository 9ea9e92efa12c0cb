"""Statuses that several services answer with, over the network and by web (PS3.7 annex C)."""

SUCCESS = 0x0000
PENDING, PENDING_OPTIONAL_KEYS_IGNORED = 0xFF00, 0xFF01
CANCELLED = 0xFE00
PROCESSING_FAILURE = 0x0110
UNKNOWN_CLASS = 0x0122
NOT_AUTHORISED = 0x0124
OUT_OF_RESOURCES = 0xA700  # whoever sends or asks tries again
DOES_NOT_MATCH = 0xA900  # the data set does not fit the SOP class, or the address
CANNOT_PROCESS = 0xC000
UNRECOGNISED_OPERATION = 0x0211  # the SOP class does not have it
