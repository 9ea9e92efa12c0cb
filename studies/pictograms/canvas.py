"""A drawing board for pictograms: a square of 0–100 units, drawn large and then reduced."""

from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont

# Grey-blues in the middle of the scale: neither glaring on a dark page nor heavy on a light one.
GROUND = (84, 101, 120)
PAPER = (225, 232, 239)
PAPER_EDGE = (168, 182, 196)
INK = (66, 84, 104)
FAINT = (176, 190, 204)
ACCENT = (122, 166, 204)
LIGHT = (236, 241, 246)

UNITS = 100
OVERSAMPLING = 3
MAX_SIDE = 2048
Point = tuple[float, float]


class Canvas:
    """Lines and shapes in units of a hundredth of the side."""

    def __init__(self, side: int) -> None:
        self.side = min(max(side, 16), MAX_SIDE)
        self._scale = self.side * OVERSAMPLING / UNITS
        full = self.side * OVERSAMPLING
        self._image = Image.new("RGB", (full, full), GROUND)
        self._draw = ImageDraw.Draw(self._image)

    def line(self, points: Sequence[Point], colour: tuple[int, int, int], width: float) -> None:
        self._draw.line(
            [self._at(point) for point in points],
            fill=colour,
            width=max(round(width * self._scale), 1),
            joint="curve",
        )

    def shape(
        self,
        points: Sequence[Point],
        fill: tuple[int, int, int] | None,
        edge: tuple[int, int, int] | None = None,
        width: float = 1.5,
    ) -> None:
        if fill is not None:
            self._draw.polygon([self._at(point) for point in points], fill=fill)
        if edge is not None:
            self.line([*points, points[0], points[1]], edge, width)

    def box(
        self,
        corner: Point,
        opposite: Point,
        fill: tuple[int, int, int] | None,
        edge: tuple[int, int, int] | None = None,
        radius: float = 2,
    ) -> None:
        self._draw.rounded_rectangle(
            (self._at(corner), self._at(opposite)),
            radius=radius * self._scale,
            fill=fill,
            outline=edge,
            width=max(round(1.2 * self._scale), 1),
        )

    def oval(
        self,
        centre: Point,
        radii: Point,
        fill: tuple[int, int, int] | None,
        edge: tuple[int, int, int] | None = None,
        width: float = 2,
    ) -> None:
        x, y = centre
        across, down = radii
        self._draw.ellipse(
            (self._at((x - across, y - down)), self._at((x + across, y + down))),
            fill=fill,
            outline=edge,
            width=max(round(width * self._scale), 1),
        )

    def text(
        self, centre: Point, words: str, size: float, colour: tuple[int, int, int], room: float = 94
    ) -> None:
        """Words centred on a point, made smaller until they fit into `room` units, then cut."""
        wanted = size
        while wanted > size * 0.6 and self._length(words, wanted) > room:
            wanted *= 0.92
        while len(words) > 1 and self._length(words, wanted) > room:
            words = words[:-2].rstrip() + "…"
        font = ImageFont.load_default(max(wanted * self._scale, 1))
        self._draw.text(self._at(centre), words, fill=colour, font=font, anchor="mm")

    def _length(self, words: str, size: float) -> float:
        return ImageFont.load_default(max(size * self._scale, 1)).getlength(words) / self._scale

    def _at(self, point: Point) -> Point:
        return point[0] * self._scale, point[1] * self._scale

    def image(self) -> Image.Image:
        """The finished picture in the wanted size."""
        return self._image.resize((self.side, self.side), Image.Resampling.BOX)
