"""Every verb that the code gives to the trail, found by reading the code.

A function that hands one of its own arguments on as the verb carries verbs too, so its callers
are read as well, until nothing new is found. What cannot be read is reported, not passed over.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

APPS = (
    *("common", "staff", "audit", "patients", "equipment", "worklist", "studies", "reports"),
    *("gateway", "demo", "imaging_dept"),
)
RECORD = "audit.services.record"
Function = ast.FunctionDef | ast.AsyncFunctionDef


def modules() -> dict[str, ast.Module]:
    """The code by dotted names, without tests and migrations."""
    root = Path(settings.BASE_DIR)
    paths = [path.relative_to(root) for app in APPS for path in (root / app).rglob("*.py")]
    return {
        ".".join(path.with_suffix("").parts).removesuffix(".__init__"): ast.parse(
            (root / path).read_text(encoding="utf-8")
        )
        for path in sorted(paths)
        if not {"tests", "migrations"} & set(path.parts)
    }


@dataclass
class Reading:
    """What was found: verbs with the places they stand at, and places that cannot be read."""

    trees: dict[str, ast.Module]
    verbs: dict[str, str] = field(default_factory=dict)
    unreadable: set[str] = field(default_factory=set)
    carriers: dict[str, tuple[str, int]] = field(default_factory=lambda: {RECORD: ("verb", 0)})

    def __post_init__(self) -> None:
        self.aliases = {
            f"{module}.{name}": whole
            for module, tree in self.trees.items()
            for name, whole in imported(tree)
        }
        self.constants = dict(pair for pair in constants_in(self.trees))
        known = 0
        while known != len(self.carriers):
            known = len(self.carriers)
            self.read()

    def read(self) -> None:
        for module, tree in self.trees.items():
            for function, call in calls_in(tree):
                carrier = self.carriers.get(self.whole_name(module, call.func))
                if carrier is not None:
                    self.read_call(module, function, call, verb_given(call, *carrier))

    def read_call(self, module, function, call, given) -> None:
        where = f"{module}:{call.lineno}"
        for value in branches(given, function):
            if isinstance(value, ast.Name) and value.id in names_of(function):
                position = names_of(function).index(value.id)
                self.carriers.setdefault(f"{module}.{function.name}", (value.id, position))
            elif verbs := self.verbs_meant(module, value):
                self.verbs |= {verb: where for verb in verbs if verb not in self.verbs}
            else:
                self.unreadable.add(where)

    def verbs_meant(self, module: str, value: ast.AST | None) -> list[str]:
        """Words, a constant, or one of the words in a constant table."""
        if isinstance(value, ast.Constant):
            return [str(value.value)]
        if isinstance(value, ast.Subscript):
            return self.constants.get(self.whole_name(module, value.value), [])
        return self.constants.get(self.whole_name(module, value), [])

    def whole_name(self, module: str, node: ast.AST | None) -> str:
        """The dotted name of what is meant, through every import on the way."""
        match node:
            case ast.Name(id="record") if f"{module}.record" not in self.aliases:
                return RECORD
            case ast.Name(id=name):
                return self.canonical(f"{module}.{name}")
            case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name):
                return f"{module}.{name}"
            case ast.Attribute(value=ast.Name(id=base), attr=name):
                return self.canonical(f"{self.canonical(f'{module}.{base}')}.{name}")
        return ""

    def canonical(self, name: str) -> str:
        """Follow imports; a module that imports its own child comes back to itself."""
        followed: set[str] = set()
        while name in self.aliases and name not in followed:
            followed.add(name)
            name = self.aliases[name]
        return name


def imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            for name in node.names:
                yield name.asname or name.name, f"{node.module}.{name.name}"


def constants_in(trees: dict[str, ast.Module]) -> Iterator[tuple[str, list[str]]]:
    """NAME = "words" and TABLE = {key: "words"} at the top of a module."""
    for module, tree in trees.items():
        for node in tree.body:
            if isinstance(node, ast.Assign | ast.AnnAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                words = [
                    part.value for part in parts_of(node.value) if isinstance(part, ast.Constant)
                ]
                for target in targets:
                    if isinstance(target, ast.Name):
                        yield f"{module}.{target.id}", [str(word) for word in words]


def parts_of(value: ast.expr | None) -> list[ast.expr | None]:
    return list(value.values) if isinstance(value, ast.Dict) else [value]


def calls_in(
    node: ast.AST, function: Function | None = None
) -> Iterator[tuple[Function | None, ast.Call]]:
    for child in ast.iter_child_nodes(node):
        inside = child if isinstance(child, Function) else function
        if isinstance(child, ast.Call):
            yield inside, child
        yield from calls_in(child, inside)


def verb_given(call: ast.Call, name: str, position: int) -> ast.expr | None:
    named = [keyword.value for keyword in call.keywords if keyword.arg == name]
    return next(iter(named + call.args[position : position + 1]), None)


def branches(value: ast.expr | None, function: Function | None) -> Iterator[ast.expr | None]:
    """Every value that this one may be: both sides of an `if`, all that a name was given."""
    if isinstance(value, ast.IfExp):
        yield from branches(value.body, function)
        yield from branches(value.orelse, function)
    elif isinstance(value, ast.Name) and (given := assigned(value.id, function)):
        for one in given:
            yield from branches(one, None)
    else:
        yield value


def assigned(name: str, function: Function | None) -> list[ast.expr]:
    """What a function gives to one of its own names."""
    nodes = ast.walk(function) if function else iter(())
    return [
        node.value
        for node in nodes
        if isinstance(node, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == name for target in node.targets)
    ]


def names_of(function: Function | None) -> list[str]:
    """The arguments a caller gives, in their order."""
    if function is None:
        return []
    given = function.args
    names = [arg.arg for arg in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    return [name for name in names if name not in {"self", "cls"}]
