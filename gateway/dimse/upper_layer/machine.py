"""The state machine of the accepting side (PS3.8 9.2), as a table.

We accept associations and end them by A-ABORT alone, never by an A-RELEASE-RQ of our own. So of the
thirteen states three remain in which anything is awaited: Sta3 and Sta8 pass at once, and a
collision of releases (Sta9 to Sta12), which needs two who ask, cannot come about.
"""

from enum import Enum

from gateway.dimse.upper_layer.pdus import Kind


class State(Enum):
    """What is awaited."""

    REQUEST = "Sta2"  # the A-ASSOCIATE-RQ
    MESSAGES = "Sta6"  # the association stands
    CLOSING = "Sta13"  # that the caller closes the connection
    IDLE = "Sta1"  # nothing: the connection is closed


class Mishap(Enum):
    """What can come instead of a PDU."""

    INVALID = "Evt19"  # unrecognised, or with a parameter that cannot be
    HUNG_UP = "Evt17"
    TOO_LATE = "Evt18"  # ARTIM ran out; after acceptance, our patience did
    DOOR_CLOSES = "Evt15"  # we ask for an abort


Event = Kind | Mishap


class Action(Enum):
    """What is done. Each is one method of Visit."""

    DECIDE = "AE-6"  # accept, reject, or hand over
    TAKE = "DT-2"
    ANSWER_RELEASE = "AR-2"  # and AR-4: agreed at once
    ABORT_AS_USER = "AA-1"
    ABORT_AS_PROVIDER = "AA-8"
    ABORT_AGAIN = "AA-7"
    IGNORE = "AA-6"
    CLOSE = "AA-2"  # also AA-3, AA-4, AA-5, AR-5: for us they are the same


_UNASKED = dict.fromkeys(
    (Kind.ASSOCIATE_AC, Kind.ASSOCIATE_RJ, Kind.DATA, Kind.RELEASE_RQ, Kind.RELEASE_RP)
)

MOVES: dict[State, dict[Event, Action]] = {
    State.REQUEST: {
        **dict.fromkeys(_UNASKED, Action.ABORT_AS_USER),
        Kind.ASSOCIATE_RQ: Action.DECIDE,
        Kind.ABORT: Action.CLOSE,
        Mishap.INVALID: Action.ABORT_AS_USER,
        Mishap.HUNG_UP: Action.CLOSE,
        Mishap.TOO_LATE: Action.CLOSE,
        Mishap.DOOR_CLOSES: Action.CLOSE,
    },
    State.MESSAGES: {
        **dict.fromkeys(_UNASKED, Action.ABORT_AS_PROVIDER),
        Kind.ASSOCIATE_RQ: Action.ABORT_AS_PROVIDER,
        Kind.DATA: Action.TAKE,
        Kind.RELEASE_RQ: Action.ANSWER_RELEASE,
        Kind.ABORT: Action.CLOSE,
        Mishap.INVALID: Action.ABORT_AS_PROVIDER,
        Mishap.HUNG_UP: Action.CLOSE,
        Mishap.TOO_LATE: Action.ABORT_AS_USER,
        Mishap.DOOR_CLOSES: Action.ABORT_AS_USER,
    },
    State.CLOSING: {
        **dict.fromkeys(_UNASKED, Action.IGNORE),
        Kind.ASSOCIATE_RQ: Action.ABORT_AGAIN,
        Kind.ABORT: Action.CLOSE,
        Mishap.INVALID: Action.ABORT_AGAIN,
        Mishap.HUNG_UP: Action.CLOSE,
        Mishap.TOO_LATE: Action.CLOSE,
        Mishap.DOOR_CLOSES: Action.CLOSE,
    },
}
