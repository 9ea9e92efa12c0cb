"""The query string of a search, read once and strictly (PS3.18 8.3.4)."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.http import QueryDict
from django.utils.translation import gettext as _

from gateway.dicomweb.doors import BadQuestion
from gateway.dicomweb.search.dictionary import tag_path

MOST_KEYS = 64
LONGEST_VALUE = 8192  # a list of some hundred UIDs
LARGEST_OFFSET = 100_000_000
ABOUT_THE_ANSWER = frozenset({"accept", "charset"})
NOT_DONE = {
    "fuzzymatching": "The fuzzymatching parameter is not supported. "
    "Only literal matching has been performed.",
    "emptyvaluematching": "The emptyvaluematching parameter is not supported.",
    "multiplevaluematching": "The multiplevaluematching parameter is not supported.",
}


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: which values must fit, what is to be told, which part of the list."""

    matching: dict[str, str]  # tag path → value; never blank
    names: dict[str, str]  # tag path → the name that the client used
    included: frozenset[str]  # tags that are asked for beyond the usual
    includes_all: bool
    limit: int | None
    offset: int
    warnings: tuple[str, ...] = field(default=())


def question_in(query: QueryDict) -> Question:
    """Read the parameters. Raises BadQuestion, naming the one that is wrong."""
    if len(query) > MOST_KEYS:
        raise BadQuestion(_("Too many parameters."))
    matching: dict[str, str] = {}
    names: dict[str, str] = {}
    included: set[str] = set()
    for name, values in query.lists():
        _check(name, values)
        if name in _SPECIAL:
            continue
        tag = tag_path(name)
        if tag is None:
            raise BadQuestion(_("%(name)s: no such attribute.") % {"name": name[:64]})
        included.add(tag.split(".")[0])  # every matching key is a return key (10.6.1.2)
        names[tag] = name
        value = _joined(name, tag, values)
        if value.strip("*"):
            matching[tag] = value
    wanted = _included(query.getlist("includefield"))
    return Question(
        matching=matching,
        names=names,
        included=frozenset(included | (wanted - {"all"})),
        includes_all="all" in wanted,
        limit=_number(query, "limit"),
        offset=_number(query, "offset") or 0,
        warnings=tuple(text for name, text in NOT_DONE.items() if _is_true(query, name)),
    )


_SPECIAL = frozenset({"limit", "offset", "includefield"}) | ABOUT_THE_ANSWER | set(NOT_DONE)


def _check(name: str, values: Iterable[str]) -> None:
    for value in values:
        if len(value) > LONGEST_VALUE:
            raise BadQuestion(_("%(name)s: the value is too long.") % {"name": name[:64]})
        if any(sign < " " or sign == "\x7f" for sign in value):
            raise BadQuestion(_("%(name)s: control characters.") % {"name": name[:64]})


def _joined(name: str, tag: str, values: list[str]) -> str:
    """One value. A key given several times is a list of alternatives where lists are allowed."""
    given = list(dict.fromkeys(value for value in values if value))
    if len(given) > 1 and not tag.endswith(_LISTS):
        raise BadQuestion(_("%(name)s: given more than once.") % {"name": name[:64]})
    return "\\".join(given)


# Study, Series and SOP Instance UID, SOP Class UID, Modalities in Study, Modality, classes in study
_LISTS = ("0020000D", "0020000E", "00080018", "00080016", "00080061", "00080060", "00080062")


def _included(values: Iterable[str]) -> set[str]:
    tags = set()
    for name in (part.strip() for value in values for part in value.split(",")):
        if name.lower() == "all":
            tags.add("all")
        elif name:
            tag = tag_path(name)
            if tag is None:
                raise BadQuestion(
                    _("includefield: %(name)s is no attribute.") % {"name": name[:64]}
                )
            tags.add(tag.split(".")[0])
    return tags


def _number(query: QueryDict, name: str) -> int | None:
    text = query.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or int(text[:12]) > LARGEST_OFFSET:
        raise BadQuestion(_("%(name)s: a whole number, 0 or more.") % {"name": name})
    return int(text)


def _is_true(query: QueryDict, name: str) -> bool:
    text = query.get(name, "false").lower()
    if text not in {"true", "false", ""}:
        raise BadQuestion(_("%(name)s: true or false.") % {"name": name})
    return text == "true"
