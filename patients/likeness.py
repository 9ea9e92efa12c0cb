"""Is this somebody we know already? Asked before a second record is made for the same person."""

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import pairwise
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from common.text import fold
from patients.dates import days_meant_by
from patients.models import Patient, PatientQuerySet
from patients.names import PersonName
from patients.services import Identity

if TYPE_CHECKING:
    from staff.models import User

MOST = 8
SAME_NAME = 4  # how much it weighs
ALIKE = 0.72  # of two names, as SequenceMatcher counts: Jensen and Jansen are, Jensen and Janssens
SOUNDS = {
    letter: str(number)
    for number, letters in enumerate(["bpvfw", "cgjkqsxz", "dt", "l", "mn", "r"], start=1)
    for letter in letters
}


@dataclass(frozen=True, slots=True)
class Stranger:
    """What is known of whoever is being registered."""

    identity: Identity
    numbers: Collection[str] = ()

    @property
    def names(self) -> list[PersonName]:
        groups = (
            self.identity.name_alphabetic,
            self.identity.name_ideographic,
            self.identity.name_phonetic,
        )
        return [PersonName.of(group) for group in groups if group]


@dataclass(slots=True)
class Likely:
    """Somebody on record, and why it may be the same person."""

    patient: Patient
    reasons: list[str] = field(default_factory=list)
    weight: int = 0
    last_visit: dt.datetime | None = None
    address: str = ""
    """Where "this is the patient" leads; the page sets it."""

    def because(self, reason: str, weight: int) -> None:
        self.reasons.append(reason)
        self.weight += weight


def likely_known(stranger: Stranger, *, to: "User", but: int | None = None) -> list[Likely]:
    """Who on record may be the same person, the likeliest first.

    The same number; the same name whenever born; born on the same day, or on one that a slip of
    the hand makes of it, with a name that looks or sounds alike or is turned round.
    """
    visible = Patient.objects.visible_to(to).with_identifiers()
    if but is not None:
        visible = visible.exclude(pk=but)
    found: dict[int, Likely] = {}
    for patient in candidates(stranger, visible):
        likely = found.setdefault(patient.pk, Likely(patient))
        if not likely.reasons:
            weigh(likely, stranger)
    reasoned = [one for one in found.values() if one.reasons]
    reasoned.sort(key=lambda one: (-one.weight, one.patient.pk))
    return with_last_visits(reasoned[:MOST])


def with_last_visits(likely: list[Likely]) -> list[Likely]:
    """When each of them last came: enough to judge by, asked only of the few that are shown."""
    keys = [one.patient.pk for one in likely]
    visits = dict(Patient.objects.among(keys).last_visits()) if keys else {}
    for one in likely:
        one.last_visit = visits.get(one.patient.pk)
    return likely


def candidates(stranger: Stranger, visible: PatientQuerySet) -> Iterator[Patient]:
    """Everybody worth comparing, each found by an index."""
    numbers = [number for number in stranger.numbers if number]
    if numbers:
        yield from visible.known_by(numbers)[:MOST]
    for name in stranger.names:
        if name.family and name.given:
            yield from visible.named(name.family, name.given)[:MOST]
    if stranger.identity.birth_date:
        days = {stranger.identity.birth_date, *slips_of(stranger.identity.birth_date)}
        yield from visible.born_on(days)[:200]


def weigh(likely: Likely, stranger: Stranger) -> None:
    """Say what speaks for the same person. A birth date alone says nothing: many share it."""
    patient, numbers = likely.patient, {number.upper() for number in stranger.numbers if number}
    others = {one.value.upper() for one in patient.identifiers.all()}
    if numbers & {patient.patient_id.upper(), *others}:
        likely.because(_("same number"), 8)
    reason, weight = name_likeness(stranger, patient)
    born, here = patient.birth_date, stranger.identity.birth_date
    if not reason or (born != here and weight < SAME_NAME and born not in slips_of(here)):
        return
    likely.because(reason, weight)
    if born and born == here:
        likely.because(_("same birth date"), 3)
    elif born and born in slips_of(here):
        likely.because(_("birth date one slip apart"), 2)
    if stranger.identity.sex and patient.sex and stranger.identity.sex != patient.sex:
        likely.because(_("another sex on record"), -1)


def name_likeness(stranger: Stranger, patient: Patient) -> tuple[str, int]:
    """How the names are alike in the script in which they are most alike."""
    theirs = [
        PersonName.of(group)
        for group in (patient.name_alphabetic, patient.name_ideographic, patient.name_phonetic)
        if group
    ]
    compared = [compare(one, other) for one in stranger.names for other in theirs]
    return max(compared, key=lambda pair: pair[1], default=("", 0))


def compare(one: PersonName, other: PersonName) -> tuple[str, int]:
    here, there = (fold(one.family), fold(one.given)), (fold(other.family), fold(other.given))
    if not all(here) or not any(there):
        return "", 0
    if here == there:
        return _("same name"), SAME_NAME
    if here == there[::-1]:
        return _("family and given name the other way round"), SAME_NAME
    if are_alike(here, there):
        return _("similar name"), 2
    if are_alike(here, there[::-1]):
        return _("similar name, the other way round"), 2
    return "", 0


def are_alike(here: tuple[str, str], there: tuple[str, str]) -> bool:
    """Each part looks or sounds like its partner; one given name of several is enough."""
    families = looks_or_sounds(here[0], there[0])
    first, second = here[1].split() or [""], there[1].split() or [""]
    return families and (looks_or_sounds(here[1], there[1]) or looks_or_sounds(first[0], second[0]))


def looks_or_sounds(one: str, other: str) -> bool:
    if not one or not other:
        return False
    return sound_of(one) == sound_of(other) or SequenceMatcher(None, one, other).ratio() >= ALIKE


def sound_of(name: str) -> str:
    """Consonants by where they are spoken, without doubles: Meyer, Maier and Mayr are one."""
    letters = [sign for sign in name if sign.isalpha()]
    if not all(sign.isascii() for sign in letters):
        return name
    sounds = [SOUNDS.get(sign, "") for sign in letters]
    kept = [sound for before, sound in pairwise(["", *sounds]) if sound and sound != before]
    start = "" if letters and letters[0] in SOUNDS else "".join(letters[:1])
    return start + "".join(kept)


def slips_of(day: dt.date | None) -> set[dt.date]:
    """Days that a slip of the hand makes of `day`: two neighbouring digits changed places, day and
    month exchanged, one digit of the year or of the day mistyped next to the right one."""
    if day is None:
        return set()
    digits = f"{day:%Y%m%d}"
    texts = {f"{day:%Y%d%m}"}
    for at in range(len(digits) - 1):
        texts.add(digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :])
    for at in (2, 3, 7):
        for step in (-1, 1):
            texts.add(digits[:at] + str((int(digits[at]) + step) % 10) + digits[at + 1 :])
    return {one for text in texts for one in days_meant_by(text)} - {day}
