"""The log has keys, never patients' names."""

import subprocess
import sys

from django.conf import settings

SAYING = """
import logging
import django
django.setup()
import pydicom
logging.getLogger("pydicom").warning("Doe^Jane is no valid value")
logging.getLogger("pydicom").error("a plain error")
"""


def test_values_that_pydicom_warns_of_do_not_reach_the_log():
    told = subprocess.run(
        [sys.executable, "-c", SAYING],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )

    assert "a plain error" in told.stderr
    assert "Doe" not in told.stdout + told.stderr
