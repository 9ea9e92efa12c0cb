"""The query string of a search, read once and strictly (PS3.18 8.3.4)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.http import QueryDict
from django.utils.translation import gettext as _

from gateway.dicomweb.doors import BadQuestion
from gateway.dicomweb.search.dictionary import tag_path
from gateway.dicomweb.search.paging import PRIOR_RECORD_KEY, RECORD_KEY

MOST_KEYS = 64
LONGEST_VALUE = 8192  # a list of some hundred UIDs
DEEPEST_OFFSET = 100_000  # rows to pass over; further down by Prior Record Key
ABOUT_THE_ANSWER = frozenset({"accept", "charset"})
MANNERS = ("fuzzymatching", "emptyvaluematching", "multiplevaluematching")


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: which values must fit, what is to be told, which part of the list."""

    matching: Mapping[str, str]  # tag path → value; never blank
    names: Mapping[str, str]  # tag path → the name that the client used
    included: frozenset[str]  # tags that are asked for beyond the usual
    includes_all: bool = False
    limit: int | None = None
    offset: int = 0
    after: str = ""  # the Record Key after which the page begins
    has_keys: bool = False  # Record Keys are to be told
    inside: frozenset[str] = frozenset()  # paths into sequences of which only these are told
    is_fuzzy: bool = False
    finds_blank: bool = False  # `""` asks for what has no value
    needs_all: bool = False  # a list of values asks for all of them
    warnings: tuple[str, ...] = field(default=())


def question_in(query: QueryDict) -> Question:
    """Read the parameters. Raises BadQuestion, naming the one that is wrong."""
    if len(query) > MOST_KEYS:
        raise BadQuestion(_("Too many parameters."))
    wanted = included_in(query)
    matching, names = _matched(query)
    prior = matching.pop(PRIOR_RECORD_KEY, "")
    # Every matching key is a return key (10.6.1.2).
    told = {path.split(".")[0] for path in (*names, *wanted)} - {"all"}
    return Question(
        matching={path: value for path, value in matching.items() if value.strip("*")},
        names=names,
        included=frozenset(told - {RECORD_KEY, PRIOR_RECORD_KEY}),
        includes_all="all" in wanted,
        limit=_number(query, "limit"),
        offset=_offset(query),
        after=prior,
        has_keys=bool(prior) or RECORD_KEY in told,
        inside=frozenset(path for path in wanted if not {path.split(".")[0]} & (wanted | {*names})),
        is_fuzzy=_is_true(query, "fuzzymatching"),
        finds_blank=_is_true(query, "emptyvaluematching"),
        needs_all=_is_true(query, "multiplevaluematching"),
    )


_SPECIAL = frozenset({"limit", "offset", "includefield", *MANNERS}) | ABOUT_THE_ANSWER


def _matched(query: QueryDict) -> tuple[dict[str, str], dict[str, str]]:
    """The matching keys: their values, and what the client calls them."""
    matching: dict[str, str] = {}
    names: dict[str, str] = {}
    for name, values in query.lists():
        _check(name, values)
        if name in _SPECIAL:
            continue
        tag = tag_path(name)
        if tag is None:
            raise BadQuestion(_("%(name)s: no such attribute.") % {"name": name[:64]})
        if tag in names:
            raise BadQuestion(_("%(name)s: given more than once.") % {"name": name[:64]})
        names[tag] = name
        matching[tag] = _joined(name, tag, values)
    return matching, names


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


def included_in(query: QueryDict) -> set[str]:
    """What is to be told beyond the usual: paths of tags, and "all"."""
    paths = set()
    listed = query.getlist("includefield")
    for name in (part.strip() for value in listed for part in value.split(",")):
        path = "all" if name.lower() == "all" else tag_path(name)
        if path is None and name:
            raise BadQuestion(_("includefield: %(name)s is no attribute.") % {"name": name[:64]})
        if path:
            paths.add(path)
    return paths


def _offset(query: QueryDict) -> int:
    offset = _number(query, "offset") or 0
    if offset > DEEPEST_OFFSET:
        raise BadQuestion(
            _("offset: at most %(most)d. Further down pages begin after a Record Key.")
            % {"most": DEEPEST_OFFSET}
        )
    return offset


def _number(query: QueryDict, name: str) -> int | None:
    text = query.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit()):
        raise BadQuestion(_("%(name)s: a whole number, 0 or more.") % {"name": name})
    return int(text[:12])


def _is_true(query: QueryDict, name: str) -> bool:
    text = query.get(name, "false").lower()
    if text not in {"true", "false", ""}:
        raise BadQuestion(_("%(name)s: true or false.") % {"name": name})
    return text == "true"
