"""The API's own pages: every door, what it takes and which permission it asks for."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET
from drf_spectacular.generators import SchemaGenerator


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter, or one member of a body."""

    name: str
    kind: str
    where: str
    is_required: bool
    words: str


@dataclass(frozen=True, slots=True)
class Door:
    """One operation."""

    method: str
    path: str
    tag: str
    words: str
    permission: str
    fields: tuple[Field, ...]


@require_GET
def docs(request: HttpRequest) -> HttpResponse:
    """All doors by noun, for whoever writes a program against them."""
    return render(request, "api/docs.html", {"doors": doors()})


@cache
def doors() -> list[Door]:
    """Read from the same description that /api/schema/ gives out."""
    generator: Any = SchemaGenerator()  # type: ignore[no-untyped-call]
    schema = generator.get_schema(request=None, public=True)
    views = {(method, path): view for path, _, method, view in generator._get_paths_and_endpoints()}
    found = [
        Door(
            method=method.upper(),
            path=path,
            tag=operation["tags"][0],
            words=operation.get("description", ""),
            permission=permission_of(views.get((method.upper(), path))),
            fields=(*parameters_of(operation), *members_of(operation, schema)),
        )
        for path, operations in schema["paths"].items()
        for method, operation in operations.items()
    ]
    return sorted(found, key=lambda door: (door.tag, door.path, door.method))


def permission_of(view: Any) -> str:
    """The permission its table names for this action; empty for pages about the API itself."""
    table: dict[str, str] = getattr(view, "action_permissions", {})
    return table.get(getattr(view, "action", ""), "")


def parameters_of(operation: dict[str, Any]) -> Iterator[Field]:
    """What stands in the path and behind the question mark."""
    for one in operation.get("parameters", []):
        schema = one.get("schema", {})
        yield Field(
            one["name"],
            kind_of(schema.get("items", schema)),
            one["in"],
            one.get("required", False),
            one.get("description", ""),
        )


def members_of(operation: dict[str, Any], schema: dict[str, Any]) -> Iterator[Field]:
    """The members of a JSON body."""
    content = operation.get("requestBody", {}).get("content", {})
    reference = content.get("application/json", {}).get("schema", {}).get("$ref", "")
    body = schema["components"]["schemas"].get(reference.rsplit("/", 1)[-1], {})
    for name, member in body.get("properties", {}).items():
        is_required = name in body.get("required", [])
        yield Field(name, kind_of(member), "body", is_required, member.get("title", ""))


def kind_of(schema: dict[str, Any]) -> str:
    """The type in one word, or the words it may be."""
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"])
    return str(schema.get("format") or schema.get("type") or "")
