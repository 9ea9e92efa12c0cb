"""Shadows of solid shapes on a detector: a radiograph, before its noise."""

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from demo.phantoms.noise import Values, clouds, enlarged, grain, softened
from demo.phantoms.space import Egg, Point, rotation

SOFT, HARD, FATTY = 0.020, 0.062, 0.0175  # weakening of the beam, for each millimetre
SPONGY = 0.026
FRONTAL = np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]])  # across, down, along the beam
LATERAL = np.array([[0, 1.0, 0], [0, 0, -1], [1, 0, 0]])
STROKES: dict[str, list[list[tuple[float, float]]]] = {
    "L": [[(0, 0), (0, 6), (3.4, 6)]],
    "R": [
        [(0, 6), (0, 0), (1.9, 0), (3, 0.5), (3.4, 1.5), (3, 2.6), (1.9, 3.1), (0, 3.1)],
        [(1.6, 3.1), (3.6, 6)],
    ],
}
Slices = tuple[slice, slice]


class Shadow:
    """Weakening of the beam behind each sample of a detector, soft and hard parts apart."""

    def __init__(
        self,
        shape: tuple[int, int],
        spacing: float,
        view: NDArray[np.float64] = FRONTAL,
        centre: Point = (0, 0, 0),
    ) -> None:
        rows, columns = shape
        self._is_fusing = False
        self.view, self.spacing = view, spacing
        self.bones = np.float32(1)  # a harder beam shows less of them
        middle = view @ np.asarray(centre)
        self.across = ((np.arange(columns) - (columns - 1) / 2) * spacing + middle[0]).astype("f4")
        self.down = ((np.arange(rows) - (rows - 1) / 2) * spacing + middle[1]).astype("f4")
        self.soft: Values = np.zeros(shape, np.float32)
        self.hard: Values = np.zeros(shape, np.float32)

    @contextmanager
    def fused(self) -> Iterator[None]:
        """What is cast meanwhile is one body: where its pieces overlap, the thickest counts."""
        soft, hard = self.soft, self.hard
        self.soft, self.hard = np.zeros_like(soft), np.zeros_like(hard)
        self._is_fusing = True
        yield
        self._is_fusing = False
        self.soft, self.hard = soft + self.soft, hard + self.hard

    def lay(self, layer: Values, part: Slices, weakening: Values) -> None:
        """Put one more piece into the beam."""
        target = layer[part]
        if self._is_fusing:
            np.maximum(target, weakening, out=target)
        else:
            target += weakening

    def part(self, low: NDArray[np.float64], high: NDArray[np.float64]) -> Slices:
        """The samples between two corners in the plane of the detector."""
        x = np.searchsorted(self.across, (low[0], high[0]))
        y = np.searchsorted(self.down, (low[1], high[1]))
        return slice(int(y[0]), int(y[1])), slice(int(x[0]), int(x[1]))

    def solid(self, egg: Egg, density: float, hard: bool = False) -> None:
        """Something massive; with a negative density a hollow in what is there."""
        part, chord = self.chord(egg)
        self.lay(self.hard if hard else self.soft, part, np.float32(density) * chord)

    def shell(self, egg: Egg, wall: float) -> None:
        """A short bone: a thin hard wall around spongy bone."""
        part, outer = self.chord(egg)
        inside, inner = self.chord(egg.grown(-wall))
        weakening = np.float32(HARD) * outer
        local = tuple(
            slice(i.start - o.start, i.stop - o.start) for i, o in zip(inside, part, strict=True)
        )
        weakening[local] -= np.float32(HARD - SPONGY) * inner
        self.lay(self.hard, part, weakening)

    def chord(self, egg: Egg) -> tuple[Slices, Values]:
        """How many millimetres of the egg the beam passes, and where."""
        turned = self.view @ rotation(egg.turn)
        spread = turned @ np.diag(np.square(egg.radii)) @ turned.T
        middle = self.view @ np.asarray(egg.centre)
        reach = np.sqrt(np.diag(spread))
        part = self.part(middle[:2] - reach[:2], middle[:2] + reach[:2])
        thick = np.float32(2 / np.sqrt(np.linalg.inv(spread)[2, 2]))
        u = self.across[part[1]][None, :] - np.float32(middle[0])
        v = self.down[part[0]][:, None] - np.float32(middle[1])
        if egg.power > 2 and abs(spread[0, 1]) < 1e-6:
            one, two = (1 / reach[:2]).astype(np.float32)
            power = np.float32(egg.power)
            return part, thick * np.sqrt(
                np.maximum(1 - np.abs(u * one) ** power - np.abs(v * two) ** power, 0)
            )
        flat = np.linalg.inv(spread[:2, :2]).astype(np.float32)
        inside = flat[0, 0] * u * u + 2 * flat[0, 1] * u * v + flat[1, 1] * v * v
        if egg.power > 2:
            inside = inside ** np.float32(egg.power / 2)
        return part, thick * np.sqrt(np.maximum(1 - inside, 0))

    def bone(
        self,
        points: Sequence[Point],
        radii: Sequence[float],
        walls: Sequence[float],
        flat: float = 1,
    ) -> None:
        """A long bone along a line: hard walls of changing thickness, spongy inside.

        Seen from its broad side it is thinner than wide: `flat` times as thick.
        """
        inner = [max(r - w, 0.05) for r, w in zip(radii, walls, strict=True)]
        part, chords = self.passage(points, radii, inner)
        hard = np.float32(HARD * flat) * chords[0]
        self.lay(self.hard, part, hard - np.float32((HARD - SPONGY) * flat) * chords[1])

    def pipe(self, points: Sequence[Point], radii: Sequence[float], density: float) -> None:
        """A soft tube along a line: a vessel, a finger; hollow when negative."""
        part, chords = self.passage(points, radii)
        self.lay(self.soft, part, np.float32(density) * chords[0])

    def passage(
        self, points: Sequence[Point], *radii: Sequence[float]
    ) -> tuple[Slices, list[Values]]:
        """How many millimetres of one or more tubes along the same line the beam passes."""
        line = np.asarray(points, float)
        flat = (line @ self.view.T)[:, :2]
        wide = max(radii[0])
        part = self.part(flat.min(0) - wide, flat.max(0) + wide)
        origin = (part[0].start, part[1].start)
        chords = [np.zeros(self.soft[part].shape, np.float32) for _ in radii]
        for number, (a, b) in enumerate(itertools.pairwise(flat)):
            reach = max(radii[0][number : number + 2])
            here = self.part(np.minimum(a, b) - reach, np.maximum(a, b) + reach)
            if here[0].start >= here[0].stop or here[1].start >= here[1].stop:
                continue
            share, off = self.nearest(here, a, b)
            depth = float(np.linalg.norm(line[number + 1] - line[number]))
            slant = np.float32(min(depth / max(float(np.linalg.norm(b - a)), 1e-3), 1.6))
            local = tuple(slice(s.start - o, s.stop - o) for s, o in zip(here, origin, strict=True))
            for chord, sizes in zip(chords, radii, strict=True):
                size = np.float32(sizes[number]) + share * np.float32(
                    sizes[number + 1] - sizes[number]
                )
                through = 2 * slant * np.sqrt(np.maximum(size * size - off, 0))
                target = chord[local]
                np.maximum(target, through, out=target)
        return part, chords

    def nearest(
        self, part: Slices, a: NDArray[np.float64], b: NDArray[np.float64]
    ) -> tuple[Values, Values]:
        """For each sample: how far along the line from a to b, and how far off it (squared)."""
        way = (b - a).astype(np.float32)
        long = np.float32(max(float(way @ way), 1e-6))
        u = self.across[part[1]][None, :] - np.float32(a[0])
        v = self.down[part[0]][:, None] - np.float32(a[1])
        share = np.clip((u * way[0] + v * way[1]) / long, 0, 1)
        return share, (u - share * way[0]) ** 2 + (v - share * way[1]) ** 2

    def total(self, seed: int) -> Values:
        """Everything together; bone gets the texture of its trabeculae."""
        rows, columns = self.hard.shape
        texture = 1 + np.float32(0.05) * clouds(rows, columns, 1.1, seed)
        total: Values = self.soft + self.bones * self.hard * np.clip(texture, 0.7, 1.3)
        return total


def developed(
    total: Values, size: tuple[int, int], flat: float, seed: int, dark: float = 1.0
) -> Values:
    """The picture from 0 (black) to 1 (white) as a detector system shows it.

    Large differences are flattened, as every maker does, so that thick and thin parts are seen
    at once; `flat` is how much of them goes. So many percent of the patient may be `dark`.
    """
    rows, columns = total.shape
    small = total[::16, ::16]
    for _ in range(3):
        small = softened(np.pad(small, 4, mode="edge"), 4)[4:-4, 4:-4]
    picture = total - np.float32(flat) * enlarged(small, rows, columns)
    tissue = picture[::2, ::2][total[::2, ::2] > 0.06]
    low, high = float(np.quantile(tissue, dark / 100)), float(np.quantile(tissue, 0.997))
    picture = enlarged(softened(picture), *size)
    picture *= np.float32(0.86 / (high - low))
    picture += grain(size, 0.011, seed) + np.float32(0.09 - 0.86 * low / (high - low))
    return picture


def lettered(picture: Values, letter: str, place: tuple[int, int], unit: int) -> Values:
    """With a lead letter laid on the detector, its upper left corner at `place`."""
    plate = Shadow((unit * 9, unit * 7), 1 / unit, np.eye(3), (1.8, 3, 0))
    for stroke in STROKES[letter]:
        plate.pipe([(x, y, 0.0) for x, y in stroke], [0.42] * len(stroke), 1)
    lead = np.clip(plate.soft * 4, 0, 1)
    rows, columns = lead.shape
    top, left = place
    under = picture[top : top + rows, left : left + columns]
    under += lead * (np.float32(1.02) - under)
    return picture


def collimated(picture: Values, edges: tuple[int, int, int, int]) -> Values:
    """With the blades of the collimator around the picture: top, bottom, left, right."""
    rows, columns = picture.shape
    top, bottom, left, right = edges
    down, across = np.arange(rows, dtype=np.float32), np.arange(columns, dtype=np.float32)
    lit_down = np.clip(np.minimum(down - top, rows - bottom - down) / 6, 0, 1)
    lit_across = np.clip(np.minimum(across - left, columns - right - across) / 6, 0, 1)
    framed: Values = picture * lit_down[:, None] * lit_across[None, :]
    return framed
