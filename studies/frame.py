"""What the frame of every page says of images on their way."""

import datetime as dt

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from common.templatetags.ward import in_words
from staff.models import User
from staff.places import Count, Notice, count_at, finds_notices
from studies.models import Commitment, IncomingFile

USUAL_WAIT = dt.timedelta(minutes=2)  # filing takes a second; a large upload may take its turn


@count_at("set-aside")
def set_aside(user: User) -> Count:
    """How many objects somebody has to look at."""
    number = IncomingFile.objects.visible_to(user).set_aside().count()
    words = ngettext("%d object set aside", "%d objects set aside", number) % number
    return Count(number, words, is_urgent=True)


@finds_notices
def images_delayed(user: User) -> list[Notice]:
    """Images that were received and kept, but wait longer than usual to be filed."""
    now = timezone.now()
    late = IncomingFile.objects.visible_to(user).waiting_since(now - USUAL_WAIT)
    number, first = late.how_many_since()
    if first is None:
        return []
    sentence = ngettext(
        "%(number)d image waits to be filed, since %(time)s. It is kept safely.",
        "%(number)d images wait to be filed, the first since %(time)s. They are kept safely.",
        number,
    ) % {"number": number, "time": in_words(first, now, "clock")}
    return [Notice(sentence, reverse("studies:set_aside_list"), is_trouble=True)]


@finds_notices
def untold_devices(user: User) -> list[Notice]:
    """A device asked whether its images are safe, and could not be told for a day."""
    if not user.has_perm("studies.resolve_incomingfile"):
        return []
    number = Commitment.objects.undelivered().count()
    if not number:
        return []
    sentence = ngettext(
        "%d request for commitment could not be answered: the device does not take the call.",
        "%d requests for commitment could not be answered: the devices do not take the call.",
        number,
    )
    return [Notice(sentence % number, reverse("studies:commitments") + "?show=undelivered")]
