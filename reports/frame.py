"""What the frame of every page says of reports: how many wait, and what cannot."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.templatetags.ward import in_words
from reports.models import Report
from staff.models import User
from staff.places import Count, Notice, count_at, finds_notices

MOST_COUNTED = 500  # beyond this the figure says nothing more
MOST_FLAGGED = 3


@count_at("reading")
def waiting_to_be_read(user: User) -> Count:
    """How many studies wait for a report; urgent when one of them cannot wait."""
    waiting = Report.objects.visible_to(user).to_read().most_urgent_first()
    urgencies = list(waiting.values_list("urgency", flat=True)[:MOST_COUNTED])
    number = len(urgencies)
    words = ngettext("%d study waits", "%d studies wait", number) % number
    return Count(number, words, is_urgent=0 in urgencies)


@count_at("results")
def unread_results(user: User) -> Count:
    """How many reports of their own orders somebody has not acknowledged."""
    if not user.has_perm("reports.acknowledge_report"):
        return Count(0, "")
    number = Report.objects.visible_to(user).unread_by(user)[:MOST_COUNTED].count()
    words = ngettext("%d unread report", "%d unread reports", number) % number
    return Count(number, words, is_urgent=False)


@finds_notices
def look_now(user: User) -> list[Notice]:
    """Studies a technician asks to look at now, for those who read."""
    if not user.has_perm("reports.write_report"):
        return []
    flagged = Report.objects.visible_to(user).to_read().flagged().most_urgent_first()
    now = timezone.now()
    return [
        Notice(
            _("Please look now: %(study)s, %(wait)s.")
            % {"study": report.study, "wait": in_words(report.waiting_since, now, "waiting")},
            reverse("reports:report", args=[report.study.study_instance_uid]),
        )
        for report in flagged.with_row_details()[:MOST_FLAGGED]
    ]
