"""Photos that people hang on a fault, drawn by us."""

from io import BytesIO

import numpy as np
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw, ImageFont

SIZE = (1280, 860)
PANEL, FRAME, RED, PALE = (24, 30, 38), (60, 68, 78), (196, 52, 44), (222, 228, 234)
WATER, RING_WIDTH, RINGS = 96, 3, (60, 92, 131, 188, 240)


def error_on_console(number: str, words: str) -> SimpleUploadedFile:
    """A console's screen with an error across it, as a telephone sees it."""
    picture = Image.new("RGB", SIZE, FRAME)
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((60, 50, 1220, 780), 18, fill=PANEL)
    draw.rectangle((60, 330, 1220, 500), fill=RED)
    large, small = (ImageFont.load_default(size) for size in (72, 34))
    draw.text((110, 345), number, fill=PALE, font=large)
    draw.text((112, 440), words, fill=PALE, font=small)
    for place, text in enumerate(("kV    ---", "mA    ---", "Fluoro   0:00", "SID  110 cm")):
        draw.text((110 + 280 * place, 640), text, fill=PALE, font=small)
    draw.text((110, 110), "ANGIOGRAPHY 1", fill=PALE, font=small)
    return _photo(picture, "console.png")


def rings_on_water() -> SimpleUploadedFile:
    """A phantom of water with rings in it: what an arcing tube and a tired detector leave."""
    down, across = np.mgrid[-300:300, -300:300]
    radius = np.hypot(down, across)
    noise = np.random.default_rng(7).normal(0, 6, radius.shape)
    grey = np.where(radius < 270, WATER + noise, 4)  # noqa: PLR2004 — the phantom's rim
    for ring in RINGS:
        grey[np.abs(radius - ring) < RING_WIDTH] += 34
    return _photo(Image.fromarray(np.clip(grey, 0, 255).astype("uint8")), "rings.png")


def _photo(picture: Image.Image, name: str) -> SimpleUploadedFile:
    stream = BytesIO()
    picture.save(stream, "PNG")
    return SimpleUploadedFile(name, stream.getvalue(), "image/png")
