"""Words on a picture: whose it is and how it was made (PS3.18 8.3.5.1.1)."""

from PIL import Image, ImageDraw, ImageFont

from studies.dicom import Header
from studies.dicom import values as v

PATIENT = ("00100010", "00100020", "00100030", "00100040")
# What tells one exposure from another: label, attribute, unit.
TECHNIQUE = (
    ("", "00080060", ""),
    ("", "00181030", ""),
    ("", "00080020", ""),
    ("", "00180060", "kV"),
    ("", "00181152", "mAs"),
    ("", "00181151", "mA"),
    ("", "00181150", "ms"),
    ("TR", "00180080", "ms"),
    ("TE", "00180081", "ms"),
    ("", "00180050", "mm"),
)
LONGEST = 80  # characters of a line
SMALLEST, SHARE = 9, 32  # points; the picture's longer side by the height of a line
MARGIN = 4


def annotated(image: Image.Image, header: Header, annotation: tuple[str, ...]) -> Image.Image:
    """The picture with its words: the patient at the top left, the technique at the bottom left."""
    size = max(SMALLEST, max(image.size) // SHARE)
    font = ImageFont.load_default(size)
    pen = ImageDraw.Draw(image)
    if "patient" in annotation:
        _write(pen, "\n".join(patient_lines(header)), font, (MARGIN, MARGIN), "la")
    if "technique" in annotation:
        place = (MARGIN, image.height - MARGIN)
        _write(pen, "\n".join(technique_lines(header)), font, place, "ld")
    return image


def patient_lines(header: Header) -> list[str]:
    """Name, number, birth date and sex. A name that the letters at hand cannot say is left out:
    the number tells whose it is."""
    texts = [v.text(header.elements, tag) for tag in PATIENT]
    texts[0] = texts[0].split("=")[0].replace("^", " ").strip()
    return [text[:LONGEST] for text in texts if text and is_sayable(text)]


def technique_lines(header: Header) -> list[str]:
    """One line for each of the facts that the object has."""
    told = ((label, v.text(header.elements, tag), unit) for label, tag, unit in TECHNIQUE)
    lines = [" ".join(filter(None, line)) for line in told if line[1]]
    return [line[:LONGEST] for line in lines if is_sayable(line)]


def is_sayable(text: str) -> bool:
    """Latin letters only: the font that Pillow brings has no others."""
    return all(ord(letter) < 0x250 and letter.isprintable() for letter in text)  # noqa: PLR2004


def _write(
    pen: ImageDraw.ImageDraw,
    text: str,
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
    place: tuple[int, int],
    anchor: str,
) -> None:
    """White with a dark rim, so that it is read on bone and on air."""
    light, dark = (255, 0) if pen.mode == "L" else ((255, 255, 255), (0, 0, 0))
    pen.multiline_text(
        place, text, fill=light, font=font, anchor=anchor, stroke_width=1, stroke_fill=dark
    )
