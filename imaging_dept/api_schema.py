"""What every operation of the API may answer besides what it is for, written down once for all."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field, Model
from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers

from common.answers import SENTENCE, WHAT_IS_WRONG

Operation = dict[str, Any]

WORDS = {
    "400": "Something that was sent is wrong; nothing was changed.",
    "401": "Nobody has signed in, or the token is not valid.",
    "403": "This person may not do that.",
    "404": "There is no such record, or this person does not see it.",
    "406": "Answers are JSON.",
    "409": "A rule forbids it, and the sentence says which; nothing was changed.",
    "415": "Bodies of this type are not read here.",
    "503": "The database is away. Ask again after the seconds in Retry-After.",
}
ALWAYS = ("400", "401", "403", "406", "503")


def tell_refusals(
    result: dict[str, Any], generator: object, request: object, public: bool
) -> dict[str, Any]:
    """A hook of drf-spectacular: add the refusals that no single view has to think of."""
    schemas = result["components"].setdefault("schemas", {})
    schemas["Refusal"] = SENTENCE
    schemas["Invalid"] = WHAT_IS_WRONG
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            for code in refusals_of(path, method, operation):
                operation["responses"].setdefault(code, answer(code))
    return result


def refusals_of(path: str, method: str, operation: Operation) -> Iterator[str]:
    """Which refusals can happen here."""
    yield from ALWAYS
    if "{" in path or method != "get":
        yield "404"
    if method != "get":
        yield from ("409", "415")


def answer(code: str) -> Operation:
    """One refusal, in the shape it is really sent."""
    shape = "Invalid" if code == "400" else "Refusal"
    schema = {"$ref": f"#/components/schemas/{shape}"}
    return {"description": WORDS[code], "content": {"application/json": {"schema": schema}}}


class TruthfulSchema(AutoSchema):
    """Says of answers what the tables say: which members may be null, and which empty.

    REST framework forgets both for what is only read.
    """

    def _map_serializer_field(
        self, field: Any, direction: str, bypass_extensions: bool = False
    ) -> Any:
        if field.read_only and isinstance(field.parent, serializers.ModelSerializer):
            columns = list(columns_of(field))
            field.allow_null = field.allow_null or any(column.null for column in columns)
            if columns and isinstance(field, serializers.ChoiceField | serializers.EmailField):
                field.allow_blank = columns[-1].blank and columns[-1].empty_strings_allowed
        return super()._map_serializer_field(  # type: ignore[no-untyped-call]
            field, direction, bypass_extensions
        )


def columns_of(field: Any) -> Iterator["Field[Any, Any]"]:
    """The columns on the way from a record to what a field says of it."""
    model: type[Model] | None = field.parent.Meta.model
    for name in field.source.split("."):
        try:
            column: Any = model._meta.get_field(name) if model else None
        except FieldDoesNotExist:
            return
        if not isinstance(column, Field):
            return
        yield column
        model = column.related_model
