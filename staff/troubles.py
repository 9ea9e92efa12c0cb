"""What the strip above every page says when a part of the system is away."""

import shutil

from django.conf import settings
from django.utils.translation import gettext as _

from common import health
from staff.models import User
from staff.places import Notice, finds_notices


@finds_notices
def broker_away(_user: User) -> list[Notice]:
    """Without the broker pages are not live and images are filed late; none is lost."""
    if health.broker() == health.OK:
        return []
    sentence = _("Pages are not live and images appear later than usual. Nothing is lost.")
    return [Notice(sentence, is_trouble=True)]


@finds_notices
def storage_full(_user: User) -> list[Notice]:
    """Said while there is still room for a few objects; below that, machines are turned away."""
    if shutil.disk_usage(settings.DATA_DIR).free >= 2 * settings.LEAST_FREE_BYTES:
        return []
    sentence = _("The storage for images is nearly full. Machines may soon be refused.")
    return [Notice(sentence, is_trouble=True)]
