"""The technician's eye on each image: kept, rejected with a coded reason, restored; key images.

A rejected image leaves every clinical view, but nothing is deleted: its bytes, its row and each
decision about it stay, it stays counted, and it comes back with `restore_image`. It may be rejected
after its study was reported, because that is when the wrong patient is noticed; whoever shows the
report shows the rejection too (`ImageReview.objects.standing()`, signal `images_reviewed`).

All of it happens under the lock of the study, which filing takes as well: the counts stay exact
even when images arrive at the same moment.
"""

import datetime as dt
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from common.live import poke
from common.refusals import Refused
from studies.arrivals import plain
from studies.models import ImageReview, Instance, KeyImage, Series, Study
from studies.reject_reasons import REASONS, RejectReason
from studies.services.counting import count_rejected
from studies.signals import images_reviewed

if TYPE_CHECKING:
    from staff.models import User
    from studies.models.queries import InstanceQuerySet
    from worklist.models import ScheduledProcedure

Decision = ImageReview.Decision
UNDO = dt.timedelta(hours=1)  # so long a rejection is taken back without saying why
LONGEST_COMMENT = 200


@transaction.atomic
def keep_image(instance: Instance, *, by: "User") -> Instance:
    """Say that an image is good as it is; saying so twice changes nothing.

    Refused for a rejected one: it is restored first.
    """
    study, [instance] = _locked(Instance.objects.filter(pk=instance.pk), instance.series.study_id)
    if instance.is_rejected:
        raise Refused(_("This image is rejected. Restore it first."))
    _keep(study, [instance], by)
    return instance


@transaction.atomic
def keep_series(series: Series, *, by: "User") -> int:
    """Keep every image of a series that is not rejected; of how many that is news."""
    left = Instance.objects.filter(series=series.pk).clinical()
    return _keep(*_locked(left, series.study_id), by)


@transaction.atomic
def keep_all(procedure: "ScheduledProcedure", *, by: "User") -> int:
    """Keep every image of a procedure that is not rejected; of how many that is news."""
    studies = Study.objects.made_for(procedure.pk).order_by("pk")
    kept = 0
    for study_pk in studies.values_list("pk", flat=True):
        made = Instance.objects.acquired_for(procedure.pk).filter(series__study=study_pk)
        kept += _keep(*_locked(made, study_pk), by)
    return kept


def _keep(study: Study, instances: Sequence[Instance], by: "User") -> int:
    fresh = _decide(instances, Decision.KEPT, by)
    if fresh:
        record(
            "image.kept",
            study,
            by=by,
            patient=study.patient,
            instances=_few(fresh),
            images=len(fresh),
        )
        _tell(study, fresh)
    return len(fresh)


def reject_image(instance: Instance, *, by: "User", reason: str, comment: str = "") -> Instance:
    """Take an image out of clinical views, for a coded reason (CID 7011 or ours).

    One that is rejected already stays as it is, with its first reason. Refused without a reason
    that is on the list.
    """
    study_pk = instance.series.study_id
    _reject(study_pk, Instance.objects.filter(pk=instance.pk), by, (reason, comment))
    instance.refresh_from_db()
    return instance


def reject_series(series: Series, *, by: "User", reason: str, comment: str = "") -> int:
    """Reject all images of a series in one action; how many were not rejected before."""
    images = Instance.objects.filter(series=series.pk)
    return _reject(series.study_id, images, by, (reason, comment))


@transaction.atomic
def _reject(study_pk: int, wanted: "InstanceQuerySet", by: "User", words: tuple[str, str]) -> int:
    """`words` are the code of the reason and a comment."""
    why, comment = REASONS.get(words[0]), words[1]
    if why is None:
        raise Refused(_("Choose one of the reasons."))
    study, instances = _locked(wanted, study_pk)
    fresh = [instance for instance in instances if not instance.is_rejected]
    if not fresh:
        return 0
    _decide(fresh, Decision.REJECTED, by, why, comment)
    marks = KeyImage.objects.filter(instance__in=fresh)
    _note_change(study, fresh, is_rejected=True)
    record(
        "image.rejected",
        study,
        by=by,
        patient=study.patient,
        instances=_few(fresh),
        images=len(fresh),
        reason_code=why.code,
        key_marks_removed=marks.count(),
    )
    marks.delete()
    return len(fresh)


def restore_image(instance: Instance, *, by: "User", reason: str = "") -> Instance:
    """Bring a rejected image back; one that is not rejected stays as it is.

    Within an hour that is an undo; later it is refused unless somebody says why.
    """
    _restore(instance.series.study_id, Instance.objects.filter(pk=instance.pk), by, reason)
    instance.refresh_from_db()
    return instance


def restore_series(series: Series, *, by: "User", reason: str = "") -> int:
    """Bring all rejected images of a series back; how many these were."""
    images = Instance.objects.filter(series=series.pk)
    return _restore(series.study_id, images, by, reason)


@transaction.atomic
def _restore(study_pk: int, wanted: "InstanceQuerySet", by: "User", reason: str) -> int:
    study, instances = _locked(wanted, study_pk)
    back = [instance for instance in instances if instance.is_rejected]
    if not back:
        return 0
    last = ImageReview.objects.filter(instance__in=back).rejections().newest_first().first()
    if not reason.strip() and last is not None and timezone.now() - last.at > UNDO:
        raise Refused(_("It was rejected more than an hour ago. Say why it comes back."))
    _decide(back, Decision.RESTORED, by, comment=reason)
    _note_change(study, back, is_rejected=False)
    record(
        "image.restored",
        study,
        by=by,
        patient=study.patient,
        instances=_few(back),
        images=len(back),
    )
    return len(back)


@transaction.atomic
def mark_key(instance: Instance, *, by: "User", comment: str = "") -> KeyImage:
    """Point at an image: look here first. Marking it again changes nothing.

    Refused for a rejected one.
    """
    study, [instance] = _locked(Instance.objects.filter(pk=instance.pk), instance.series.study_id)
    if instance.is_rejected:
        raise Refused(_("A rejected image cannot be a key image."))
    mark, is_new = KeyImage.objects.get_or_create(
        instance=instance, defaults={"by": by, "comment": plain(comment, LONGEST_COMMENT)}
    )
    if is_new:
        record("image.marked", study, by=by, patient=study.patient, instance=instance.pk)
        _tell(study, [instance])
    return mark


@transaction.atomic
def unmark_key(instance: Instance, *, by: "User") -> None:
    """Take the mark away; nothing happens when there is none."""
    study, [instance] = _locked(Instance.objects.filter(pk=instance.pk), instance.series.study_id)
    removed, _tables = KeyImage.objects.filter(instance=instance).delete()
    if removed:
        record("image.unmarked", study, by=by, patient=study.patient, instance=instance.pk)
        _tell(study, [instance])


def _locked(wanted: "InstanceQuerySet", study_pk: int) -> tuple[Study, list[Instance]]:
    """The study of these images, locked, and then the images as they stand now."""
    study = Study.objects.locked(study_pk)
    return study, list(wanted.select_related("series").order_by("pk"))


def _decide(
    instances: Sequence[Instance],
    decision: str,
    by: "User",
    why: RejectReason | None = None,
    comment: str = "",
) -> list[Instance]:
    """Write a decision about each; those of which it is news. Kept twice is kept once."""
    fresh = list(instances)
    if decision == Decision.KEPT:
        latest = ImageReview.objects.filter(instance__in=fresh).latest_of_each()
        kept = {review.instance_id for review in latest if review.decision == Decision.KEPT}
        fresh = [instance for instance in fresh if instance.pk not in kept]
    now = timezone.now()
    ImageReview.objects.bulk_create(
        ImageReview(
            instance=instance,
            decision=decision,
            reason_code=why.code if why else "",
            reason_scheme=why.scheme if why else "",
            comment=plain(comment.strip(), LONGEST_COMMENT),
            at=now,
            by=by,
        )
        for instance in fresh
    )
    return fresh


def _note_change(study: Study, instances: Sequence[Instance], *, is_rejected: bool) -> None:
    """Say so in the rows, count again, and tell whoever shows the study."""
    keys = [instance.pk for instance in instances]
    Instance.objects.filter(pk__in=keys).update(is_rejected=is_rejected)
    procedures = {instance.series.procedure_id for instance in instances}
    count_rejected(study, procedures)
    images_reviewed.send(Study, study=study, instances=keys, is_rejected=is_rejected)
    _tell(study, instances)


def _tell(study: Study, instances: Sequence[Instance]) -> None:
    pages = {f"procedure-{i.series.procedure_id}" for i in instances if i.series.procedure_id}
    transaction.on_commit(partial(poke, f"study-{study.pk}", "studies", *sorted(pages)))


def _few(instances: Sequence[Instance]) -> list[int]:
    """Keys for the trail; a whole CT is told by its count, and its reviews know the rest."""
    return [instance.pk for instance in instances[:50]]
