"""A radiograph of the pelvis with both hips, and of one hip from another side."""

import numpy as np

from demo.phantoms.noise import Values
from demo.phantoms.shadow import (
    FRONTAL,
    HARD,
    SOFT,
    SPONGY,
    Shadow,
    collimated,
    developed,
    lettered,
)
from demo.phantoms.space import Egg, Point, curve, rotation

ROWS, COLUMNS = 2048, 2048
SPACING = 0.2
ONE = SPACING * 0.65  # where only one hip is in the field
SIDES = (-1, 1)


def pelvis_radiograph(side: str, seed: int, finding: str = "") -> Values:
    """Both hips from the front, 0 (black) to 1 (white). z is 0 at the joints."""
    shadow = Shadow((ROWS // 2, COLUMNS // 2), SPACING * 2, FRONTAL, (0, 0, 15))
    shadow.across /= np.float32(np.random.default_rng(seed).uniform(0.95, 1.04))
    cast_flesh(shadow, seed)
    shadow.bones = np.float32(0.8)
    cast_sacrum(shadow)
    broken = {"L": 1, "R": -1}.get(side, 0) if finding == "fracture" else 0
    for each in SIDES:
        with shadow.fused():
            cast_ring(shadow, each)
        cast_femur(shadow, each, is_broken=each == broken)
    picture = developed(shadow.total(seed), (ROWS, COLUMNS), 0.45, seed)
    return lettered(collimated(picture, (50, 50, 40, 40)), "L", (160, COLUMNS - 240), 15)


def hip_radiograph(side: str, seed: int, finding: str = "") -> Values:
    """One hip, turned outwards, 0 (black) to 1 (white)."""
    each = -1 if side == "R" else 1
    view = FRONTAL @ rotation((0, 0, each * 28))
    shadow = Shadow((ROWS // 2, COLUMNS // 2), ONE * 2, view, (each * 100, 0, -20))
    cast_flesh(shadow, seed)
    with shadow.fused():
        cast_ring(shadow, each)
    cast_femur(shadow, each, is_broken=finding == "fracture")
    picture = developed(shadow.total(seed), (ROWS, COLUMNS), 0.4, seed)
    picture = collimated(picture, (50, 50, 200, 200))
    return lettered(picture, "R" if each < 0 else "L", (180, 300), 15)


def cast_flesh(shadow: Shadow, seed: int) -> None:
    """The trunk, two thighs, some gas in the bowel."""
    with shadow.fused():
        shadow.solid(Egg((0, 0, 110), (182, 105, 170), power=3.4), SOFT * 0.8)
        for side in SIDES:
            thigh: list[Point] = [(side * 96, 0, 30), (side * 100, 0, -80), (side * 98, 0, -260)]
            shadow.pipe(curve(thigh, 8), list(np.linspace(92, 76, 8)), SOFT * 0.8)
    chance = np.random.default_rng(seed + 9)
    for _ in range(16):
        x, z = chance.normal((0, 110), (55, 34))
        shadow.solid(
            Egg(
                (x, -30, z),
                (chance.uniform(7, 17), 14, chance.uniform(6, 13)),
                (0, chance.uniform(0, 90), 0),
            ),
            -SOFT * 0.55,
        )
    shadow.solid(Egg((0, -10, 12), (44, 40, 36)), SOFT * 0.1)


def cast_sacrum(shadow: Shadow) -> None:
    """The last lumbar vertebrae, the sacrum with its holes, the coccyx."""
    for height, wide in ((168, 27), (132, 28)):
        shadow.solid(Egg((0, 30, height), (wide, 20, 14.5), power=6), SPONGY * 0.8, hard=True)
        for edge in (-14, 14):
            shadow.solid(Egg((0, 30, height + edge), (wide * 0.95, 19, 1.3)), HARD * 0.4, hard=True)
        shadow.solid(Egg((0, 62, height - 8), (3.5, 12, 11)), HARD * 0.3, hard=True)
        for side in SIDES:
            shadow.shell(Egg((side * 17, 48, height + 4), (5, 8, 8)), 0.6)
            shadow.bone(
                [(side * 16, 50, height), (side * 48, 52, height + 5)], [6, 4.5], [1.3, 1.2]
            )
    line: list[Point] = [(0, 40, 108), (0, 60, 80), (0, 76, 48), (0, 70, 20)]
    with shadow.fused():
        for height, wide in ((100, 52), (86, 44), (70, 35), (54, 26), (40, 17)):
            shadow.solid(Egg((0, 60, height), (wide, 15, 17), power=3), SPONGY * 0.9, hard=True)
    shadow.bone(curve(line, 10)[5:], list(np.linspace(8, 3, 5)), [0.4] * 5)
    for side in SIDES:
        for height, across in ((94, 24), (72, 20), (52, 16)):
            shadow.solid(Egg((side * across, 60, height), (5, 12, 4.5)), -SPONGY * 0.9, hard=True)


def cast_ring(shadow: Shadow, side: int) -> None:
    """One half of the pelvis: the wing, the socket, pubis and ischium around their hole."""

    def on(points: list[tuple[float, float, float]], count: int = 24) -> list[Point]:
        return curve([(side * a, b, c) for a, b, c in points], count)

    shadow.solid(
        Egg((side * 96, 26, 98), (50, 9, 66), (0, side * 24, side * -34), power=3),
        HARD * 0.5,
        hard=True,
    )
    crest = on(
        [
            (42, 62, 112),
            (64, 52, 146),
            (102, 20, 158),
            (134, -20, 132),
            (140, -42, 92),
            (126, -44, 66),
        ]
    )
    shadow.bone(crest, [5.5] * 24, [1.7] * 24)
    rim = on([(40, 56, 92), (58, 44, 52), (74, 20, 30), (70, -20, 14), (40, -44, 0), (10, -52, -8)])
    shadow.bone(
        rim, list(np.interp(np.linspace(0, 1, 24), [0, 0.5, 0.8, 1], [9, 12, 8, 10])), [1.6] * 24
    )
    shadow.bone(on([(126, -44, 66), (118, -20, 40), (112, 0, 26)]), [9] * 24, [1.6] * 24)
    back = on(
        [
            (66, 20, 30),
            (66, 40, -10),
            (68, 50, -44),
            (62, 40, -62),
            (40, 0, -52),
            (18, -40, -30),
            (10, -52, -8),
        ]
    )
    shadow.bone(
        back,
        list(np.interp(np.linspace(0, 1, 24), [0, 0.3, 0.5, 0.75, 1], [12, 11, 13, 7, 9])),
        [1.5] * 24,
    )
    socket = [(90 + 29 * np.cos(t), 0.0, 2 + 29 * np.sin(t)) for t in np.linspace(0.1, 3.6, 24)]
    shadow.bone(on(socket), [3.4] * 24, [2.2] * 24)
    shadow.solid(Egg((side * 96, 10, 30), (24, 22, 18)), SPONGY * 0.7, hard=True)


def cast_femur(shadow: Shadow, side: int, is_broken: bool) -> None:
    """Head, neck, both trochanters, shaft; a broken neck has slipped upwards."""
    slip = 14 if is_broken else 0

    def on(points: list[tuple[float, float, float]], rise: float = 0) -> list[Point]:
        return curve([(side * a, b, c + rise) for a, b, c in points], 24)

    with shadow.fused():
        shadow.shell(Egg((side * 90, 0, 2), (24, 24, 24)), 1.5)
        neck = on([(94, 0, 0), (108, 0, -12), (128, 2, -28)], slip * 0.6)
        shadow.bone(
            neck,
            list(np.interp(np.linspace(0, 1, 24), [0, 0.45, 1], [19, 15.5, 22])),
            [1.4] * 23 + [1.2],
        )
        shaft = on([(134, 4, -30), (132, 3, -62), (128, 0, -120), (122, -4, -260)], slip)
        radii = np.interp(np.linspace(0, 1, 24), [0, 0.12, 0.3, 1], [21, 21, 15.5, 14.5])
        walls = np.interp(np.linspace(0, 1, 24), [0, 0.1, 0.35, 1], [1.4, 1.8, 5, 6.4])
        shadow.bone(shaft, list(radii), list(walls))
        shadow.bone(on([(140, 8, -8), (146, 8, -18), (144, 6, -40)], slip), [11] * 24, [1.2] * 24)
        shadow.bone(
            on([(116, 14, -56), (118, 10, -68), (124, 4, -78)], slip), [9.5] * 24, [1.4] * 24
        )
    if is_broken:
        x = side * 108
        shadow.solid(Egg((x, 0, -5), (2.0, 20, 24), (0, side * 32, 0)), -SPONGY, hard=True)
        np.maximum(shadow.hard, 0, out=shadow.hard)
        shadow.solid(
            Egg((x + side * 2, 0, 0), (2.2, 16, 20), (0, side * 32, 0)), HARD * 0.5, hard=True
        )
