"""Filing the objects of one study, in one transaction.

Locks are taken in one order everywhere: rows of received objects, the study, the patient, the
procedure. Two workers with parts of the same study wait for each other, and never in a circle.
"""

from collections.abc import Sequence
from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from common.files import remove
from common.live import poke
from common.locks import hold
from studies.facts import PatientFacts
from studies.ingest.matching import count_images, match_series, note_wrong_sides
from studies.ingest.owners import check_owner, owner_of
from studies.ingest.placing import note_growth, open_study, place
from studies.ingest.reading import Reading
from studies.ingest.settling import Disagrees, Reason, set_aside, tell_uploads
from studies.ingest.writing import write_rows
from studies.likeness import is_intact, is_same_object, object_differences
from studies.models import IncomingFile, Instance, Study

Status = IncomingFile.Status


@transaction.atomic
def file_study(study_uid: str, readings: Sequence[Reading]) -> None:
    """Put these objects where they belong. Doing it twice leaves the same records."""
    waiting = IncomingFile.objects.hold_waiting(reading.pk for reading in readings)
    # What is missing there, somebody else has settled in the meantime.
    readings = [reading for reading in readings if reading.pk in waiting]
    hold(f"study {study_uid}")
    known = Instance.objects.by_uid(reading.facts.sop_uid for reading in readings)
    fresh: dict[str, Reading] = {}
    for reading in readings:
        sop_uid = reading.facts.sop_uid
        if sop_uid in known:
            settle_twin(reading, known[sop_uid])
        elif sop_uid in fresh:
            IncomingFile.objects.all().give_back([reading.pk])  # compared when the first is filed
        else:
            fresh[sop_uid] = reading
    if fresh:
        file_fresh(study_uid, list(fresh.values()))


def file_fresh(study_uid: str, readings: Sequence[Reading]) -> None:
    """File objects that are not here yet. Those that contradict what is here are set aside."""
    study = Study.objects.locked_by_uid(study_uid)
    checked: set[PatientFacts] = set()
    agreeing: list[Reading] = []
    for reading in readings:
        try:
            if study is None:
                owner = owner_of(reading.facts, timezone.localdate())
                study = open_study(owner, reading.facts)
            elif reading.facts.patient not in checked:
                check_owner(study, reading.facts)
        except Disagrees as why:
            set_aside(reading.incoming, why.reason)
            continue
        checked.add(reading.facts.patient)
        agreeing.append(reading)
    if study is not None and agreeing:
        place_agreeing(study, agreeing)


def place_agreeing(study: Study, readings: Sequence[Reading]) -> None:
    """Make series and instances, match, count, and settle the rows."""
    now = timezone.now()
    placed = place(study, readings)
    for reading, reason in placed.misplaced:
        set_aside(reading.incoming, reason)
    if not placed.instances:
        return
    match_series(study, placed, now.date())
    write_rows(study, placed.instances)
    note_growth(study, placed, now)
    record(
        "study.images_filed",
        study,
        by=None,
        patient=study.patient,
        sender=readings[0].incoming.sender,
        images=len(placed.instances),
    )
    count_images(placed, now)
    note_wrong_sides(placed, now)
    tell_uploads(reading.incoming for reading, _instance in placed.instances)
    transaction.on_commit(partial(poke, "incoming", "studies", f"study-{study.pk}"))


def settle_twin(reading: Reading, kept: Instance) -> None:
    """An object whose identifier is here already: the same again, or something to look at."""
    incoming = reading.incoming
    study = kept.series.study
    intact = is_intact(kept)
    if intact and not is_same_object(kept, incoming, reading.facts):
        set_aside(
            incoming,
            Reason(
                "same_uid_other_content",
                _("An object with the same identifier but other content is here already."),
                differences=object_differences(kept, reading.facts),
                patient=study.patient,
                procedure=kept.series.procedure,
                study=study,
                instance=kept,
            ),
        )
        return
    if intact:
        transaction.on_commit(partial(remove, incoming.path))
        incoming.path = ""
    else:
        mend(kept, reading)
    incoming.move_to(Status.ALREADY_HERE)
    incoming.instance = kept
    incoming.study = study
    incoming.patient = study.patient
    incoming.procedure = kept.series.procedure
    incoming.settled_at = timezone.now()
    incoming.save()
    tell_uploads([incoming])


def mend(kept: Instance, reading: Reading) -> None:
    """Our own bytes are gone or cut short: the ones that came now take their place."""
    incoming = reading.incoming
    record(
        "instance.mended",
        kept,
        by=None,
        patient=kept.series.study.patient,
        sender=incoming.sender,
        same_bytes=kept.sha256 == incoming.sha256,
    )
    kept.path, kept.size, kept.sha256 = incoming.path, incoming.size, incoming.sha256
    kept.transfer_syntax = reading.facts.transfer_syntax
    kept.pixel_layout = reading.facts.pixel_layout
    kept.save(update_fields=["path", "size", "sha256", "transfer_syntax", "pixel_layout"])
