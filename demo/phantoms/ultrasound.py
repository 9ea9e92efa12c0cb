"""Ultrasound loops: echoes between depth and angle, then drawn as the probe's sector."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demo.phantoms.noise import Values, clouds, smooth_noise, softened
from demo.phantoms.space import curve

FRAMES, ROWS, COLUMNS = 36, 600, 800
BEAMS, SAMPLES = 256, 560
MARGIN = 60  # samples of tissue above and below, for breathing
# from, to, half as wide: hepatic veins join near the diaphragm, portal branches leave the hilum
VEINS: list[tuple[tuple[float, float], tuple[float, float], float]] = [
    ((-42, 110), (-62, 72), 2.6),
    ((-38, 108), (-52, 46), 2.3),
    ((-34, 112), (2, 98), 2.6),
    ((22, 44), (54, 60), 2.1),
    ((24, 42), (-6, 29), 1.9),
    ((24, 46), (28, 70), 1.7),
]
Echoes = Callable[[Values, Values, float], Values]


@dataclass(frozen=True, slots=True)
class Probe:
    """A convex or linear probe: radius of its face, half opening, depth; in mm and radians."""

    face: float
    opening: float
    depth: float
    top: int = 42  # row of the probe's face in the picture

    @property
    def spacing(self) -> float:
        return self.depth / (ROWS - self.top - 30)

    def places(self) -> tuple[Values, Values]:
        """Sideways and downwards, in millimetres from the face's middle, by sample and beam."""
        deep = np.linspace(0, self.depth, SAMPLES, dtype=np.float32)[:, None]
        angle = np.linspace(-self.opening, self.opening, BEAMS, dtype=np.float32)[None, :]
        if not self.face:
            wide = angle * np.float32(25 / self.opening)
            return wide + 0 * deep, deep + 0 * wide
        reach = deep + np.float32(self.face)
        return reach * np.sin(angle), reach * np.cos(angle) - np.float32(self.face)

    def scan(self) -> tuple[Values, Values]:
        """For each picture sample: which depth sample and which beam (outside is negative)."""
        y = (np.arange(ROWS, dtype=np.float32)[:, None] - self.top) * np.float32(self.spacing)
        x = (np.arange(COLUMNS, dtype=np.float32)[None, :] - (COLUMNS - 1) / 2) * np.float32(
            self.spacing
        )
        if self.face:
            reach = np.hypot(x, y + np.float32(self.face)) - np.float32(self.face)
            share = np.arctan2(x, y + np.float32(self.face)) / np.float32(self.opening)
        else:
            reach, share = y + 0 * x, x / np.float32(25) + 0 * y
        deep = reach / np.float32(self.depth) * (SAMPLES - 1)
        beam = (share + 1) / 2 * (BEAMS - 1)
        inside = (deep >= 0) & (deep < SAMPLES - 1) & (beam >= 0) & (beam < BEAMS - 1)
        return np.where(inside, deep, -1).astype(np.float32), beam.astype(np.float32)


CONVEX = Probe(face=55, opening=0.58, depth=150)
LINEAR = Probe(face=0, opening=1, depth=42)


def loop(probe: Probe, echoes: Echoes, seed: int, frames: int = FRAMES) -> NDArray[np.uint8]:
    """A cine loop. `echoes(x, y, phase)` says how much each place echoes, phase from 0 to 1."""
    x, y = probe.places()
    deep, beam = probe.scan()
    inside = deep >= 0
    low, side = deep[inside].astype(int), beam[inside].astype(int)
    part, share = deep[inside] - low, beam[inside] - side
    speckle = grains(seed)
    pictures = np.zeros((frames, ROWS, COLUMNS), np.uint8)
    for number in range(frames):
        phase = number / frames
        breath = 10 * np.sin(2 * np.pi * phase)  # samples
        sunk = np.float32(breath * probe.depth / SAMPLES) * np.clip(y / 30, 0, 1)
        seen = echoes(x, (y - sunk).astype(np.float32), phase)
        start = round(MARGIN - breath)
        wave = speckle[0, start : start + SAMPLES] + 0.25 * speckle[1, :SAMPLES] * np.float32(
            np.cos(6.28 * phase)
        )
        level = log_compressed(seen * np.abs(wave), y / probe.depth)
        flat = (level[low, side] * (1 - share) + level[low, side + 1] * share) * (1 - part)
        flat += (level[low + 1, side] * (1 - share) + level[low + 1, side + 1] * share) * part
        pictures[number][inside] = np.clip(flat * 255, 0, 255)
        annotate(pictures[number], probe)
    return pictures


def grains(seed: int) -> NDArray[np.complex64]:
    """The interference of echoes too small to be seen: two sheets of complex speckle."""
    chance = np.random.default_rng(seed)
    shape = (2, SAMPLES + 2 * MARGIN, BEAMS)
    wave = chance.standard_normal(shape, np.float32) + 1j * chance.standard_normal(
        shape, np.float32
    )
    real, imaginary = (softened(part, 1) for part in (wave.real, wave.imag))
    wide = real + 1j * imaginary
    wide = (wide + np.roll(wide, 1, 2) + np.roll(wide, -1, 2)) / 2
    speckle: NDArray[np.complex64] = (wide / np.abs(wide).mean()).astype(np.complex64)
    return speckle


def log_compressed(echo: Values, deep: Values) -> Values:
    """Echoes over 55 decibels as grey levels, weakening with depth as gain leaves it."""
    level = 1 + 20 * np.log10(np.maximum(echo, 1e-5)) / 55
    gain = 0.80 - 0.16 * np.clip(deep - 0.6, 0, 1) - 0.10 * np.exp(-((deep / 0.05) ** 2))
    bright: Values = np.clip(level, 0, 1.2) ** np.float32(1.25) * gain
    return bright


def annotate(picture: NDArray[np.uint8], probe: Probe) -> None:
    """The scale in centimetres at the right, the grey bar at the left, the mark of the probe."""
    for centimetre in range(int(probe.depth // 10) + 1):
        row = probe.top + round(centimetre * 10 / probe.spacing)
        if row < ROWS - 2:
            picture[row : row + 2, COLUMNS - 26 : COLUMNS - (8 if centimetre % 5 else 2)] = 190
    picture[150:406, 14:26] = np.linspace(255, 0, 256).astype(np.uint8)[:, None]
    picture[16:30, COLUMNS // 2 - 130 : COLUMNS // 2 - 126] = 220
    picture[26:30, COLUMNS // 2 - 130 : COLUMNS // 2 - 118] = 220


def hole(
    x: Values, y: Values, centre: tuple[float, float], radii: tuple[float, float], lean: float = 0
) -> Values:
    """Distance from the middle of an ellipse, 1 at its rim."""
    c, s = np.float32(np.cos(lean)), np.float32(np.sin(lean))
    a, b = x - np.float32(centre[0]), y - np.float32(centre[1])
    return np.sqrt(((a * c + b * s) / radii[0]) ** 2 + ((b * c - a * s) / radii[1]) ** 2)


def liver_loop(seed: int, finding: str = "stone", frames: int = FRAMES) -> NDArray[np.uint8]:
    """The right upper abdomen: liver, its veins, gallbladder, kidney, diaphragm."""
    chance = np.random.default_rng(seed)
    shift = float(chance.normal(0, 5))
    cloud = clouds(SAMPLES, BEAMS, 2.2, seed)
    courses = vein_courses(seed)

    def echoes(x: Values, y: Values, phase: float) -> Values:
        tissue: Values = 0.15 * np.exp(0.22 * cloud)
        tissue = walls(tissue, x, y)
        for course, wide in courses:
            tissue = vein(tissue, x, y, course, wide)
        kidney = hole(x, y, (48 + shift, 96), (42, 20), 0.35)
        tissue = np.where(kidney < 1.08, 0.5, tissue)
        tissue = np.where(kidney < 1, 0.075 * np.exp(0.2 * cloud), tissue)
        sinus = hole(x, y, (48 + shift, 96), (25, 9), 0.35) + 0.25 * cloud * 0.5
        tissue = np.where(sinus < 1, 0.6, tissue)
        bladder = hole(x, y, (-18 + shift, 62), (27, 12.5), -0.5)
        tissue = np.where(bladder < 1.09, 0.5, tissue)
        tissue = np.where(bladder < 1, 0.004, tissue)
        behind = (np.abs(x * 62 / np.maximum(y, 1) + 18 - shift) < 20) & (y > 70) & (bladder > 1.09)
        tissue = np.where(behind, tissue * 1.7, tissue)
        pulse = 1 + 0.12 * np.sin(2 * np.pi * 3 * phase)
        vessel = hole(x, y, (-40, 118), (9 * pulse, 7.5 * pulse))
        tissue = np.where(vessel < 1.15, 0.45, tissue)
        tissue = np.where(vessel < 1, 0.006, tissue)
        if finding == "stone":
            tissue = stone(tissue, x, y, (-10 + shift, 68.5))
        return tissue

    return loop(CONVEX, echoes, seed, frames)


def walls(tissue: Values, x: Values, y: Values) -> Values:
    """Skin, fat and muscle in layers above the liver; the bright diaphragm below."""
    layers = 0.28 + 0.2 * np.sin(y * 1.5 + 1.5 * np.sin(x / 21)) + 0.1 * np.sin(y * 3.7 - x / 9)
    tissue = np.where(y < 15, np.abs(layers), tissue)
    tissue = np.where(np.abs(y - 16 - 0.002 * x**2) < 0.7, 1.0, tissue)
    arc = 132 - 0.006 * (x + 10) ** 2
    tissue = np.where(y > arc, 0.05, tissue)
    bright = np.exp(-(((y - arc) / 1.3) ** 2))
    layered: Values = (tissue + 1.8 * bright).astype(np.float32)
    return layered


def vein_courses(seed: int) -> list[tuple[list[tuple[float, float]], float]]:
    """Hepatic veins towards the right upper corner, portal branches with bright walls."""
    chance = np.random.default_rng(seed + 1)
    lines = []
    for start, (x, y), wide in VEINS:
        bend = chance.normal(0, 5, 2)
        middle = ((start[0] + x) / 2 + bend[0], (start[1] + y) / 2 + bend[1])
        bent = curve([(*start, 0), (*middle, 0), (x, y, 0)], 6)
        lines.append(([(a, b) for a, b, _ in bent], wide))
    return lines


def vein(
    tissue: Values, x: Values, y: Values, course: list[tuple[float, float]], wide: float
) -> Values:
    """A dark tube with thin bright walls."""
    high, low = (f(place[1] for place in course) for f in (min, max))
    rows = (y.max(axis=1) > high - 5) & (y.min(axis=1) < low + 5)
    x, y = x[rows], y[rows]
    near = np.full(x.shape, 1e6, np.float32)
    for (ax, ay), (bx, by) in itertools.pairwise(course):
        across, down = x - np.float32(ax), y - np.float32(ay)
        u, v = np.float32(bx - ax), np.float32(by - ay)
        along = np.clip((across * u + down * v) / (u * u + v * v), 0, 1)
        np.minimum(near, (across - along * u) ** 2 + (down - along * v) ** 2, out=near)
    part = tissue[rows]
    part = np.where(near < (wide + 0.9) ** 2, np.maximum(part, 0.3), part)
    tissue[rows] = np.where(near < wide**2, 0.008, part)
    return tissue


def stone(tissue: Values, x: Values, y: Values, place: tuple[float, float]) -> Values:
    """A gallstone: a bright cap, and its shadow along the beams."""
    cap = hole(x, y, place, (4.6, 3.4))
    tissue = np.where((cap < 1) & (y < place[1] + 1), 2.2, tissue)
    line = (x - place[0] * (y + CONVEX.face) / (place[1] + CONVEX.face)) / (y + CONVEX.face) * 123
    shade = (np.abs(line) < 4.4) & (y > place[1] + 1)
    return np.where(shade, tissue * 0.06, tissue)


def thyroid_loop(seed: int, finding: str = "nodule", frames: int = FRAMES) -> NDArray[np.uint8]:
    """Across the neck: both lobes, isthmus, trachea, the carotid arteries beating."""
    cloud = clouds(SAMPLES, BEAMS, 2.2, seed)
    fibres = smooth_noise((SAMPLES, BEAMS), 7, seed + 2)

    def echoes(x: Values, y: Values, phase: float) -> Values:
        muscle = (
            0.06 + 0.10 * np.clip(np.sin(y * 3.1 + 0.5 * fibres + 0.04 * x * x / 10), 0, 1) ** 3
        )
        tissue = np.where(y < 3, 0.5, np.where(y < 7.5, 0.13 + 0.16 * (fibres > 0.9), muscle))
        tissue = np.where(y > 27, 0.05 + 0.06 * np.clip(fibres, 0, 1), tissue)
        gland = 0.24 * np.exp(0.12 * cloud)
        for side in (-1, 1):
            lobe = hole(x, y, (side * 13.5, 17), (8.2, 8.0), side * 0.5)
            tissue = np.where(lobe < 1.06, 0.5, tissue)
            tissue = np.where(lobe < 1, gland, tissue)
            pulse = 1 + 0.10 * np.clip(np.sin(2 * np.pi * 3 * phase), -0.3, 1)
            artery = hole(x, y, (side * 22.2, 20.5), (3.4 * pulse, 3.3 * pulse))
            tissue = np.where(artery < 1.2, 0.7, tissue)
            tissue = np.where(artery < 1, 0.004, tissue)
        tissue = np.where((np.abs(x) < 9) & (np.abs(y - 11) < 1.9), gland, tissue)
        return trachea(lump(tissue, x, y, cloud) if finding == "nodule" else tissue, x, y)

    return loop(LINEAR, echoes, seed, frames)


def lump(tissue: Values, x: Values, y: Values, cloud: Values) -> Values:
    """A nodule in the right lobe, darker than the gland, with a halo."""
    nodule = hole(x, y, (-13, 16.5), (4.6, 3.9)) + 0.04 * cloud
    tissue = np.where(nodule < 1.14, 0.05, tissue)
    return np.where(nodule < 1, 0.11 * np.exp(0.3 * cloud), tissue)


def trachea(tissue: Values, x: Values, y: Values) -> Values:
    """A bright arch of cartilage, and behind its air only echoes of echoes."""
    arch = hole(x, y, (0, 21), (8.2, 7.6))
    tissue = np.where(
        (arch < 1) & (y < 40),
        0.04 + 0.10 * np.clip(np.sin(y * 2.2), 0, 1) * (np.abs(x) < 5),
        tissue,
    )
    tissue = np.where((arch >= 1) & (np.abs(x) < 8) & (y > 21), 0.012, tissue)
    return np.where((np.abs(arch - 1) < 0.07) & (y < 22), 1.2, tissue)
