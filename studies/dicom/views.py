"""From which side an image was taken, and of which side of the patient."""

from studies.dicom import values as v

_SIDES = {"L", "R", "B"}
# View codes of mammography (CID 4014), in the words that View Position has for them.
_VIEW_CODES = {
    **dict.fromkeys(["399162004", "R-10242"], "CC"),
    **dict.fromkeys(["399368009", "R-10226"], "MLO"),
    **dict.fromkeys(["399260004", "R-10224"], "ML"),
    **dict.fromkeys(["399352003", "R-10228"], "LM"),
}


def view_position_of(elements: v.Elements) -> str:
    """View Position (0018,5101) in capitals, else the meaning of a mammogram's view code."""
    told = v.text(elements, "00185101").upper()
    if told:
        return told
    code = v.item(elements, "00540220")
    return _VIEW_CODES.get(v.text(code, "00080100"), "")


def laterality_of(elements: v.Elements) -> str:
    """The image's own side (0020,0062), that of a frame's anatomy, or the series' (0020,0060)."""
    for told in (
        v.text(elements, "00200062"),
        _of_frames(elements),
        v.text(elements, "00200060"),
    ):
        if told.upper() in _SIDES:
            return told.upper()
    return ""


def _of_frames(elements: v.Elements) -> str:
    """Frame Laterality (0020,9072) that all frames of an enhanced object share."""
    shared = v.item(elements, "52009229")
    return v.text(v.item(shared, "00209071"), "00209072")
