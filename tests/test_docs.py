"""The documents are true: what the code has, they name."""

import re
from pathlib import Path

import pytest
from celery import current_app
from django.apps import apps
from django.conf import settings
from django.core.management import get_commands

from common import programs
from common.states import Stateful
from staff.roles import ROLES

DOCS = Path(settings.BASE_DIR) / "docs"
OURS = {
    *("common", "staff", "audit", "patients", "equipment"),
    *("worklist", "studies", "reports", "gateway", "demo"),
}


def text(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def environment_variables() -> set[str]:
    source = (Path(settings.BASE_DIR) / "imaging_dept/settings.py").read_text()
    return set(re.findall(r'env(?:\.\w+)?\(\s*"([A-Z_]+)"', source))


@pytest.mark.parametrize("variable", sorted(environment_variables()))
def test_every_setting_is_documented(variable):
    assert f"`{variable}`" in text("operations.md")


@pytest.mark.parametrize("permission", sorted({name for held in ROLES.values() for name in held}))
def test_every_permission_is_documented(permission):
    assert f"`{permission}`" in text("roles.md")


@pytest.mark.parametrize("role", sorted(ROLES))
def test_the_table_of_roles_in_the_documents_is_the_one_in_the_code(role):
    column = text("roles.md").splitlines()
    heading = next(line for line in column if line.startswith("| Permission"))
    position = [cell.strip() for cell in heading.split("|")].index(role)
    ticked = {
        line.split("|")[1].strip().strip("`")
        for line in column
        if line.startswith("| `") and line.split("|")[position].strip() == "●"
    }

    assert ticked == ROLES[role]


@pytest.mark.parametrize("command", sorted(n for n, app in get_commands().items() if app in OURS))
def test_every_command_is_documented(command):
    assert f"`manage.py {command}" in text("operations.md")


def our_tasks() -> list[str]:
    current_app.loader.import_default_modules()
    return sorted(name for name in current_app.tasks if name.split(".")[0] in OURS)


@pytest.mark.parametrize("task", our_tasks())
def test_every_task_is_documented(task):
    assert f"`{task}`" in text("architecture.md")


def moves_in(document: str, noun: str) -> set[tuple[str, str]]:
    """The moves of one noun as docs/states.md tells them: rows `| FROM | TO |` under its title."""
    section = document.split(f"## {noun}\n", 1)[1].split("\n## ", 1)[0]
    rows = re.findall(r"^\| ([A-Z_]+) \| ([A-Z_]+) \|", section, re.MULTILINE)
    return set(rows)


@pytest.mark.parametrize("model", [m for m in apps.get_models() if issubclass(m, Stateful)])
def test_the_documented_moves_are_the_real_ones(model):
    real = {(start, end) for start, ends in model.MOVES.items() for end in ends}

    assert moves_in(text("states.md"), model.__name__) == real


def test_every_app_has_a_place_in_the_architecture():
    for app in OURS:
        assert f"`{app}`" in text("architecture.md")


def test_every_library_from_npm_is_named_with_its_licence():
    import json  # noqa: PLC0415

    package = json.loads((Path(settings.BASE_DIR) / "viewer/package.json").read_text())
    for name in package["dependencies"]:
        assert f"`{name}`" in text("third-party.md")


@pytest.mark.parametrize("name", ["Dockerfile", "imaging-web.service"])
def test_what_is_deployed_speaks_as_what_up_starts(name):
    argv = programs.web(1, {}, 0).argv
    protocol = argv[argv.index("--http") + 1]
    deployed = (Path(settings.BASE_DIR) / "deploy" / name).read_text()

    [line] = [line for line in deployed.splitlines() if "imaging_dept.asgi:application" in line]
    assert f"--http {protocol}" in re.sub(r'[",\]]', "", line)
