"""The DICOM upper layer (PS3.8) as the accepting side, for what most machines ask all day.

That is storage, verification and the worklist. Whoever asks for more goes to pynetdicom.

Read in this order: `pdus` (bytes and facts), `machine` (states and moves), `wire` (a connection
with clocks), `messages` (fragments become commands and data sets), `serving` and `finding` (what is
answered), `visit` (one connection from its first byte to its last). docs/decisions/0019 and 0024
say why it is here beside pynetdicom.
"""
