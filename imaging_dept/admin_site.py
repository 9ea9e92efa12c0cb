"""The settings' pages, arranged as administrators think of them and not by Django app."""

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Key, heading, and the models in it in the order they are shown.
GROUPS: list[tuple[str, Promise, list[str]]] = [
    ("people", _("People and roles"), ["staff.user", "auth.group", "staff.apitoken"]),
    (
        "catalogue",
        _("Catalogue"),
        [
            *("worklist.proceduretype", "worklist.expectedview", "worklist.proceduretext"),
            "worklist.contrastagent",
        ],
    ),
    (
        "places",
        _("Places and machines"),
        [
            *("equipment.room", "equipment.device", "equipment.openinghours", "equipment.node"),
            "equipment.maintenanceplan",
        ],
    ),
    (
        "safety",
        _("Safety"),
        ["worklist.questionnaire", "worklist.question", "patients.askagain"],
    ),
    ("reports", _("Reports"), ["reports.reporttemplate", "reports.readingtarget"]),
    (
        "looked-at",
        _("Looked at only"),
        [
            *("patients.patient", "patients.alert", "worklist.order"),
            *("worklist.scheduledprocedure", "reports.report", "reports.preliminarynote"),
        ],
    ),
]
REST = ("rest", _("Signing in"))  # what the libraries for the door keep, for superusers


class SettingsSite(AdminSite):
    """One page per group; the pages of a single Django app stay as they are."""

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        if app_label is not None:
            return super().get_app_list(request, app_label)
        apps = super().get_app_list(request)
        pages = {page["model"]._meta.label_lower: page for app in apps for page in app["models"]}
        groups = [
            group_of(key, heading, [pages.pop(name) for name in names if name in pages])
            for key, heading, names in GROUPS
        ]
        groups.append(group_of(*REST, list(pages.values())))
        return [group for group in groups if group["models"]]


def group_of(key: str, heading: str | Promise, models: list[Any]) -> dict[str, Any]:
    """In the shape that Django's templates expect of an app; it has no page of its own."""
    return {"app_label": key, "name": heading, "app_url": "", "models": models}
