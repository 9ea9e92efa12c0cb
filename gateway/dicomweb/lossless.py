"""Offers that have to be compressed first: made for who asks for them, and only where the image
comes back as it is."""

from collections.abc import Callable, Iterable, Sequence

from django.http import HttpRequest

from gateway.dicomweb.accept import Offer, best, choose, wishes
from gateway.dicomweb.finding import Stored
from studies import limited
from studies.dicom.encapsulation import VIDEO
from studies.transcoding import LOSSLESS

BITS = frozenset({8, 16})  # allocated, of what the lossless syntaxes hold


def makeable(stored: Stored) -> list[str]:
    """The lossless syntaxes that may be made of an object, as far as its row tells."""
    if not stored.has_pixels or stored.bits_allocated not in BITS:
        return []
    if stored.transfer_syntax in VIDEO:
        return []
    return [one for one in LOSSLESS if one != stored.transfer_syntax]


def chosen(
    request: HttpRequest,
    stored: Stored,
    usual: Sequence[Offer],
    forms: Callable[[Iterable[str]], list[Offer]],
    frames: Sequence[int] = (),
) -> Offer:
    """The offer that the client likes best of the usual ones and of those that can be made.

    `forms` are the offers of some syntaxes, `frames` what is wanted of the image (counted from 0;
    none: all of it). It is looked at only when one of them is liked better. Raises NotAcceptable.
    """
    at_hand = best(request, usual)
    if at_hand is not None and at_hand[0] >= wishes(request)[0].weight:
        return at_hand[1]  # with every frame of a viewer, hence first: nothing is liked more
    can_be: list[Offer] = []
    if is_better(request, forms(makeable(stored)), usual):
        stored.place.stat()  # a missing file is said as such
        fitting = limited.encodings(stored.place, frames)
        can_be = forms(one for one in fitting if one in makeable(stored))
        if is_better(request, can_be, usual):
            return choose(request, can_be)
    return choose(request, usual, also=can_be)


def is_better(request: HttpRequest, made: Sequence[Offer], usual: Sequence[Offer]) -> bool:
    """Whether the client likes something that has to be made more than all that is here: whoever
    takes either gets what costs nothing."""
    wanted, at_hand = best(request, made), best(request, usual)
    return wanted is not None and (at_hand is None or at_hand[0] < wanted[0])
