"""Which SOP classes are what to a person (PS3.4 B.5)."""

from studies.dicom.encapsulation import VIDEO
from studies.facts import Kind

_STORAGE = "1.2.840.10008.5.1.4.1.1."
_EXACT = {
    "66": Kind.RAW,
    "66.4": Kind.SEGMENTATION,
    "66.5": Kind.SEGMENTATION,
    "66.7": Kind.SEGMENTATION,
    "66.8": Kind.SEGMENTATION,
    "88.59": Kind.KEY_OBJECTS,
    "104.1": Kind.PDF,
    "104.2": Kind.REPORT,
    "77.1.1.1": Kind.VIDEO,
    "77.1.2.1": Kind.VIDEO,
    "77.1.4.1": Kind.VIDEO,
}
# RT objects that carry no pixels: structure sets, plans, treatment records.
_PLANS = frozenset(str(number) for number in [*range(3, 15), 16, 17, 18, *range(20, 26)])
_FAMILIES = (
    ("88.", Kind.REPORT),
    ("9.", Kind.WAVEFORM),
    ("11.", Kind.PRESENTATION),
    ("12.77", Kind.OTHER),
)


def kind_of(class_uid: str, transfer_syntax: str, *, has_pixels: bool) -> Kind:
    """The kind of an object. What has pixels and no better name is an image."""
    if transfer_syntax in VIDEO:
        return Kind.VIDEO
    known = _by_class(class_uid)
    if known is Kind.VIDEO or (known is None and has_pixels):
        return Kind.IMAGE if has_pixels else Kind.OTHER
    return known or Kind.OTHER


def _by_class(class_uid: str) -> Kind | None:
    if not class_uid.startswith(_STORAGE):
        return None
    rest = class_uid.removeprefix(_STORAGE)
    if rest in _EXACT:
        return _EXACT[rest]
    if rest.startswith("481.") and rest.removeprefix("481.") in _PLANS:
        return Kind.PLAN
    return next((kind for family, kind in _FAMILIES if rest.startswith(family)), None)
