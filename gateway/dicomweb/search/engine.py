"""One search: conditions, one query for the rows of a page, and one more for each need beyond.

It knows nothing of HTTP: a question, rows that are already limited to what somebody may see, and
the address below which results say that they can be retrieved.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from gateway.dicomweb.search import matching, people
from gateway.dicomweb.search.attributes import PATIENT, TABLES, Attribute, Level
from gateway.dicomweb.search.headers import Headers
from gateway.dicomweb.search.limits import limits
from gateway.dicomweb.search.paging import ORDER, RECORD_KEY, following, key_of
from gateway.dicomweb.search.parameters import Question
from gateway.dicomweb.search.requests import OF_THE_ORDER, for_request
from gateway.dicomweb.search.values import Element, element
from studies.models import Instance

# How a row of one level leads to the row of an upper one.
PATHS = {
    Level.STUDY: {Level.STUDY: ""},
    Level.SERIES: {Level.SERIES: "", Level.STUDY: "study__"},
    Level.INSTANCE: {Level.INSTANCE: "", Level.SERIES: "series__", Level.STUDY: "series__study__"},
}
MOST = {Level.STUDY: 1000, Level.SERIES: 5000, Level.INSTANCE: 20_000}  # rows in one answer
UIDS = {
    Level.STUDY: "study_instance_uid",
    Level.SERIES: "series_instance_uid",
    Level.INSTANCE: "sop_instance_uid",
}
UID_TAGS = {Level.STUDY: "0020000D", Level.SERIES: "0020000E", Level.INSTANCE: "00080018"}
SEGMENTS = {Level.STUDY: "studies", Level.SERIES: "series", Level.INSTANCE: "instances"}
FAR = 100  # rows passed over from which the page's keys are found first, and then its columns
MOST_NAMED = 2000  # rows that are named by their keys
MODALITIES, ACCESSION, DESCRIPTION, REFERRER = "00080061", "00080050", "00081030", "00080090"
RETRIEVE_URL = "00081190"
BLANK = '""'  # two quotation marks: what has no value (C.2.2.2.7)

Row = dict[str, Any]
# A tag, how it is told, and from which columns.
Told = tuple[str, Callable[..., Element], tuple[str, ...]]


@dataclass(slots=True)
class Search:
    """A question asked at a level, of rows that are already limited to what the person may see.

    `fixed` are the levels whose UID stands in the address: their attributes are not repeated.
    """

    level: Level
    rows: QuerySet[Any]
    question: Question
    root: str
    fixed: frozenset[Level] = frozenset()
    warnings: list[str] = field(default_factory=list)

    def results(self) -> list[dict[str, Element]]:
        """The answer, in a stable order. Raises BadQuestion and TooMuch."""
        self.warnings.extend(self.question.warnings)
        told = self._told()
        headers = Headers(self.level, self.question, {tag for tag, _tell, _columns in told})
        columns = sorted({column for _tag, _tell, columns in told for column in columns})
        with limits():
            page = self._page(columns, headers)
            if headers.are_needed:
                headers.read([row["header_of"] for row in page if row["header_of"]])
        return [self._result(row, told, headers) for row in page]

    def _page(self, columns: list[str], headers: Headers) -> list[Row]:
        """The rows to tell, and a warning when it is we who cut the list."""
        most, asked = MOST[self.level], self.question.limit
        limit = most if asked is None else min(asked, most)
        start, order = self.question.offset, ORDER[self.level]
        rows = self._matched().order_by(*order)
        if start >= FAR:  # passing over a row costs its key alone
            keys = list(rows.values_list("pk", flat=True)[start : start + limit + 1])
            rows, start = self.rows.filter(pk__in=keys).order_by(*order), 0
        if headers.are_needed:
            rows = rows.annotate(header_of=self._first_instance())
            columns = [*columns, "header_of"]
        page = list(rows.values(*columns)[start : start + limit + 1])
        if len(page) > limit and asked != limit:
            self.warnings.append("There are additional results that can be requested.")
        return page[:limit]

    def _matched(self) -> QuerySet[Any]:
        wanted = dict(self.question.matching)
        condition = self._moment(wanted) & self._people(wanted)
        for key, value in wanted.items():
            condition &= self._condition(key, value)
        if self.question.after:
            condition &= following(self.rows, self.level, self.question.after)
        return self.rows.filter(condition)

    def _moment(self, wanted: dict[str, str]) -> Q:
        """Study date and time together are one stretch of time (PS3.18 10.6.1.2.2)."""
        day, clock = wanted.get("00080020", BLANK), wanted.get("00080030", "")
        if "-" not in clock or day == BLANK:
            return Q()
        del wanted["00080020"], wanted["00080030"]
        path = PATHS[self.level][Level.STUDY]
        return matching.combined(f"{path}study_date", f"{path}study_time", day, clock)

    def _people(self, wanted: dict[str, str]) -> Q:
        """What is asked about the patient, answered among patients."""
        about = {
            a.tag: a
            for a in TABLES[Level.STUDY]
            if a.tag in wanted and a.column.startswith(PATIENT)
        }
        if not about:
            return Q()
        path = PATHS[self.level][Level.STUDY]
        like = self._like(about, wanted)
        of_patient = [
            self._fits(a, a.column.removeprefix(PATIENT), wanted[tag])
            for tag, a in about.items()
            if not (like and a.condition is matching.name)
        ]
        for tag in about:
            del wanted[tag]
        return people.theirs(f"{path}patient", Q(*of_patient), like)

    def _like(self, about: dict[str, Attribute], wanted: dict[str, str]) -> str:
        """The patient's name when it may be misspelt, else ""."""
        names = [wanted[tag] for tag, a in about.items() if a.condition is matching.name]
        is_asked = self.question.is_fuzzy and names and names != [BLANK]
        return names[0] if is_asked else ""

    def _condition(self, key: str, value: str) -> Q:
        paths, name = PATHS[self.level], self.question.names[key]
        if key in OF_THE_ORDER:
            return for_request(key, name, value, paths)
        for level, path in paths.items():
            attribute = next((a for a in TABLES[level] if a.tag == key and a.condition), None)
            if attribute:
                fits = self._fits(attribute, path + attribute.column, value)
                return self._named_if_rare(fits) if _may_be_rare(key, value) else fits
        self.warnings.append(f"Matching on {name} is not supported; the key was ignored.")
        return Q()

    def _named_if_rare(self, condition: Q) -> Q:
        """The database expects to meet what fits all over the list, and would read it whole for a
        rare code, or for numbers that were all given in one month. So a few rows are found first,
        by their own index; of more, some are soon met indeed."""
        if len(self.question.matching) > 1:
            return condition
        few = list(self.rows.filter(condition).values_list("pk", flat=True)[: MOST_NAMED + 1])
        return Q(pk__in=few) if len(few) <= MOST_NAMED else condition

    def _fits(self, attribute: Attribute, column: str, value: str) -> Q:
        """The condition that one attribute's value fits."""
        name, condition = self.question.names[attribute.tag], attribute.condition
        if self.question.finds_blank and value == BLANK:
            return attribute.blank(column) if attribute.blank else Q(pk__in=[])
        if self.question.needs_all and condition is matching.among:
            return matching.all_of(name, column, value)
        if self.question.is_fuzzy and condition is matching.typed_name:
            return people.typed_like(name, column, value)
        return condition(name, column, value) if condition else Q()

    def _told(self) -> list[Told]:
        """The attributes to tell in the order of their tags: each with its columns, as they are
        reached from a row of this level."""
        paths = PATHS[self.level]
        uids = tuple(paths[level] + UIDS[level] for level in sorted(paths))
        told: dict[str, Told] = {RETRIEVE_URL: (RETRIEVE_URL, self._address, uids)}
        if self.question.has_keys:
            told[RECORD_KEY] = (RECORD_KEY, self._key, ("pk",))
        for level, path in paths.items():
            for attribute in filter(partial(self._is_told, level), TABLES[level]):
                columns = tuple(path + column for column in attribute.columns)
                told.setdefault(attribute.tag, (attribute.tag, attribute.tell, columns))
        return [told[tag] for tag in sorted(told)]

    def _is_told(self, level: Level, attribute: Attribute) -> bool:
        is_own = level == self.level or level not in self.fixed
        is_asked = self.question.includes_all or attribute.tag in self.question.included
        is_identity = attribute.tag == UID_TAGS[level]
        return is_identity or is_asked or (is_own and attribute.is_usual)

    def _first_instance(self) -> Subquery | F:
        if self.level == Level.INSTANCE:
            return F("pk")
        up = "series" if self.level == Level.SERIES else "series__study"
        return Subquery(
            Instance.objects.clinical()
            .filter(**{up: OuterRef("pk")})
            .order_by("number")
            .values("pk")[:1]
        )

    def _result(self, row: Row, told: list[Told], headers: Headers) -> dict[str, Element]:
        """One record, its attributes in the order of their tags."""
        result = {}
        for tag, tell, columns in told:
            if found := tell(*[row[column] for column in columns]):
                result[tag] = found
        if not headers.are_needed:
            return result
        return dict(sorted({**headers.of(row["header_of"]), **result}.items()))

    def _address(self, *uids: str) -> Element:
        """Retrieve URL (0008,1190), from the UIDs of all levels, the upper ones first."""
        parts = (f"/{SEGMENTS[level]}/{uid}" for level, uid in zip(Level, uids, strict=False))
        return element("UR", self.root + "".join(parts))

    def _key(self, pk: int) -> Element:
        return {"vr": "OB", "InlineBinary": key_of(self.level, pk)}


def _may_be_rare(key: str, value: str) -> bool:
    """Does it have an index that the order of the list tempts the database to leave aside?"""
    is_wild = "*" in value or "?" in value
    return key in {MODALITIES, REFERRER} or (is_wild and key in {ACCESSION, DESCRIPTION})
