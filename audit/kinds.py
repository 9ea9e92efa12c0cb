"""The kinds of record that entries are about: what people call them, and where their pages are.

Entries keep a kind and a key ("patients.patient", "17"). Pages meet by URL: this app imports none
of those that lie above it. A new kind of record gets a line in KINDS; without one it is called by
its model's name and has no link. One question per kind finds all names that a page shows.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.urls import NoReverseMatch, resolve, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from staff.models import User

PATIENT = "patients.patient"
PERSON = "staff.user"


@dataclass(frozen=True, slots=True)
class Kind:
    """`page` is the name of a URL that takes the attribute `by`; `joins` are what str() needs."""

    word: str | Promise
    page: str = ""
    by: str = "pk"
    joins: tuple[str, ...] = ()


KINDS: dict[str, Kind] = {
    "equipment.attachment": Kind(_("Photo or document"), "equipment:attachment"),
    "equipment.device": Kind(_("Device"), "equipment:device"),
    "equipment.downtime": Kind(_("Block"), "equipment:block"),
    "equipment.maintenanceentry": Kind(_("Maintenance entry"), "equipment:entry"),
    "equipment.maintenanceplan": Kind(_("Maintenance plan"), "equipment:plan"),
    "equipment.room": Kind(_("Room"), "equipment:room"),
    "patients.alert": Kind(_("Alert")),
    "patients.identifier": Kind(_("Identifier")),
    PATIENT: Kind(_("Patient"), "patients:patient"),
    "reports.preliminarynote": Kind(_("Preliminary note")),
    "reports.report": Kind(
        _("Report"), "reports:report", by="study.study_instance_uid", joins=("study",)
    ),
    PERSON: Kind(_("Person"), "audit:person"),
    "studies.commitment": Kind(_("Commitment"), "studies:commitment"),
    "studies.incomingfile": Kind(_("Received object"), "studies:set_aside"),
    "studies.instance": Kind(_("Image")),
    "studies.study": Kind(_("Study"), "studies:study", by="study_instance_uid"),
    "studies.upload": Kind(_("Upload"), "upload:batch"),
    "worklist.discrepancy": Kind(_("Discrepancy")),
    "worklist.order": Kind(_("Order"), "worklist:order"),
    "worklist.performedprocedure": Kind(_("Performed step"), "worklist:performed"),
    "worklist.proposal": Kind(_("Proposal")),
    "worklist.scheduledprocedure": Kind(
        _("Procedure"), "worklist:procedure", joins=("procedure_type",)
    ),
}


@dataclass(frozen=True, slots=True)
class Record:
    """One record as the trail shows it. `found` is None when this person may not see it."""

    kind: str
    key: str
    word: str
    url: str = ""
    found: Model | None = None

    @property
    def name(self) -> str:
        return str(self.found) if self.found is not None else self.key

    @property
    def is_confidential(self) -> bool:
        return bool(getattr(self.found, "is_confidential", False))


def model_of(kind: str) -> type[Model] | None:
    """The model behind "app.model"; None for what no longer exists or never did."""
    try:
        return apps.get_model(kind)
    except (LookupError, ValueError):
        return None


def word_for(kind: str) -> str:
    """What people call such a record."""
    if kind in KINDS:
        return str(KINDS[kind].word)
    model = model_of(kind)
    return str(model._meta.verbose_name).capitalize() if model else kind


def rows_of(kind: str, keys: Iterable[str], user: "User") -> QuerySet[Any] | None:
    """The records of one kind that `user` may see among `keys`, with what their names need."""
    model = model_of(kind)
    if model is None:
        return None
    rows: Any = model._default_manager.all()
    if hasattr(rows, "visible_to"):
        rows = rows.visible_to(user)
    elif not user.has_perm("audit.view_entry"):
        rows = rows.filter(pk=user.pk) if kind == PERSON else rows.none()
    joins = KINDS[kind].joins if kind in KINDS else ()
    usable = [key for key in keys if is_key_of(model, key)]
    found: QuerySet[Any] = rows.select_related(*joins).filter(pk__in=usable)
    return found


def is_key_of(model: type[Model], key: str) -> bool:
    """Could `key` be a primary key of `model` at all?"""
    field: Any = model._meta.pk
    try:
        field.clean(key, None)
    except ValidationError:
        return False
    return True


def is_kind_of_key(kind: str, key: str) -> bool:
    """Is there such a kind of record, and could this be the key of one?"""
    model = model_of(kind)
    return model is not None and kind == model._meta.label_lower and is_key_of(model, key)


def address_of(record: Model, kind: str, user: "User") -> str:
    """The page of a record, if there is one and this person may open it."""
    known = KINDS.get(kind)
    if known is None or not known.page:
        return ""
    try:
        path = reverse(known.page, args=[attrgetter(known.by)(record)])
    except NoReverseMatch:
        return ""
    needed: frozenset[str] = getattr(resolve(path).func, "needs", frozenset())
    return path if any(user.has_perm(permission) for permission in needed) else ""


def find_records(named: Iterable[tuple[str, str]], user: "User") -> dict[tuple[str, str], Record]:
    """Every (kind, key) as a record to show: one question per kind, however many there are."""
    by_kind: dict[str, set[str]] = defaultdict(set)
    for kind, key in named:
        by_kind[kind].add(key)
    records = {}
    for kind, keys in by_kind.items():
        rows = rows_of(kind, keys, user)
        found = {str(row.pk): row for row in rows} if rows is not None else {}
        for key in keys:
            records[kind, key] = as_record(kind, key, found.get(key), user)
    return records


def as_record(kind: str, key: str, found: Model | None, user: "User") -> Record:
    """One record in words, with its address when it was found."""
    url = address_of(found, kind, user) if found is not None else ""
    return Record(kind, key, word_for(kind), url, found)


def find_record(kind: str, key: str, user: "User") -> Record:
    return find_records([(kind, key)], user)[kind, key]
