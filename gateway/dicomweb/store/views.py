"""`POST /studies` and `POST /studies/{study}` (PS3.18 10.5)."""

import json
import logging
from http import HTTPStatus
from typing import cast

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from common.half_written import HalfWritten, keep_together
from gateway.dicomweb.accept import Offer, choose
from gateway.dicomweb.doors import NotAcceptable, Trouble, store_door
from gateway.dicomweb.metadata import JSON_TYPES
from gateway.dicomweb.roots import root_of
from gateway.dicomweb.store.form import BadForm, OtherMedia, Read, read_body
from gateway.dicomweb.store.outcomes import response_module, status_of
from gateway.dicomweb.store.taking import Arrival, Taking
from gateway.dicomweb.xml_model import XML, document
from gateway.statuses import OUT_OF_RESOURCES, PROCESSING_FAILURE
from staff.access import StaffRequest
from studies.services import store_objects

RETRY_SECONDS = "10"
logger = logging.getLogger(__name__)


class NoLength(Trouble):
    """A body of unknown length behind a server that does not tell where it ends."""

    status = HTTPStatus.LENGTH_REQUIRED


class TooSlow(Trouble):
    """The sender stopped in the middle."""

    status = HTTPStatus.REQUEST_TIMEOUT


@store_door
def store(request: StaffRequest, study: str = "") -> HttpResponseBase:
    """Take in the objects of a body; the answer says of each what became of it."""
    if request.headers.get("Content-Encoding", "identity").lower() not in {"", "identity"}:
        raise OtherMedia(_("Send the body as it is, without Content-Encoding."))
    with Taking(study) as taking:
        try:
            read_body(request.headers.get("Content-Type", ""), stream_of(request), taking)
        except TimeoutError:
            raise TooSlow(_("The body stopped arriving. Nothing of it was taken.")) from None
        except OSError:  # nobody is there to read this
            raise BadForm(_("The sender went away. Nothing was taken.")) from None
        if not taking.arrivals:
            raise BadForm(_("There is no object in the body."))
        taking.settle()
        keep(taking, request)
    return answer(request, taking)


def stream_of(request: HttpRequest) -> Read:
    """The body, where it ends: as long as it says, or as the server tells (chunked)."""
    environ = request.META
    if environ.get("wsgi.input_terminated"):
        stream = environ["wsgi.input"]
        return cast(Read, getattr(stream, "read1", stream.read))  # as much as is here already
    if "chunked" in request.headers.get("Transfer-Encoding", "").lower():
        raise NoLength(_("Say the length of the body."))
    return request.read


def keep(taking: Taking, request: StaffRequest) -> None:
    """Name the files and commit their rows, or say of all of them that they are not here."""
    arrivals = list(taking.taken)
    if not arrivals:
        return
    try:
        with connection.cursor():
            pass  # is the database there? Ask before files get final names and then no rows
        kept = keep_together([cast(HalfWritten, one.half) for one in arrivals], "objects", ".dcm")
        store_objects(
            list(zip(kept, (arrival.announced for arrival in arrivals), strict=True)),
            by=request.user,
            studies=sorted({one.outcome.study_uid for one in arrivals if one.outcome.study_uid}),
            refused=len(taking.arrivals) - len(arrivals),
        )
    except (DatabaseError, OSError) as why:
        # Files that have their names stay: whether a broken commit happened nobody knows.
        fail_all(arrivals, OUT_OF_RESOURCES, why)
    except Exception as why:
        fail_all(arrivals, PROCESSING_FAILURE, why)


def fail_all(arrivals: list[Arrival], reason: int, why: Exception) -> None:
    """None of them is here. The log gets the kind of trouble, never values of objects."""
    logger.error("Could not keep %s objects of a store request: %s", len(arrivals), type(why))
    for arrival in arrivals:
        arrival.fail(reason)


def answer(request: StaffRequest, taking: Taking) -> HttpResponse:
    """The Store Instances Response Module."""
    outcomes = [arrival.outcome for arrival in taking.arrivals]
    status = status_of(outcomes)
    module = response_module(outcomes, root_of(request))
    media = _media(request)
    body = document(module) if media == XML else json.dumps(module, separators=(",", ":"))
    told = HttpResponse(body, content_type=media, status=status)
    told["Cache-Control"] = "no-store"
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        told["Retry-After"] = RETRY_SECONDS
    return told


def _media(request: StaffRequest) -> str:
    """What the sender likes to read. Objects are not turned away for what cannot be said."""
    try:
        return choose(request, [Offer(media) for media in (*JSON_TYPES, XML)]).media
    except NotAcceptable:
        return JSON_TYPES[0]
