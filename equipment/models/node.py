"""Machines that are not modalities."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.text import counted
from equipment.models.peer import Peer

if TYPE_CHECKING:
    from staff.models import User


class NodeQuerySet(models.QuerySet["Node"]):
    def visible_to(self, user: "User") -> Self:
        return self if user.has_perm("equipment.view_node") else self.none()

    def destinations(self) -> Self:
        """Machines that images may be sent to."""
        return self.filter(may_receive=True, address__isnull=False, port__isnull=False)

    def archives(self) -> Self:
        """Machines that can be asked for earlier examinations."""
        return self.filter(is_archive=True, address__isnull=False, port__isnull=False)

    def by_name(self) -> Self:
        return self.order_by(counted("name"), "pk")


class Node(Peer):
    """A machine that is not a modality: a workstation, an archive, a test program."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    character_set = models.CharField(
        _("character set of answers"), max_length=64, default="ISO_IR 192"
    )
    may_receive = models.BooleanField(
        _("may be sent images"),
        default=False,
        db_default=False,
        help_text=_(
            "By people from a study's page, and by C-MOVE of any machine that may retrieve."
        ),
    )
    is_archive = models.BooleanField(
        _("can be asked for earlier examinations"),
        default=False,
        db_default=False,
        help_text=_("It answers C-FIND, and sends to us on C-MOVE."),
    )

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
