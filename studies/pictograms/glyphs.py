"""What each kind of object looks like when it has no picture of its own."""

import math

from studies.pictograms.canvas import ACCENT, FAINT, GROUND, INK, LIGHT, PAPER, PAPER_EDGE, Canvas

_LEFT, _RIGHT, _TOP, _BOTTOM = 24, 76, 10, 82


def page(canvas: Canvas) -> None:
    """A sheet of paper with a folded corner."""
    fold = 14
    canvas.shape(
        [
            (_LEFT, _TOP),
            (_RIGHT - fold, _TOP),
            (_RIGHT, _TOP + fold),
            (_RIGHT, _BOTTOM),
            (_LEFT, _BOTTOM),
        ],
        PAPER,
    )
    corner = [(_RIGHT - fold, _TOP), (_RIGHT, _TOP + fold), (_RIGHT - fold, _TOP + fold)]
    canvas.shape(corner, PAPER_EDGE)


def report(canvas: Canvas, title: str) -> None:
    """A page with a title and lines of text."""
    page(canvas)
    canvas.line([(30, 25), (55, 25)], ACCENT, 3.5)
    for row, length in enumerate((40, 37, 40, 28, 0, 40, 34, 38, 18)):
        if length:
            y = 35 + row * 5
            canvas.line([(30, y), (30 + length, y)], INK if row == 0 else FAINT, 1.8)
    canvas.text((50, 91), title or "Report", 9, LIGHT)


def document(canvas: Canvas, label: str, title: str) -> None:
    """A page with a large label."""
    page(canvas)
    for y in (62, 67, 72):
        canvas.line([(31, y), (69 if y < 72 else 55, y)], FAINT, 1.8)  # noqa: PLR2004
    canvas.box((18, 36), (62, 54), ACCENT, radius=2.5)
    canvas.text((40, 45), label, 13, LIGHT, room=40)
    canvas.text((50, 91), title, 9, LIGHT)


def video(canvas: Canvas) -> None:
    """A strip of film with a play sign."""
    canvas.box((10, 20), (90, 78), INK, radius=4)
    for column in range(8):
        x = 14.5 + column * 9.4
        for y in (24, 69):
            canvas.box((x, y), (x + 5, y + 5), GROUND, radius=1)
    canvas.box((15, 33), (85, 65), PAPER, radius=2)
    canvas.shape([(42, 38), (42, 60), (61, 49)], ACCENT)
    canvas.text((50, 90), "Video", 9, LIGHT)


def presentation(canvas: Canvas) -> None:
    """Sheets over one another, the upper one marked."""
    for shift, fill in ((0, PAPER_EDGE), (9, FAINT), (18, PAPER)):
        canvas.box((18 + shift, 12 + shift), (64 + shift, 58 + shift), fill, radius=3)
    canvas.oval((58, 52), (11, 9), None, ACCENT, 2.2)
    canvas.line([(41, 70), (51, 59)], ACCENT, 2.2)
    canvas.text((50, 90), "Presentation", 9, LIGHT)


def key_objects(canvas: Canvas) -> None:
    """An image with a star on it."""
    canvas.box((16, 14), (84, 78), PAPER, radius=4)
    star = [
        (50 + radius * math.sin(math.pi * step / 5), 47 - radius * math.cos(math.pi * step / 5))
        for step in range(10)
        for radius in [26 if step % 2 == 0 else 11]
    ]
    canvas.shape(star, ACCENT, INK, 1.6)
    canvas.text((50, 90), "Key images", 9, LIGHT)


def plan(canvas: Canvas, label: str) -> None:
    """A body in section, its contours, and the beams' crossing."""
    canvas.oval((50, 45), (38, 28), PAPER, PAPER_EDGE, 2)
    canvas.oval((33, 44), (9, 13), FAINT)
    canvas.oval((67, 44), (9, 13), FAINT)
    canvas.oval((50, 52), (13, 10), None, ACCENT, 2.4)
    canvas.oval((50, 52), (7, 5), ACCENT)
    for start, end in (((50, 8), (50, 82)), ((8, 52), (92, 52))):
        canvas.line([start, end], INK, 1)
    canvas.text((50, 90), label, 9, LIGHT)


def segmentation(canvas: Canvas) -> None:
    """Areas told apart."""
    canvas.box((14, 12), (86, 78), INK, radius=4)
    canvas.oval((42, 42), (22, 20), ACCENT)
    canvas.oval((62, 54), (15, 13), PAPER)
    canvas.oval((38, 38), (8, 7), FAINT)
    canvas.text((50, 90), "Segmentation", 9, LIGHT)


def empty_image(canvas: Canvas, label: str) -> None:
    """An image that is not there, or cannot be shown."""
    canvas.box((14, 14), (86, 78), None, FAINT, radius=4)
    canvas.oval((33, 32), (6, 6), FAINT)
    canvas.shape([(20, 70), (40, 46), (52, 60), (64, 48), (80, 70)], FAINT)
    canvas.line([(20, 74), (80, 18)], GROUND, 7)
    canvas.line([(20, 74), (80, 18)], LIGHT, 2.2)
    canvas.text((50, 90), label, 9, LIGHT)


def raw(canvas: Canvas, label: str) -> None:
    """Something only the machine that made it understands."""
    page(canvas)
    for row in range(6):
        for column in range(5):
            x, y = 31 + column * 8, 36 + row * 7
            is_one = (row * 3 + column * 5 + row * column) % 3 == 0
            canvas.box((x, y), (x + 5, y + 4), ACCENT if is_one else FAINT, radius=1)
    canvas.text((50, 91), label, 9, LIGHT)
