"""Storage commitment by web (PS3.18 section 13): the same ledger as over the network."""

from functools import partial
from http import HTTPStatus

from django.db import DatabaseError
from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gateway.commitment_form import NotAskable, outcome_dataset, wanted_in
from gateway.dicomweb.accept import Offer
from gateway.dicomweb.datasets import offered, single
from gateway.dicomweb.doors import READING, SENDERS, BadQuestion, NotHere, opened
from gateway.dicomweb.payload import dataset_in
from gateway.dicomweb.performed import Contradicts, NotNow, refuse_other_sites
from staff.access import StaffRequest
from studies import services
from studies.models import Commitment
from studies.services import Asker

RETRY_SECONDS = "2"

ask_door = partial(
    opened,
    permissions=SENDERS,
    methods=("POST",),
    closed_to=gettext_lazy("You may not ask for commitment."),
)
check_door = partial(
    opened,
    permissions=SENDERS,
    methods=READING,
    closed_to=gettext_lazy("You may not ask for commitment."),
)


@ask_door
def ask(request: StaffRequest, transaction: str) -> HttpResponseBase:
    """The outcome at once (200), or later by the same address (202)."""
    refuse_other_sites(request)
    offer = offered(request)
    try:
        wanted = wanted_in(dataset_in(request))
        commitment = services.ask_commitment(
            Asker(request.user.username, "WEB"), transaction, wanted
        )
        if commitment.is_duplicate:
            raise Contradicts(_("This transaction was used before for other objects."))
        return _answer(services.look_now(commitment), offer)
    except NotAskable as why:
        raise BadQuestion(_("Name the objects by their SOP class and instance UIDs.")) from why
    except DatabaseError as why:
        raise NotNow(_("The database is away.")) from why


@check_door
def check(request: StaffRequest, transaction: str) -> HttpResponseBase:
    """The outcome of a request of one's own (13.5)."""
    offer = offered(request)
    mine = Commitment.objects.of_name(request.user.username, transaction)
    if mine is None:
        raise NotHere(_("You have asked for no such commitment."))
    return _answer(services.look_now(mine), offer)


def _answer(commitment: Commitment, offer: Offer) -> HttpResponse:
    if commitment.status == Commitment.Status.WAITING:
        answer = HttpResponse(status=HTTPStatus.ACCEPTED)
        answer["Retry-After"] = RETRY_SECONDS
        return answer
    safe, failed = services.outcome_of(commitment)
    services.note_told(commitment)
    answer = single(outcome_dataset(safe, failed).to_json_dict(), offer)
    answer["Cache-Control"] = "no-store"
    return answer
