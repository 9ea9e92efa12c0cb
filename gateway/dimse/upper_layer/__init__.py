"""The DICOM upper layer (PS3.8) as the accepting side, for storage and verification alone.

Read in this order: `pdus` (bytes and facts), `machine` (states and moves), `wire` (a connection
with clocks), `messages` (fragments become commands and data sets), `visit` (one connection from
its first byte to its last). docs/decisions/0019 says why it is here beside pynetdicom.
"""
