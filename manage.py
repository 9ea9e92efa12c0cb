#!/usr/bin/env python3
"""Django's manage.py, which also prepares its own environment and finds its own engines.

Any Python 3 must be able to read this file: an old one is to say so in a sentence.
"""

import sys

OLDEST = (3, 11)


def main() -> None:
    if sys.version_info < OLDEST:
        sys.exit(
            "This needs Python %d.%d or newer, and this is Python %d.%d: "  # noqa: UP031
            "start it with a newer one, for example `python3.11 manage.py up`."
            % (OLDEST + sys.version_info[:2])
        )
    from common import preparation  # noqa: PLC0415  an old Python could not read it

    preparation.enter(sys.argv)
    # Only now, inside .venv, is there anything but the standard library.
    from common import launch  # noqa: PLC0415

    launch.run(sys.argv)


if __name__ == "__main__":
    main()
