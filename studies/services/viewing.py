"""Opening a study is itself a thing that is written down."""

import datetime as dt
from typing import TYPE_CHECKING

from django.utils import timezone

from audit.models import Entry
from audit.services import record
from studies.models import Study

if TYPE_CHECKING:
    from staff.models import User

SAME_LOOK = dt.timedelta(minutes=5)  # pages refresh themselves: that is one look, not sixty


def view_study(study: Study, *, by: "User", how: str = "page") -> None:
    """Note that a person looks at this study; once for one look. `how`: page, viewer, dicomweb."""
    recently = timezone.now() - SAME_LOOK
    looks = Entry.objects.about(study).filter(verb="study.viewed", actor=by, at__gte=recently)
    if not looks.exists():
        record("study.viewed", study, by=by, patient=study.patient, how=how)
