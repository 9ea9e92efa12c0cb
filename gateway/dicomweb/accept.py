"""Which of our offers a client takes: `Accept` as real clients write it (PS3.18 8.7).

Seen in the field: types quoted and bare, `transfer-syntax=*`, a list of multipart ranges, `*/*`
with parameters, and `accept` as a query parameter where headers cannot be set (8.3.3.1).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.http import HttpRequest
from django.utils.translation import gettext as _

from gateway.dicomweb.doors import BadQuestion, NotAcceptable

EXPLICIT = "1.2.840.10008.1.2.1"
OCTETS = "application/octet-stream"
LONGEST = 4000
_MEMBERS = re.compile(r'(?:[^,"]|"[^"]*")+')
_PARAMETERS = re.compile(r'(?:[^;"]|"[^"]*")+')
_TYPE = re.compile(r"[a-z0-9!#$&^_.+*-]+/[a-z0-9!#$&^_.+*-]+")


@dataclass(frozen=True, slots=True)
class Range:
    """One member of an Accept list."""

    media: str  # "multipart/related", "image/*", "*/*"
    inner: str  # what a multipart's parts may be; "" when it does not say
    syntax: str  # the transfer-syntax parameter; "" when it does not say
    weight: float

    @property
    def is_multipart(self) -> bool:
        return self.media.startswith("multipart/")

    def takes(self, offer: "Offer") -> bool:
        """Is the offer one of these?"""
        if self.media == "*/*":
            return self._takes_syntax(offer)
        if self.is_multipart:
            fits = offer.is_multipart and _covers(self.inner or "*/*", offer.media)
        else:
            fits = not offer.is_multipart and _covers(self.media, offer.media)
        return fits and self._takes_syntax(offer)

    def _takes_syntax(self, offer: "Offer") -> bool:
        if self.syntax:
            return self.syntax in {"*", offer.syntax} or not offer.syntax
        # Octets that say nothing of their syntax are little-endian samples (table 8.7.3-5).
        says_octets = OCTETS in {self.media, self.inner}
        return not says_octets or offer.syntax in {"", EXPLICIT}


@dataclass(frozen=True, slots=True)
class Offer:
    """One way in which we can answer."""

    media: str
    syntax: str = ""
    is_multipart: bool = False

    @property
    def content_type(self) -> str:
        """For a single-part answer, or for the header of one part."""
        if not self.syntax or self.media.startswith(("image/", "video/")):
            return self.media
        return f"{self.media}; transfer-syntax={self.syntax}"


def choose(request: HttpRequest, offers: Sequence[Offer], also: Sequence[Offer] = ()) -> Offer:
    """The offer that the client likes best; among equals the first. Raises NotAcceptable, and
    says what is on offer, `also` what might have been asked for."""
    found = best(request, offers)
    if found is not None:
        return found[1]
    told = dict.fromkeys(_described(offer) for offer in (*offers, *also))
    raise NotAcceptable(
        _("None of the accepted media types can be given. On offer: %(offers)s.")
        % {"offers": ", ".join(told) or "–"}
    )


def best(request: HttpRequest, offers: Sequence[Offer]) -> tuple[float, Offer] | None:
    """The same with how much it is liked; None when the client takes none of them."""
    return _best(wishes(request), tuple(offers))


def liked(request: HttpRequest, offers: Sequence[Offer]) -> list[Offer]:
    """All that the client takes, the best first."""
    found = (offer for wish in wishes(request) for offer in offers if wish.takes(offer))
    return list(dict.fromkeys(found))


@lru_cache(maxsize=1024)  # the frames of a series are offered alike
def _best(wishes: tuple[Range, ...], offers: tuple[Offer, ...]) -> tuple[float, Offer] | None:
    pairs = ((wish.weight, offer) for wish in wishes for offer in offers if wish.takes(offer))
    return next(pairs, None)


def wishes(request: HttpRequest) -> tuple[Range, ...]:
    """What the client accepts, best first. A query parameter goes before the header."""
    # In a query "+" is a space: application/dicom+json arrives torn.
    asked = request.GET.get("accept", "").replace("dicom json", "dicom+json")
    text = asked or request.META.get("HTTP_ACCEPT", "") or "*/*"
    if len(text) > LONGEST:
        raise BadQuestion(_("The Accept header is too long."))
    return _read(text)


@lru_cache(maxsize=256)  # a viewer says the same with every frame
def _read(text: str) -> tuple[Range, ...]:
    found = [wish for wish in map(_range, _MEMBERS.findall(text)) if wish and wish.weight > 0]
    return tuple(sorted(found, key=lambda wish: -wish.weight))


def _range(member: str) -> Range | None:
    media, *pairs = _PARAMETERS.findall(member) or [""]
    media = media.strip().lower()
    if not _TYPE.fullmatch(media):
        return None
    given = dict(_parameters(pairs))
    return Range(
        media=media,
        inner=given.get("type", "").lower(),
        syntax=given.get("transfer-syntax", ""),
        weight=_weight(given.get("q", "")),
    )


def _parameters(pairs: Iterable[str]) -> Iterable[tuple[str, str]]:
    for pair in pairs:
        name, _equals, value = pair.partition("=")
        yield name.strip().lower(), value.strip().strip('"').strip()


def _weight(text: str) -> float:
    try:
        return min(max(float(text), 0.0), 1.0) if text else 1.0
    except ValueError:
        return 1.0


def _covers(pattern: str, media: str) -> bool:
    kind, _slash, _rest = pattern.partition("/")
    return pattern in {media, "*/*"} or (pattern.endswith("/*") and media.startswith(f"{kind}/"))


def _described(offer: Offer) -> str:
    return (
        f"multipart/related; type={offer.content_type}"
        if offer.is_multipart
        else offer.content_type
    )
