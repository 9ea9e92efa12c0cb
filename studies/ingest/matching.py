"""Which scheduled procedure each series was made for, and how many images that makes."""

import datetime as dt

from django.utils.translation import gettext

from audit.services import record
from studies.completeness import count_completeness
from studies.ingest.owners import ordered_for
from studies.ingest.placing import Placed
from studies.models import Instance, Match, Series, Study
from worklist.models import Discrepancy, ScheduledProcedure
from worklist.services import note_images
from worklist.services.discrepancies import note_discrepancy
from worklist.services.moving import Cause


def match_series(study: Study, placed: Placed, day: dt.date) -> None:
    """Find a procedure for every series that has none; each rule that found one is recorded.

    A study that a person has matched stays with that procedure. A series for which no rule finds
    anything goes with the rest of its study. The order may have come after the images, so that an
    unmatched series is looked up again with each further image.
    """
    facts_of = {instance.series_id: reading.facts for reading, instance in placed.instances}
    lonely = [s for s in placed.series.values() if s.procedure_id is None and s.pk in facts_of]
    if not lonely:
        return
    matches = {match.procedure_id: match for match in study.matches.with_procedure()}
    for series in lonely:
        match = chosen_by_hand(matches)
        if match is None:
            found = ordered_for(facts_of[series.pk], study.patient, day)
            if found is not None and found[0].order.patient_id == study.patient_id:
                match = matches.get(found[0].pk) or note_match(study, *found)
                matches[match.procedure_id] = match
        match = match or next(iter(matches.values()), None)
        if match is not None:
            assign(study, series, match.procedure)


def chosen_by_hand(matches: dict[int, Match]) -> Match | None:
    """What a person said, which no rule overrules."""
    by_hand = (match for match in matches.values() if match.rule == Match.Rule.MANUAL)
    return next(by_hand, None)


def note_match(study: Study, procedure: ScheduledProcedure, rule: str) -> Match:
    """Write down that a rule links them."""
    match = Match.objects.create(study=study, procedure=procedure, rule=rule)
    record(
        "study.matched",
        study,
        by=None,
        patient=study.patient,
        rule=rule,
        procedure=procedure.pk,
    )
    return match


def assign(study: Study, series: Series, procedure: ScheduledProcedure) -> None:
    """The series was made for this procedure, the study for its order."""
    series.procedure = procedure
    series.save(update_fields=["procedure"])
    if study.order_id is None:
        study.order = procedure.order
        study.save(update_fields=["order"])


def note_wrong_sides(placed: Placed, now: dt.datetime) -> None:
    """Leave a note where images say that they show the other side than was ordered."""
    for _reading, instance in placed.instances:
        procedure = instance.series.procedure
        if procedure is not None and {instance.laterality, procedure.side} == {"L", "R"}:
            note_discrepancy(
                procedure,
                Discrepancy.Kind.WRONG_SIDE,
                gettext("Ordered: %(side)s. An image says it shows the other side.")
                % {"side": procedure.get_side_display()},
                Cause(None, "images", at=now),
            )


def count_images(placed: Placed, now: dt.datetime) -> None:
    """Tell the worklist how many images each procedure has now."""
    touched = {placed.procedure_of(instance) for _reading, instance in placed.instances}
    for procedure_pk in sorted(pk for pk in touched if pk is not None):
        received = Instance.objects.acquired_for(procedure_pk).count()
        note_images(procedure_pk, received=received, at=now)
        count_completeness(procedure_pk)
