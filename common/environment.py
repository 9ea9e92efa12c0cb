"""The environment by which every program of a department is started, made in one place."""

import ipaddress
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from common import engines
from common.engines import Postgres, Valkey
from common.place import Place
from common.preparation import ROOT

SETTINGS_MODULE = "imaging_dept.settings"


@dataclass(frozen=True)
class Department:
    """What one `up` is asked for: where it answers, where it keeps things, what it was given."""

    place: Place
    host: str = "127.0.0.1"
    port: int = 8000
    dicom_port: int = 11112
    demo: bool = True
    durable: bool = True
    given: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))

    @classmethod
    def from_environment(cls) -> "Department":
        """What the environment says, where no flag does."""
        given = os.environ
        return cls(
            place=Place.at(given.get("DATA_DIR") or ROOT / "var"),
            host=given.get("HOST") or cls.host,
            port=int(given.get("PORT") or cls.port),
            dicom_port=int(given.get("DICOM_PORT") or cls.dicom_port),
            demo=given.get("DEMO", "1").lower() not in {"0", "false", "no", "off", ""},
        )

    @property
    def engines(self) -> list[Postgres | Valkey]:
        return engines.wanted(self.place, self.given, durable=self.durable)

    @property
    def dicom_host(self) -> str:
        return self.given.get("DICOM_HOST") or self.host

    @property
    def ae_title(self) -> str:
        return self.given.get("DICOM_AE_TITLE") or "IMAGING_DEPT"

    @property
    def accounts(self) -> Path:
        """Who may sign in to the demonstration; there is one if this file is."""
        return self.place.data / "demo-accounts.txt"

    @property
    def is_on_loopback(self) -> bool:
        return is_loopback(self.host)

    @property
    def url(self) -> str:
        """Where this machine reaches it."""
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host, self.host)  # noqa: S104
        return f"http://{host}:{self.port}/"

    def environment(self) -> dict[str, str]:
        """The whole environment of its programs. What was given stays; the rest is filled in."""
        ours = {
            "DJANGO_SETTINGS_MODULE": SETTINGS_MODULE,
            "SECRET_KEY": self.given.get("SECRET_KEY") or self.place.secret_key(),
            "TIME_ZONE": machine_time_zone(),
            "ALLOWED_HOSTS": ",".join(self.names()),
            "HTTPS": "0",  # nothing here speaks TLS; whoever puts something before it says HTTPS=1
            "DICOM_HOST": self.dicom_host,
            "PYTHONUNBUFFERED": "1",
        }
        decided = {
            "DATA_DIR": str(self.place.data),
            "DICOM_PORT": str(self.dicom_port),
            "DEMO": "1" if self.demo else "0",
            "OWN_PYTHON": "1",  # whoever starts these has prepared the folder already
            "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), self.given.get("PYTHONPATH")])),
            "PROMETHEUS_MULTIPROC_DIR": str(self.place.figures),
            **engines.addresses(self.engines),
        }
        return ours | {name: value for name, value in self.given.items() if value} | decided

    def names(self) -> list[str]:
        """The host names under which it may be asked for."""
        names = ["localhost", "127.0.0.1", "[::1]"]
        if not self.is_on_loopback:
            names += [self.host, socket.gethostname(), socket.getfqdn()]
        return list(dict.fromkeys(names))


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address or name."""
    try:
        found = {entry[4][0] for entry in socket.getaddrinfo(host, None)}
    except OSError:
        return False
    return all(ipaddress.ip_address(address).is_loopback for address in found)


def machine_time_zone() -> str:
    """The machine's zone by name, or UTC."""
    named = os.environ.get("TZ", "").lstrip(":")
    if named:
        return named if (Path("/usr/share/zoneinfo") / named).is_file() else "UTC"
    _, found, zone = os.path.realpath("/etc/localtime").partition("zoneinfo/")
    return zone if found else "UTC"
