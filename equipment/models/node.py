"""Machines that are not modalities."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from equipment.models.device import AE_TITLE

if TYPE_CHECKING:
    from staff.models import User


class NodeQuerySet(models.QuerySet["Node"]):
    def visible_to(self, user: "User") -> Self:
        return self if user.has_perm("equipment.view_node") else self.none()


class Node(models.Model):
    """A machine that is not a modality: a workstation, an archive, a test program."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    ae_title = models.CharField(_("AE title"), max_length=16, unique=True, validators=[AE_TITLE])
    address = models.GenericIPAddressField(
        _("address"), null=True, blank=True, help_text=_("Empty: it may call from anywhere.")
    )
    port = models.PositiveIntegerField(_("port"), null=True, blank=True)
    may_store = models.BooleanField(_("may send images"), default=False)
    may_query_worklist = models.BooleanField(_("may query the worklist"), default=False)
    may_retrieve = models.BooleanField(_("may query and retrieve images"), default=False)
    character_set = models.CharField(
        _("character set of answers"), max_length=64, default="ISO_IR 192"
    )
    last_heard_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = NodeQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="node_with_port_has_address",
                condition=Q(port__isnull=True) | Q(address__isnull=False),
                violation_error_message=_("A port needs an address."),
            )
        ]

    def __str__(self) -> str:
        return self.name
