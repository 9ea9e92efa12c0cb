"""A query that is compiled once and asked many times.

Django compiles a QuerySet whenever it is asked, and takes each row through `Model.__init__` and its
signals. For a question that machines repeat every minute that is most of the work. What comes out
is the same; a test compares.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connections, models
from django.db.models import prefetch_related_objects
from django.db.models.base import ModelState

Row = TypeVar("Row", bound=models.Model)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a model's columns stand in a row, and those of the models that it refers to."""

    model: type[models.Model]
    names: tuple[str, ...]
    columns: slice
    key: int  # the column of its primary key
    attach: Callable[[Any, Any], None] | None
    related: tuple["Place", ...]

    def made(self, row: Sequence[Any], database: str, known: dict[Any, Any]) -> Any:
        """The object with what it refers to; the same row twice is the same object."""
        primary = row[self.key]
        found = known.get((self.model, self.key, primary))
        if found is not None or primary is None:
            return found
        made = known[self.model, self.key, primary] = self.model.__new__(self.model)
        made.__dict__.update(zip(self.names, row[self.columns], strict=True))
        made._state = ModelState()
        made._state.adding, made._state.db = False, database
        for place in self.related:
            assert place.attach is not None  # noqa: S101 - whatever is related has one
            place.attach(made, place.made(row, database, known))
        return made


class Compiled(Generic[Row]):
    """What a QuerySet asks. It may be asked from any thread."""

    def __init__(self, queryset: "models.QuerySet[Row]") -> None:
        self._database = queryset.db
        self._lookups = queryset._prefetch_related_lookups  # type: ignore[attr-defined]
        compiler: Any = queryset.query.get_compiler(self._database)
        try:
            self._sql, self._params = compiler.as_sql()
        except EmptyResultSet:  # nothing can match, and so nobody is asked
            self._sql, self._params = "", ()
            return
        self._place = _place_of(compiler.klass_info, compiler.select)
        self._further = tuple(compiler.annotation_col_map.items())
        self._converters = compiler.get_converters([column for column, _, _ in compiler.select])

    def fetch(self) -> list[Row]:
        """The rows as they are now. Raises DatabaseError."""
        if not self._sql:
            return []
        connection = connections[self._database]
        with connection.cursor() as cursor:
            cursor.execute(self._sql, self._params)
            rows = cursor.fetchall()
        known: dict[Any, Any] = {}
        found = [self._made(self._converted(row, connection), known) for row in rows]
        prefetch_related_objects(found, *self._lookups)
        return found

    def _converted(self, row: Sequence[Any], connection: Any) -> Sequence[Any]:
        if not self._converters:
            return row
        values = list(row)
        for number, (converters, expression) in self._converters.items():
            for convert in converters:
                values[number] = convert(values[number], expression, connection)
        return values

    def _made(self, row: Sequence[Any], known: dict[Any, Any]) -> Row:
        made: Row = self._place.made(row, self._database, known)
        for name, column in self._further:
            setattr(made, name, row[column])
        return made


def _place_of(info: dict[str, Any], select: Sequence[Any]) -> Place:
    """As the compiler has it: a model's columns stand side by side."""
    numbers = info["select_fields"]
    names = tuple(select[number][0].target.attname for number in numbers)
    model = info["model"]
    return Place(
        model,
        names,
        slice(numbers[0], numbers[-1] + 1),
        numbers[names.index(model._meta.pk.attname)],
        info.get("local_setter"),
        tuple(_place_of(one, select) for one in info.get("related_klass_infos", ())),
    )
