"""A radiograph of a hand: forearm stumps, carpals, five rays."""

import numpy as np

from demo.phantoms.noise import Values
from demo.phantoms.shadow import HARD, SOFT, SPONGY, Shadow, collimated, developed, lettered
from demo.phantoms.space import Egg, Point, curve, rotation

ROWS, COLUMNS = 2048, 1536
SPACING = 0.14
Line = list[Point]

# A left hand seen from its back, millimetres: x towards the thumb, y towards the fingertips.
# base of the metacarpal, direction in degrees from straight up, lengths, half width at the waist
RAYS: list[tuple[tuple[float, float], float, tuple[float, ...], float]] = [
    ((21, -34), 35, (44, 32, 23), 4.6),
    ((13, -21), 9, (66, 42, 25, 18), 4.3),
    ((3, -18), 1, (63, 46, 29, 19), 4.4),
    ((-7, -21), -7, (57, 43, 28, 19), 3.9),
    ((-16, -26), -16, (53, 34, 20, 17), 3.6),
]
CARPALS = [
    Egg((13, -27, 0), (6.5, 5.5, 6), (0, 0, 20)),  # trapezoid
    Egg((20.5, -33, 3), (7.5, 6.5, 7), (0, 0, -30)),  # trapezium
    Egg((3, -30, 0), (7, 11, 8)),  # capitate
    Egg((-8, -32, 1), (7, 9, 8), (0, 0, 15)),  # hamate
    Egg((14, -45, 2), (6.5, 11, 6.5), (0, 0, -32)),  # scaphoid
    Egg((1, -48, 0), (7.5, 7, 8)),  # lunate
    Egg((-11, -46, 0), (7, 6.5, 7)),  # triquetrum
    Egg((-14, -43, 9), (4.5, 5.5, 4.5)),  # pisiform
]


def hand_radiograph(view: str, side: str, seed: int, finding: str = "") -> Values:
    """A hand, PA or OBL, 0 (black) to 1 (white); the other hand is its mirror image."""
    chance = np.random.default_rng(seed)
    size = float(chance.uniform(0.92, 1.06))
    shadow = Shadow((ROWS // 2, COLUMNS // 2), SPACING * 2 / size, view_of(view), (0, 28, 0))
    rays = [bones_of_ray(ray, chance) for ray in RAYS]
    cast_flesh(shadow, rays)
    for bones in rays:
        for bone in bones:
            cast_long_bone(shadow, bone)
    cast_joints(shadow, rays)
    for carpal in CARPALS:
        shadow.shell(carpal, 0.9)
    cast_forearm(shadow)
    if finding == "fracture":
        cast_fracture(shadow, rays[4][0])
    picture = developed(shadow.total(seed), (ROWS, COLUMNS), 0.3, seed)
    if side == "R":
        picture = np.ascontiguousarray(picture[:, ::-1])
    picture = collimated(picture, (50, 60, 70, 70))
    left = 170 if side == "L" else COLUMNS - 270
    return lettered(picture, side, (1500, left), 14)


def view_of(view: str) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
    """The palm on the detector, or turned up on a wedge of 45 degrees."""
    flat = np.array([[1.0, 0, 0], [0, -1, 0], [0, 0, 1]])
    return flat if view == "PA" else flat @ rotation((0, -42, 0))


def bones_of_ray(
    ray: tuple[tuple[float, float], float, tuple[float, ...], float], chance: np.random.Generator
) -> list[tuple[Line, list[float], float]]:
    """Metacarpal and phalanges of one ray: line, radii, thickness of the wall."""
    (x, y), degrees, lengths, waist = ray
    bones = []
    for number, length in enumerate(lengths):
        lean = np.radians(degrees + chance.normal(0, 1.2))
        way = np.array([np.sin(lean), np.cos(lean)])
        share = np.linspace(0, 1, 17, dtype=np.float32)
        bow = np.sin(share * np.pi) * (2.5 if number == 0 else 1.4) - number * 2
        line = [
            (float(x + way[0] * length * t), float(y + way[1] * length * t), float(b))
            for t, b in zip(share, bow, strict=True)
        ]
        size = waist * (1, 0.92, 0.78, 0.62)[number]
        is_last = number == len(lengths) - 1
        bones.append((line, shape_of(size, share, is_last), size * 0.42))
        x, y = np.array([x, y]) + way * (length + 2.4 + size * 0.75)
    return bones


def shape_of(waist: float, share: Values, is_last: bool) -> list[float]:
    """A broad base, a slender shaft, a round head; the last one ends in a tuft."""
    base = 0.62 * np.exp(-((share / 0.16) ** 2))
    head = (0.35 if is_last else 0.5) * np.exp(-(((share - 1) / 0.13) ** 2))
    taper = -0.25 * share if is_last else 0
    radii = [float(r) for r in waist * (1 + base + head + taper)]
    return [radii[0] * 0.6, *radii[1:-1], radii[-1] * 0.6]


def cast_long_bone(shadow: Shadow, bone: tuple[Line, list[float], float]) -> None:
    """Walls thick in the middle and thin towards the joints."""
    line, radii, wall = bone
    share = np.linspace(0, 1, len(line))
    walls = 0.7 + (wall - 0.7) * np.sin(np.clip(share * 1.1 - 0.05, 0, 1) * np.pi) ** 0.8
    shadow.bone(line, radii, list(walls))


def cast_joints(shadow: Shadow, rays: list[list[tuple[Line, list[float], float]]]) -> None:
    """The dense plates of the joints, and the small sesamoids of the thumb."""
    for bones in rays:
        for (line, radii, _), nearer in zip(bones[1:], bones, strict=False):
            way = np.degrees(np.arctan2(line[1][0] - line[0][0], line[1][1] - line[0][1]))
            x, y, z = line[0]
            shadow.solid(
                Egg((x, y, z), (radii[0] * 0.95, 1.0, radii[0] * 0.8), (0, 0, -way)),
                HARD * 0.5,
                hard=True,
            )
            hx, hy, hz = nearer[0][-1]
            wide = nearer[1][-1]
            shadow.solid(
                Egg((hx, hy, hz), (wide * 0.95, wide * 0.9, wide * 0.8)), SPONGY * 0.5, hard=True
            )
    x, y, z = rays[0][0][0][-1]
    for offset in (-3.2, 3.4):
        shadow.solid(Egg((x + offset, y - 2, z + 8), (2.4, 3, 2.4)), SPONGY * 1.3, hard=True)


def cast_forearm(shadow: Shadow) -> None:
    """The ends of radius and ulna."""
    share = np.linspace(0, 1, 13)
    radius = [(float(9 - 2 * t), float(-60 - 62 * t), 0.0) for t in share]
    wide = np.interp(share, [0, 0.07, 0.2, 0.45, 1], [8, 13.2, 12.4, 8, 7.2])
    with shadow.fused():
        shadow.bone(radius, list(wide), list(np.interp(share, [0, 0.3, 1], [0.9, 1.6, 3])), 0.68)
        shadow.bone([(20.0, -53, 0), (18.5, -62, 0), (15, -74, 0)], [2.8, 5, 6], [0.9, 1, 1.2])
    ulna = [(float(-14 + 1 * t), float(-63 - 60 * t), 2.0) for t in share]
    thin = np.interp(share, [0, 0.06, 0.16, 0.4, 1], [5, 7.2, 6.8, 5.2, 6])
    with shadow.fused():
        shadow.bone(ulna, list(thin), list(np.interp(share, [0, 0.3, 1], [0.9, 1.5, 2.4])), 0.85)
        shadow.bone([(-19.0, -54, 2), (-18, -64, 2)], [1.6, 3], [0.8, 0.9])


def cast_flesh(shadow: Shadow, rays: list[list[tuple[Line, list[float], float]]]) -> None:
    """Fingers, palm, ball of the thumb, wrist: one skin around all of it."""
    with shadow.fused():
        cast_palm(shadow)
        for bones, wide in zip(rays, (9.5, 8.8, 9.2, 8.6, 7.6), strict=True):
            line = [*bones[0][0][4::3], *(place for bone in bones[1:] for place in bone[0][::4])]
            radii = np.interp(
                np.linspace(0, 1, len(line)), [0, 0.3, 1], [wide + 4, wide + 1, wide - 2]
            )
            shadow.pipe(
                curve(line, 30),
                list(np.interp(np.linspace(0, 1, 30), np.linspace(0, 1, len(line)), radii)),
                SOFT,
            )


def cast_palm(shadow: Shadow) -> None:
    """The palm, the ball of the thumb, the wrist."""
    shadow.solid(Egg((0, 8, 3), (40, 50, 13), power=3.4), SOFT)
    shadow.solid(Egg((22, -14, 6), (17, 36, 15), (0, 0, -28)), SOFT)
    shadow.solid(Egg((0, -60, 2), (32, 84, 17), power=3.4), SOFT)


def cast_fracture(shadow: Shadow, bone: tuple[Line, list[float], float]) -> None:
    """A break through the neck of the fifth metacarpal, with a step."""
    x, y, z = bone[0][8]
    shadow.solid(Egg((x, y, z), (7, 0.55, 9), (0, 0, 24)), -HARD * 0.9, hard=True)
    shadow.solid(Egg((x + 4.6, y + 1, z), (1.4, 2.2, 3)), HARD * 0.7, hard=True)
    np.maximum(shadow.hard, 0, out=shadow.hard)
    shadow.solid(Egg((x - 2, y, z), (11, 16, 10)), SOFT * 0.35)
