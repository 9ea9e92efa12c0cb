"""How the limited child and its parent frame messages; apart, so the parent needs no reader."""

import struct

REQUEST = struct.Struct("<I")  # bytes of JSON that follow
ANSWER = struct.Struct("<IQ")  # bytes of JSON, then bytes of data, that follow
