"""A volume filled with tissues, shape by shape, in the patient's millimetres."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from demo.phantoms.noise import Values, smooth_noise
from demo.phantoms.tissues import Tissue

Point = tuple[float, float, float]
Box = tuple[slice, slice, slice]


class Piece(Protocol):
    """Something solid: where it lies, and how far off a place is (below 1 is inside)."""

    @property
    def rough(self) -> float: ...

    def bounds(self) -> tuple[Point, Point]: ...

    def distance(self, x: Values, y: Values, z: Values) -> Values: ...


class Shape(Protocol):
    def pieces(self) -> Iterable[Piece]: ...


def rotation(turn: Point) -> NDArray[np.float64]:
    """The matrix of turning about x, then y, then z, by these degrees."""
    turned = np.eye(3)
    for axis, degrees in enumerate(turn):
        c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
        one, two = (axis + 1) % 3, (axis + 2) % 3
        step = np.eye(3)
        step[one, one] = step[two, two] = c
        step[one, two], step[two, one] = -s, s
        turned = step @ turned
    return turned


@dataclass(frozen=True, slots=True)
class Egg:
    """An ellipsoid; with a `power` above 2 it becomes a rounded box."""

    centre: Point
    radii: Point
    turn: Point = (0, 0, 0)
    power: float = 2
    rough: float = 0

    def grown(self, by: float) -> "Egg":
        """The same, with its surface `by` millimetres further out."""
        a, b, c = self.radii
        radii = (a + by, b + by, c + by)
        return Egg(self.centre, radii, self.turn, self.power, self.rough)

    def pieces(self) -> Iterator["Egg"]:
        yield self

    def bounds(self) -> tuple[Point, Point]:
        a, b, c = self.radii if self.turn == (0, 0, 0) else (max(self.radii),) * 3
        spare = (1 + 2 * self.rough) * (1.4 if self.power != 2 and any(self.turn) else 1)
        x, y, z = self.centre
        low = (x - a * spare, y - b * spare, z - c * spare)
        return low, (x + a * spare, y + b * spare, z + c * spare)

    def distance(self, x: Values, y: Values, z: Values) -> Values:
        a, b, c = (g - np.float32(m) for g, m in zip((x, y, z), self.centre, strict=True))
        if self.turn != (0, 0, 0):
            r = rotation(self.turn).astype(np.float32)
            a, b, c = (r[0, i] * a + r[1, i] * b + r[2, i] * c for i in range(3))
        one, two, three = (np.float32(1 / radius) for radius in self.radii)
        power = np.float32(self.power)
        flat = np.abs(a * one) ** power + np.abs(b * two) ** power
        distance: Values = flat + np.abs(c * three) ** power
        return distance


@dataclass(frozen=True, slots=True)
class Rod:
    """A straight piece of a tube, round at both ends."""

    start: Point
    end: Point
    radii: tuple[float, float]
    rough: float = 0

    def bounds(self) -> tuple[Point, Point]:
        wide = max(self.radii)
        pairs = [sorted(pair) for pair in zip(self.start, self.end, strict=True)]
        low, high = ([p[i] + (2 * i - 1) * wide for p in pairs] for i in (0, 1))
        return (low[0], low[1], low[2]), (high[0], high[1], high[2])

    def distance(self, x: Values, y: Values, z: Values) -> Values:
        along = np.subtract(self.end, self.start).astype(np.float32)
        long = np.float32(max(float(along @ along), 1e-6))
        away = [g - np.float32(s) for g, s in zip((x, y, z), self.start, strict=True)]
        part = (away[0] * along[0] + away[1] * along[1] + away[2] * along[2]) / long
        part = np.clip(part, 0, 1)
        off = (away[0] - part * along[0]) ** 2
        off = off + (away[1] - part * along[1]) ** 2
        off = off + (away[2] - part * along[2]) ** 2
        wide = np.float32(self.radii[0]) + part * np.float32(self.radii[1] - self.radii[0])
        distance: Values = off / (wide * wide)
        return distance


@dataclass(frozen=True, slots=True)
class Tube:
    """A bent tube through `points`; its radius changes from point to point."""

    points: Sequence[Point]
    radii: Sequence[float]

    def pieces(self) -> Iterator[Rod]:
        places = zip(self.points, self.radii, strict=True)
        for (start, wide), (end, narrow) in itertools.pairwise(places):
            yield Rod(start, end, (wide, narrow))


def tube(points: Sequence[Point], radius: float) -> Tube:
    """A tube of the same radius all along."""
    return Tube(points, [radius] * len(points))


def curve(points: Sequence[Point], count: int) -> list[Point]:
    """`count` places on a smooth line through `points` (Catmull-Rom)."""
    p = np.asarray([points[0], *points, points[-1]], float)
    places = np.linspace(0, len(points) - 1.0001, count)
    bent = []
    for place in places:
        i, t = int(place), place - int(place)
        a, b, c, d = p[i : i + 4]
        x, y, z = 0.5 * (
            2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2
            + (3 * b - a - 3 * c + d) * t**3
        )  # fmt: skip
        bent.append((float(x), float(y), float(z)))
    return bent


class Space:
    """Tissues on a grid; the coordinates along each side are given, upwards or downwards."""

    def __init__(self, x: Values, y: Values, z: Values, seed: int, grain: float = 12) -> None:
        self.axes = tuple(np.asarray(axis, np.float32) for axis in (x, y, z))
        self.labels = np.zeros((len(z), len(y), len(x)), np.uint8)
        steps = [abs(float(a[-1] - a[0])) / max(len(a) - 1, 1) for a in (z, y, x)]
        coarse = [
            max(2, round(side * step / 2.5)) for side, step in zip(self.shape, steps, strict=True)
        ]
        self._wobble = smooth_noise((coarse[0], coarse[1], coarse[2]), grain / 2.5, seed)

    @property
    def shape(self) -> tuple[int, int, int]:
        a, b, c = self.labels.shape
        return a, b, c

    def box(self, low: Point, high: Point) -> Box | None:
        """The part of the grid between two corners; nothing when they lie outside."""
        parts = []
        for axis, start, end in zip(self.axes, low, high, strict=True):
            inside = np.flatnonzero((axis >= start) & (axis <= end))
            if not len(inside):
                return None
            parts.append(slice(int(inside[0]), int(inside[-1]) + 1))
        return parts[2], parts[1], parts[0]

    def grid(self, box: Box) -> tuple[Values, Values, Values]:
        """Coordinates (x, y, z) of a part, ready to be combined."""
        x, y, z = (axis[part] for axis, part in zip(self.axes, reversed(box), strict=True))
        return x[None, None, :], y[None, :, None], z[:, None, None]

    def wobble(self, box: Box) -> Values:
        """Smooth noise over a part: what makes a surface look grown."""
        picked = self._wobble
        for axis, part in enumerate(box):
            side = self.shape[axis]
            places = np.linspace(0, picked.shape[axis] - 1, side)[part]
            low = np.minimum(places.astype(int), picked.shape[axis] - 2)
            share = (places - low).astype(np.float32)
            share = share.reshape([-1 if a == axis else 1 for a in range(3)])
            first = np.take(picked, low, axis)
            picked = first + share * (np.take(picked, low + 1, axis) - first)
        return picked

    def fill(self, tissue: Tissue, shape: Shape, within: Sequence[Tissue] = ()) -> None:
        """Put a tissue wherever the shape is; only into the tissues `within` when given."""
        allowed = np.zeros(256, bool)
        allowed[list(within) or slice(None)] = True
        for piece in shape.pieces():
            box = self.box(*piece.bounds())
            if box is None:
                continue
            inside = self.inside(piece, box)
            if within:
                inside &= allowed[self.labels[box]]
            self.labels[box][inside] = tissue

    def inside(self, piece: Piece, box: Box) -> NDArray[np.bool_]:
        """Where in the box the piece is."""
        distance = piece.distance(*self.grid(box))
        if piece.rough:
            distance = distance + np.float32(piece.rough) * self.wobble(box)
        inside: NDArray[np.bool_] = distance < 1
        return inside

    def seen_as(self, values: Sequence[float]) -> Values:
        """The volume in the values that each tissue has."""
        table = np.asarray(values, np.float32)
        return table[self.labels]


def mirrored(points: Sequence[Point], side: int) -> list[Point]:
    """A line drawn for the left of the body, on `side`: 1 left, -1 right."""
    return [(side * x, y, z) for x, y, z in points]
