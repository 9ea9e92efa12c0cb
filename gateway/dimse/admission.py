"""Who comes in: the decision on an association that is asked for (PS3.8 7.1.1)."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db import DatabaseError
from pydicom.uid import UID

from equipment.services import Caller, identify_caller
from gateway.dimse.clerk import Clerk
from gateway.dimse.registry import SERVICES, Service
from gateway.dimse.upper_layer.pdus import APPLICATION_CONTEXT, AssociateRequest

ACCEPTED, NOT_FOR_YOU, UNKNOWN_SERVICE, UNKNOWN_SYNTAX = 0x00, 0x01, 0x03, 0x04  # PS3.8 9.3.3.2

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Refusal(Exception):
    """An association that is not accepted, in the standard's numbers (PS3.8 table 9-21).

    The trail keeps the code, which `gateway.wording` has words for.
    """

    code: str
    result: int
    source: int
    diagnostic: int
    reason: str
    when: str


UNKNOWN_CALLER = Refusal(
    *("UNKNOWN_CALLER", 1, 1, 3, "calling AE title not recognised"),
    when="the calling AE title is not registered, or calls from another address than its own",
)
WRONG_CALLED = Refusal(
    *("WRONG_CALLED", 1, 1, 7, "called AE title not recognised"),
    when="the called AE title is not ours",
)
UNKNOWN_CONTEXT = Refusal(
    *("UNKNOWN_CONTEXT", 1, 1, 2, "application context name not supported"),
    when="another application context",
)
MUST_USE_TLS = Refusal(
    *("MUST_USE_TLS", 1, 1, 1, "no reason given: this machine has to call by TLS"),
    when="the machine is registered as one that must use TLS, and calls without",
)
UNKNOWN_VERSION = Refusal(
    *("UNKNOWN_VERSION", 1, 2, 2, "protocol version not supported"),
    when="another version of the protocol",
)
CANNOT_ASK = Refusal(
    *("CANNOT_ASK", 2, 3, 1, "temporary congestion"), when="the database cannot be asked who calls"
)
TOO_MANY = Refusal(
    *("TOO_MANY", 2, 3, 2, "local limit exceeded"),
    when="too many associations, in all (`DICOM_MAX_ASSOCIATIONS`) or by this machine "
    "(`DICOM_MAX_ASSOCIATIONS_EACH`)",
)


def admit(request: AssociateRequest, address: str, clerk: Clerk, *, by_tls: bool) -> Caller:
    """The registered machine that calls. Raises Refusal."""
    if not request.version & 1:
        raise UNKNOWN_VERSION
    if request.application_context != APPLICATION_CONTEXT:
        raise UNKNOWN_CONTEXT
    if request.called != settings.DICOM_AE_TITLE:
        raise WRONG_CALLED
    try:
        caller = clerk.ask(identify_caller, request.calling, address)
    except DatabaseError as why:
        logger.warning("Cannot ask the database who calls: %s", why)
        raise CANNOT_ASK from why
    if caller is None:
        raise UNKNOWN_CALLER
    if caller.must_use_tls and not by_tls:
        raise MUST_USE_TLS
    return caller


@dataclass(frozen=True, slots=True)
class Verdict:
    """On one proposed presentation context: accepted with a syntax, or why not (table 9-18)."""

    result: int
    transfer_syntax: str
    service: Service | None


def judge(abstract_syntax: str, transfer_syntaxes: Iterable[str], caller: Caller) -> Verdict:
    """May this caller use that service, and in which syntax?"""
    proposed = list(transfer_syntaxes)
    service = next((one for one in SERVICES if one.offers(UID(abstract_syntax))), None)
    if service is None:
        return Verdict(UNKNOWN_SERVICE, proposed[0], None)
    if not service.is_open_to(caller):
        return Verdict(NOT_FOR_YOU, proposed[0], service)
    # The sender put them in its order of preference.
    syntax = next((one for one in proposed if service.speaks(one)), None)
    if syntax is None:
        return Verdict(UNKNOWN_SYNTAX, proposed[0], service)
    return Verdict(ACCEPTED, syntax, service)
