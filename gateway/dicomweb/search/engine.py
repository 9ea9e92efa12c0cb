"""One search: conditions, one query for the rows, at most one more for headers."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from gateway.dicomweb.search import matching
from gateway.dicomweb.search.attributes import (
    FOLDED_REFERRING,
    TABLES,
    Attribute,
    Level,
)
from gateway.dicomweb.search.headers import Headers
from gateway.dicomweb.search.parameters import Question
from gateway.dicomweb.search.values import Element, element
from patients.models import Fold
from studies.models import Instance, Match, Study

# How a row of one level leads to the row of an upper one.
PATHS = {
    Level.STUDY: {Level.STUDY: ""},
    Level.SERIES: {Level.SERIES: "", Level.STUDY: "study__"},
    Level.INSTANCE: {Level.INSTANCE: "", Level.SERIES: "series__", Level.STUDY: "series__study__"},
}
MOST = {Level.STUDY: 1000, Level.SERIES: 5000, Level.INSTANCE: 20_000}  # rows in one answer
ORDER = {
    Level.STUDY: ("-study_date", "-pk"),
    Level.SERIES: ("-study__study_date", "-study_id", "number", "pk"),
    Level.INSTANCE: (
        "-series__study__study_date",
        "-series__study_id",
        "series__number",
        "series_id",
        "number",
        "pk",
    ),
}
UIDS = {
    Level.STUDY: "study_instance_uid",
    Level.SERIES: "series_instance_uid",
    Level.INSTANCE: "sop_instance_uid",
}
UID_TAGS = {Level.STUDY: "0020000D", Level.SERIES: "0020000E", Level.INSTANCE: "00080018"}
SEGMENTS = {Level.STUDY: "studies", Level.SERIES: "series", Level.INSTANCE: "instances"}


def _studies_of_requested_procedure(value: str) -> QuerySet[Any]:
    fits = matching.text("RequestedProcedureID", "order__requested_procedure_id", value)
    return Study.objects.filter(fits).values("pk")


def _studies_of_scheduled_step(value: str) -> QuerySet[Any]:
    fits = matching.text("ScheduledProcedureStepID", "procedure__step_id", value)
    return Match.objects.filter(fits).values("study_id")


# Inside Request Attributes Sequence, and matched by what the department itself knows of the order.
OF_THE_ORDER = {
    "00400275.00401001": _studies_of_requested_procedure,
    "00400275.00400009": _studies_of_scheduled_step,
}

Row = dict[str, Any]


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
        """The answer, in a stable order. Raises BadQuestion."""
        self.warnings.extend(self.question.warnings)
        limit = self._limit()
        told = self._told()
        headers = Headers(self.level, self.question, {a.tag for _path, a in told})
        rows = self._matched().order_by(*ORDER[self.level])
        if headers.are_needed:
            rows = rows.annotate(header_of=self._first_instance())
        offset = self.question.offset
        page = list(rows.values(*self._columns(told, headers))[offset : offset + limit + 1])
        self._warn_of_more(page, limit)
        del page[limit:]
        if headers.are_needed:
            headers.read([row["header_of"] for row in page if row["header_of"]])
        return [self._result(row, told, headers) for row in page]

    def _limit(self) -> int:
        most, asked = MOST[self.level], self.question.limit
        return most if asked is None else min(asked, most)

    def _warn_of_more(self, page: list[Row], limit: int) -> None:
        """Only when the cut is ours: who sets a limit knows that there may be more."""
        if len(page) > limit and self.question.limit != limit:
            self.warnings.append("There are additional results that can be requested.")

    def _matched(self) -> QuerySet[Any]:
        rows, wanted = self.rows, dict(self.question.matching)
        paths = PATHS[self.level]
        if "00080090" in wanted:
            whom = F(paths[Level.STUDY] + "referring_physician")
            rows = rows.alias(**{FOLDED_REFERRING: Fold(whom)})
        condition = self._moment(wanted)
        for key, value in wanted.items():
            condition &= self._condition(key, value)
        return rows.filter(condition)

    def _moment(self, wanted: dict[str, str]) -> Q:
        """Study date and time together are one stretch of time (PS3.18 10.6.1.2.2)."""
        if not {"00080020", "00080030"} <= set(wanted):
            return Q()
        day, clock = wanted.pop("00080020"), wanted.pop("00080030")
        path = PATHS[self.level][Level.STUDY]
        if "-" in clock:
            return matching.combined(f"{path}study_date", f"{path}study_time", day, clock)
        return matching.day("StudyDate", f"{path}study_date", day) & matching.clock(
            "StudyTime", f"{path}study_time", clock
        )

    def _condition(self, key: str, value: str) -> Q:
        paths, name = PATHS[self.level], self.question.names[key]
        if key in OF_THE_ORDER:
            found = OF_THE_ORDER[key](value)
            return Q(**{f"{paths[Level.STUDY]}pk__in": found})
        for level, path in paths.items():
            attribute = next((a for a in TABLES[level] if a.tag == key and a.condition), None)
            if attribute and attribute.condition:
                column = attribute.matched or attribute.columns[0]
                prefix = "" if column == FOLDED_REFERRING else path
                return attribute.condition(name, prefix + column, value)
        self.warnings.append(f"Matching on {name} is not supported; the key was ignored.")
        return Q()

    def _told(self) -> list[tuple[str, Attribute]]:
        """The attributes to tell, each with the path to its row."""
        told: dict[str, tuple[str, Attribute]] = {}
        for level, path in PATHS[self.level].items():
            is_own = level == self.level or level not in self.fixed
            for attribute in TABLES[level]:
                is_asked = self.question.includes_all or attribute.tag in self.question.included
                is_identity = attribute.tag == UID_TAGS[level]
                if is_identity or is_asked or (is_own and attribute.is_usual):
                    told.setdefault(attribute.tag, (path, attribute))
        return list(told.values())

    def _columns(self, told: list[tuple[str, Attribute]], headers: Headers) -> list[str]:
        columns = {path + column for path, a in told for column in a.columns}
        columns |= {path + UIDS[level] for level, path in PATHS[self.level].items()}
        return [*sorted(columns), "header_of"] if headers.are_needed else sorted(columns)

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

    def _result(
        self, row: Row, told: list[tuple[str, Attribute]], headers: Headers
    ) -> dict[str, Element]:
        result = headers.of(row["header_of"]) if headers.are_needed else {}
        for path, attribute in told:
            found = attribute.tell(*(row[path + column] for column in attribute.columns))
            if found:
                result[attribute.tag] = found
        result["00081190"] = element("UR", self._address(row))
        return dict(sorted(result.items()))

    def _address(self, row: Row) -> str:
        levels = sorted(PATHS[self.level])
        paths = PATHS[self.level]
        parts = (f"/{SEGMENTS[level]}/{row[paths[level] + UIDS[level]]}" for level in levels)
        return self.root + "".join(parts)
