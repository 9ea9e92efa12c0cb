"""Performed steps by web (PS3.18 section 15): the same reports as over the network."""

from functools import partial
from http import HTTPStatus

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydicom.dataset import Dataset

from gateway.dicomweb.answers import ASK_AGAIN, labelled
from gateway.dicomweb.datasets import offered, single
from gateway.dicomweb.doors import (
    READING,
    BadQuestion,
    NotAllowed,
    NotHere,
    Trouble,
    comes_from_here,
    opened,
)
from gateway.dicomweb.payload import dataset_in
from gateway.dicomweb.roots import root_of
from gateway.performed import attributes_of, reporter_called
from staff.access import StaffRequest
from worklist.dicom.performed import (
    NotUsable,
    changed_for_good,
    lacking,
    read_begun,
    read_changed,
)
from worklist.models import PerformedProcedure
from worklist.services import AlreadyTold, NeverTold, NoLonger, report_begun, report_changed

UTF_8 = {"vr": "CS", "Value": ["ISO_IR 192"]}


class Contradicts(Trouble):
    """It stands against what is known already (tables 15.4.3-1 and 15.5.3-1)."""

    status = HTTPStatus.CONFLICT


class NotNow(Trouble):
    """The database is away: the report is to be sent again."""

    status = HTTPStatus.SERVICE_UNAVAILABLE


look_door = partial(
    opened,
    permissions=("worklist.view_scheduledprocedure",),
    methods=READING,
    closed_to=gettext_lazy("You may not see performed steps."),
)
report_door = partial(
    opened,
    permissions=("worklist.perform_procedure",),
    methods=("POST",),
    closed_to=gettext_lazy("You may not report performed steps."),
)


@look_door
def retrieve(request: StaffRequest, step: str) -> HttpResponseBase:
    """What is known of one step, whoever reported it (15.6)."""
    offer = offered(request)
    found = PerformedProcedure.objects.visible_to(request.user).filter(uid=step).first()
    if found is None:
        raise NotHere(_("There is no such performed step."))
    model = dict(sorted({**attributes_of(found), "00080005": UTF_8}.items()))
    return labelled(single(model, offer), "", ASK_AGAIN)


@report_door
def report(request: StaffRequest, step: str) -> HttpResponseBase:
    """A step is created (15.4), or with `?update` told more of (15.5)."""
    refuse_other_sites(request)
    dataset = dataset_in(request)
    try:
        if "update" in request.GET:
            return _update(request, step, dataset)
        return _create(request, step, dataset)
    except NotUsable as why:
        words = " ".join((why.sentence, *why.keywords))
        raise BadQuestion(words) from why
    except (AlreadyTold, NoLonger, NeverTold) as why:
        raise _trouble_of(why) from why
    except DatabaseError as why:
        raise NotNow(_("The database is away.")) from why


def _create(request: StaffRequest, step: str, dataset: Dataset) -> HttpResponse:
    missing = lacking(dataset)
    report_begun(step, read_begun(dataset), reporter_called(request.user.username))
    answer = HttpResponse(status=HTTPStatus.CREATED)
    answer["Location"] = f"{root_of(request)}/modality-performed-procedure-steps/{step}"
    if missing:
        answer["Warning"] = f'299 {request.get_host()} "Missing: {", ".join(missing)}"'
    return answer


def _update(request: StaffRequest, step: str, dataset: Dataset) -> HttpResponse:
    told = read_changed(dataset)
    known = PerformedProcedure.objects.with_uid(step)
    if known is None:
        raise NeverTold(step)
    if not known.is_reported_over and (fixed := changed_for_good(told, known.attributes)):
        raise Contradicts(_("These may not change any more: %(names)s.") % {"names": fixed})
    report_changed(step, told, reporter_called(request.user.username))
    return HttpResponse(status=HTTPStatus.OK)


def _trouble_of(why: Exception) -> Trouble:
    if isinstance(why, AlreadyTold):
        return Contradicts(_("There is a performed step of this identifier already."))
    if isinstance(why, NoLonger):
        return Contradicts(_("The step has ended: it may no longer be updated."))
    return NotHere(_("There is no such performed step."))


def refuse_other_sites(request: HttpRequest) -> None:
    """As with storing: a page of another site may not speak with a person's cookie."""
    if not comes_from_here(request):
        raise NotAllowed(_("Pages of other sites may not send anything."))
