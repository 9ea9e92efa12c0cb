"""A program that visits a running department with a token, as a hospital's other systems do."""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

from common.preparation import ROOT
from common.tests.programs import Up


class Visitor:
    """Asks one department over HTTP, as one of its people."""

    def __init__(self, up: Up, username: str = "technician") -> None:
        self.url = up.url
        self.token = manage(up, "api_token", username).split()[-1]

    def get(self, path: str) -> Any:
        """The JSON at `path`; None when the department says nothing or is not able just now."""
        request = urllib.request.Request(
            self.url + path, headers={"Authorization": f"Bearer {self.token}"}
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return json.loads(answer.read() or b"null")
        except (urllib.error.URLError, TimeoutError, ConnectionError, ValueError):
            return None

    def post(self, path: str, told: dict[str, Any]) -> Any:
        """What was made at `path`; None unless the department has acknowledged that it is."""
        request = urllib.request.Request(
            self.url + path,
            data=json.dumps(told).encode(),
            headers={
                "Authorization": f"Bearer {self.token}",
                "Content-Type": "application/json",
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return json.loads(answer.read()) if answer.status == 201 else None
        except (urllib.error.URLError, TimeoutError, ConnectionError, ValueError):
            return None

    def instances_of(self, study_uid: str) -> set[str]:
        """The SOP Instance UIDs that DICOMweb knows of a study."""
        found = self.get(f"/dicom-web/studies/{study_uid}/instances?limit=5000") or []
        return {row["00080018"]["Value"][0] for row in found}


def manage(up: Up, *words: str) -> str:
    """Run a manage.py command against a running department; what it printed."""
    hidden = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DICOM_PORT"}
    env = {name: value for name, value in os.environ.items() if name not in hidden}
    done = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *words],
        env=env | {"DATA_DIR": str(up.data)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def wait_until(truth: Callable[[], bool], seconds: float = 60, what: str = "it") -> None:
    """Look every fifth of a second; fail when it is not so in time."""
    deadline = time.monotonic() + seconds
    while not truth():
        assert time.monotonic() < deadline, f"{what} did not happen within {seconds} s"
        time.sleep(0.2)
