"""Everybody and everything that takes part."""

import datetime as dt
import random
from dataclasses import dataclass, field

from equipment.models import Device
from patients.models import Patient
from staff.models import User
from worklist.models import ContrastAgent, ProcedureType

TECHNICIANS = ("technician", "technician", "j.brandt", "m.oyelaran")
RADIOLOGISTS = ("radiologist", "k.virtanen")
REFERRERS = ("referrer", "referrer", "h.lindgren", "p.moreau")


@dataclass
class Cast:
    """People by username, patients by family name, devices by modality, the catalogue by code."""

    people: dict[str, User]
    patients: dict[str, Patient]
    devices: dict[str, Device]
    catalogue: dict[str, ProcedureType]
    agents: dict[str, ContrastAgent]
    chance: random.Random
    now: dt.datetime
    turns: dict[tuple[str, ...], int] = field(default_factory=dict)

    def next_of(self, usernames: tuple[str, ...]) -> User:
        """They take turns."""
        turn = self.turns.get(usernames, 0)
        self.turns[usernames] = turn + 1
        return self.people[usernames[turn % len(usernames)]]

    @property
    def scheduler(self) -> User:
        return self.people["scheduler"]

    @property
    def engineer(self) -> User:
        return self.people["engineer"]
