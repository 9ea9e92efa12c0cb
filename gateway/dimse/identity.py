"""Who we are to other machines, beside our AE title (PS3.7 D.3.3.2)."""

from pydicom.uid import UID

from studies import part10

IMPLEMENTATION_UID = UID(part10.IMPLEMENTATION_UID)
IMPLEMENTATION_VERSION = part10.IMPLEMENTATION_VERSION
