"""The worklist by web (PS3.18 section 14): the same steps, keys and rules as over the network.

Whoever names one station by its whole AE title is answered as that device would be; without, the
steps of every station are listed that nobody has begun.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from http import HTTPStatus

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydicom.datadict import keyword_for_tag

from equipment.models import Device
from equipment.services import caller_of
from gateway.dicomweb.answers import ASK_AGAIN, labelled
from gateway.dicomweb.datasets import found, offered, warned
from gateway.dicomweb.doors import READING, BadQuestion, opened
from gateway.dicomweb.search.parameters import Question, included_in, question_in
from staff.access import StaffRequest
from worklist.dicom import Found, NotAnswerable, Profile, every_key, find_steps, identifier_of

STATION = "00400100.00400001"  # Scheduled Station AE Title
NOT_DONE = "The %s parameter is not supported. Matching has been done without it."
CUT = "Only the %d steps nearest to now are listed. A date or a station makes the list complete."

worklist_door = partial(
    opened,
    permissions=("worklist.view_scheduledprocedure",),
    methods=READING,
    closed_to=gettext_lazy("You may not see the worklist."),
)


@worklist_door
def scheduled_steps(request: StaffRequest) -> HttpResponseBase:
    """Steps that match, soonest first; 204 when there is none (table 14.4.3-1)."""
    offer = offered(request)
    question = question_in(request.GET)
    asked = _keys(question, included_in(request.GET))
    known = every_key()
    try:
        # A key that no step has asks nothing here; its value may be of any form.
        ours = {key: value for key, value in asked.items() if not value or _is_ours(key, known)}
        steps = find_steps(identifier_of(ours), _profile(question))
    except NotAnswerable as why:
        raise BadQuestion(str(why)) from why
    end = None if question.limit is None else question.offset + question.limit
    page = replace(steps, procedures=steps.procedures[question.offset : end])
    models = [dict(answer.to_json_dict()) for _status, answer in page]
    strange = [key for key, value in asked.items() if value and key not in ours]
    warnings = list(_warnings(question, steps, strange))
    if not models:
        nothing = HttpResponse(status=HTTPStatus.NO_CONTENT)
        return labelled(warned(request, nothing, warnings), "", ASK_AGAIN)
    return found(request, offer, models, warnings)


def _keys(question: Question, wanted: set[str]) -> dict[str, str]:
    """The query as the network would carry it: what is told without being asked for is all that
    is known, and a sequence is wanted with everything in it."""
    known = every_key()
    keys = dict(known) if not wanted or "all" in wanted else {}
    for path in map(_keywords, wanted - {"all"}):
        inside = {name: "" for name in known if name.startswith(f"{path}.")}
        keys |= inside or {path: ""}
    for path in question.names:
        value = question.matching.get(path, "")
        keys[_keywords(path)] = value.replace(",", "\\") if path.endswith("0020000D") else value
    return keys


def _keywords(path: str) -> str:
    """Tags as keywords. Raises BadQuestion for one that has none: no such thing is on a list."""
    words = [keyword_for_tag(int(tag, 16)) for tag in path.split(".")]
    if not all(words):
        raise BadQuestion(_("%(name)s: no such attribute.") % {"name": path})
    return ".".join(words)


def _profile(question: Question) -> Profile:
    """As the station is registered that the question is about, if it is about one."""
    title = question.matching.get(STATION, "")
    device = Device.objects.not_retired().filter(ae_title=title).first() if title else None
    if device is None:
        return Profile()
    caller = caller_of(device)
    return Profile(shows_started=caller.shows_started, shows_on_hold=caller.shows_on_hold)


def _is_ours(key: str, known: Mapping[str, str]) -> bool:
    """Is it told of a step, itself or what is inside?"""
    inside = any(name.startswith(f"{key}.") for name in known)
    return inside or key in known or key == "TimezoneOffsetFromUTC"


def _warnings(question: Question, steps: Found, strange: Iterable[str]) -> Iterator[str]:
    manners = {
        "fuzzymatching": question.is_fuzzy,
        "emptyvaluematching": question.finds_blank,
        "multiplevaluematching": question.needs_all,
    }
    yield from (NOT_DONE % name for name, is_asked in manners.items() if is_asked)
    for key in (*strange, *steps.understood.ignored_keys):
        yield f"Matching on {key} is not supported; the key was ignored."
    if steps.was_cut:
        yield CUT % len(steps.procedures)
