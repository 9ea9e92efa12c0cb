"""Makes the groups from the table of roles."""

from typing import Any

from django.contrib.auth.models import Group, Permission

from staff.roles import CONFIGURATION, ROLES


def permissions_of(role: str) -> set[str]:
    """What a role holds: its row of the table and, for administrators, the configuration."""
    held = set(ROLES[role])
    if role == "Administrator":
        for label in CONFIGURATION:
            app, model = label.split(".")
            held |= {f"{app}.{verb}_{model}" for verb in ("view", "add", "change", "delete")}
    return held


def make_groups(**_: Any) -> None:
    """After every migrate: each role is a group that holds exactly what the table says."""
    known = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in Permission.objects.select_related("content_type")
    }
    for role in ROLES:
        group, _made = Group.objects.get_or_create(name=role)
        group.permissions.set(known[name] for name in permissions_of(role) if name in known)
