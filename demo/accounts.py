"""The people of the demonstration department, and where their password is kept."""

import os
import secrets
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from staff.models import User

PEOPLE = [
    # username, first name, last name, role
    ("technician", "Tomas", "Lindqvist", "Technician"),
    ("radiologist", "Rana", "Haddad", "Radiologist"),
    ("referrer", "Felix", "Okafor", "Referrer"),
    ("scheduler", "Sofia", "Marques", "Scheduler"),
    ("engineer", "Emil", "Novak", "Engineer"),
    ("admin", "Ada", "Whitfield", "Administrator"),
]
COLLEAGUES = [
    ("j.brandt", "Jonas", "Brandt", "Technician"),
    ("m.oyelaran", "Mo", "Oyelaran", "Technician"),
    ("k.virtanen", "Kaisa", "Virtanen", "Radiologist"),
    ("h.lindgren", "Hanna", "Lindgren", "Referrer"),
    ("p.moreau", "Pierre", "Moreau", "Referrer"),
    ("g.tanaka", "Goro", "Tanaka", "Engineer"),
]


def load_people() -> dict[str, User]:
    """Make the people of every role. Six share one password; their colleagues have none."""
    password = os.environ.get("DEMO_PASSWORD") or secrets.token_urlsafe(9)
    hashed, people = make_password(password), {}
    for username, first, last, role in PEOPLE + COLLEAGUES:
        person = User(
            username=username,
            first_name=first,
            last_name=last,
            is_staff=role == "Administrator",
        )
        if (username, first, last, role) in PEOPLE:
            person.password = hashed
        else:
            person.set_unusable_password()
        person.save()
        person.groups.add(Group.objects.get(name=role))
        people[username] = person
    _keep_password(password)
    return people


def _keep_password(password: str) -> None:
    """Write who may sign in to <data-dir>/demo-accounts.txt, for its owner's eyes only."""
    place = Path(settings.DATA_DIR) / "demo-accounts.txt"
    lines = [f"{username:<12} {password}   {role}" for username, _f, _l, role in PEOPLE]
    descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.fchmod(descriptor, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write("\n".join(lines) + "\n")
