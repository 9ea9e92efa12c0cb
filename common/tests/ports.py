"""A port for a server that a test starts."""

import secrets

from common.place import Unusable
from common.ports import check_free

FIRST, COUNT = 20_000, 10_000  # below those that the system lends to whoever calls somebody


def port_for_a_server() -> int:
    """Free now, and most likely still when the server binds it, or binds it again.

    Port 0 would do the first only: until then it may be lent to any caller of anybody.
    """
    while True:
        port = FIRST + secrets.randbelow(COUNT)
        try:
            return check_free("127.0.0.1", port, "")
        except Unusable:
            continue
