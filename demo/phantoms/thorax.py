"""What lies in the chest: lungs, heart, great vessels, airways, ribs."""

from collections.abc import Iterator

import numpy as np

from demo.phantoms.space import Egg, Point, Space, Tube, curve, tube
from demo.phantoms.spine import THORACIC, spine_depth
from demo.phantoms.tissues import Tissue

SIDES = (-1, 1)
CAVITY = Egg((0, 8, 25), (126, 88, 192), power=2.3)
AORTA: list[Point] = [
    (2, -18, 52), (-14, -26, 80), (-16, -26, 112), (-2, -8, 134), (14, 18, 132),
    (21, 34, 112), (21, 36, 50), (15, 30, -20), (6, 12, -100), (3, 6, -170), (2, 12, -222),
]  # fmt: skip


def paint_thorax(space: Space, seed: int, finding: str) -> None:
    """Lungs down to the diaphragm, then everything in and around them."""
    paint_lungs(space)
    paint_mediastinum(space)
    paint_heart(space)
    paint_vessels(space)
    paint_airways(space)
    for side in SIDES:
        for piece in branches(side, seed):
            space.fill(Tissue.VESSEL, piece, (Tissue.LUNG,))
    if finding == "nodule":
        paint_nodule(space)
    elif finding == "pneumonia":
        patch = Egg((-66, 48, 30), (34, 28, 32), rough=1.0)
        space.fill(Tissue.CONSOLIDATION, patch, (Tissue.LUNG,))
    paint_cage(space)


def paint_lungs(space: Space) -> None:
    """Both lungs fill the cavity above the domes of the diaphragm."""
    box = space.box((-130, -84, -95), (130, 100, 220))
    if box is None:
        return
    x, y, z = space.grid(box)
    inside = space.inside(CAVITY, box)
    side = np.where(x < 0, 0, -12).astype(np.float32)  # the right dome stands higher
    out = (np.abs(x) - 58) / 66
    dome = (
        side
        - 26 * out**2
        - 58 * np.clip((y - 8) / 88, 0, 1) ** 2
        - 10 * np.clip((-y - 20) / 70, 0, 1)
    )
    space.labels[box][inside & (z > dome)] = Tissue.LUNG


def paint_mediastinum(space: Space) -> None:
    """Fat between the lungs, around everything that passes there."""
    air = (Tissue.LUNG, Tissue.OEDEMA)
    shapes = (
        Egg((0, 4, 120), (34, 56, 120), power=2.4),
        Egg((4, -62, 110), (16, 26, 100)),
        Egg((0, 58, 60), (27, 26, 240), power=3),
        Egg((14, -28, 28), (66, 52, 50)),
        Egg((-20, -10, 5), (30, 40, 40)),
        Egg((4, -26, -24), (36, 64, 34), power=2.6),
    )
    for shape in shapes:
        space.fill(Tissue.BODY, shape, air)
    for side in SIDES:
        space.fill(Tissue.BODY, Egg((side * 34, 6, 96), (18, 16, 24), rough=0.4), air)


def paint_heart(space: Space) -> None:
    """Four chambers, the left ones brightest, in a thin coat of fat."""
    muscle = Egg((42, -30, 26), (33, 38, 33), (0, 20, 35))
    parts = [
        (Tissue.HEART, Egg((16, -28, 24), (62, 46, 43), (0, 18, 28))),
        (Tissue.HEART, muscle),
        (Tissue.PORTAL, Egg((8, -54, 26), (34, 17, 30), (0, 10, 28))),
        (Tissue.PORTAL, Egg((-32, -22, 30), (19, 25, 30))),
        (Tissue.VESSEL, Egg((42, -29, 26), (21, 27, 22), (0, 20, 35), rough=0.15)),
        (Tissue.VESSEL, Egg((2, 12, 48), (32, 17, 20))),
    ]
    for tissue, shape in parts:
        space.fill(tissue, shape)
    coronary = curve([(14, -24, 66), (34, -46, 62), (40, -66, 44), (44, -72, 22)], 10)
    space.fill(Tissue.VESSEL, tube(coronary, 1.8))
    space.fill(Tissue.CALCIUM, Egg((35, -48, 61), (2.5, 2.5, 2)))


def paint_vessels(space: Space) -> None:
    """Aorta with its branches, pulmonary arteries and veins, both venae cavae."""
    line = curve(AORTA, 60)
    radii = np.interp(np.linspace(0, 1, 60), [0, 0.3, 0.6, 1], [15, 13, 11, 8.5])
    space.fill(Tissue.VESSEL, Tube(line, list(radii)))
    space.fill(Tissue.CALCIUM, Egg((10, 16, 143), (6, 5, 1.6)), (Tissue.VESSEL,))
    for x, y in ((-12, -10), (0, 0), (12, 12)):
        space.fill(
            Tissue.VESSEL,
            Tube([(x * 0.6, y, 136), (x * 2, y - 6, 185), (x * 3.4, y - 4, 230)], [5.5, 4.5, 4]),
        )
    trunk: list[Point] = [(12, -42, 62), (13, -34, 82), (16, -18, 100)]
    space.fill(Tissue.VESSEL, tube(curve(trunk, 8), 13))
    space.fill(Tissue.VESSEL, Tube([(16, -18, 99), (-6, -6, 97), (-34, 2, 92)], [12, 10.5, 8]))
    space.fill(Tissue.VESSEL, Tube([(16, -18, 101), (32, 4, 108), (44, 14, 98)], [12, 10, 8]))
    for side in SIDES:
        for height in (38, 62):
            space.fill(Tissue.VESSEL, Tube([(0, 12, 48), (side * 50, 14, height)], [8, 5]))
    space.fill(Tissue.VESSEL, tube([(-27, -14, 60), (-28, -16, 150)], 9.5))
    space.fill(Tissue.VESSEL, Tube([(-28, -16, 150), (6, -32, 168), (52, -34, 182)], [8, 7, 6]))
    space.fill(
        Tissue.PORTAL, tube([(-26, -8, 20), (-26, 6, -30), (-21, 14, -110), (-18, 16, -222)], 11)
    )
    space.fill(Tissue.BLOOD, tube([(-11, 40, -40), (-10, 38, 120)], 2.8))


def paint_airways(space: Space) -> None:
    """Trachea, main bronchi and their first branches, with thin walls; the gullet behind."""
    gullet: list[Point] = [(3, 30, 230), (5, 33, 130), (8, 30, 50), (14, 10, -12)]
    space.fill(Tissue.BOWEL, tube(gullet, 7))
    space.fill(Tissue.GAS, tube(gullet[:2], 2))
    tree: list[tuple[list[Point], float]] = [
        ([(0, 10, 240), (0, 16, 180), (1, 22, 122)], 9),
        ([(1, 22, 122), (-24, 20, 100), (-38, 20, 84)], 6.5),
        ([(1, 22, 122), (24, 24, 100), (42, 22, 88)], 6),
        ([(-24, 20, 100), (-44, 12, 116), (-58, 4, 134)], 3.6),
        ([(-38, 20, 84), (-50, 30, 52), (-60, 42, 10)], 4),
        ([(42, 22, 88), (52, 32, 56), (62, 42, 10)], 4),
        ([(42, 22, 88), (58, 0, 104), (68, -10, 122)], 3.4),
        ([(-38, 20, 84), (-56, -8, 64), (-66, -26, 50)], 3),
    ]
    for line, radius in tree:
        space.fill(Tissue.CARTILAGE, tube(line, radius + 1.3))
    for line, radius in tree:
        space.fill(Tissue.GAS, tube(line, radius))


def branches(side: int, seed: int) -> Iterator[Tube]:
    """The vessels of one lung: they fork from the hilum outwards, each time thinner."""
    chance = np.random.default_rng(seed * 2 + (side > 0))
    ways = chance.normal(0, 1, (24, 3)) * (0.9, 0.9, 1.3)
    ways[:, 0] = np.abs(ways[:, 0]) * side * 0.8 + side * 0.35
    hilum = np.array([side * 38.0, 8, 90])
    todo = [
        (hilum + way * (6, 8, 15), way / np.linalg.norm(way), float(chance.uniform(3.2, 4.6)))
        for way in ways
    ]
    while todo:
        start, way, wide = todo.pop()
        length = 11 + wide * 7 * chance.uniform(0.7, 1.2)
        end = start + way * length
        narrow = wide * 0.8
        yield Tube([(start[0], start[1], start[2]), (end[0], end[1], end[2])], [wide, narrow])
        if narrow > 0.55:
            for share in (0.86, 0.66)[: 1 + (chance.random() < 0.85)]:
                bent = way + chance.normal(0, 0.5, 3)
                todo.append((end, bent / np.linalg.norm(bent), narrow * share))


def paint_nodule(space: Space) -> None:
    """A spiculated nodule in the right upper lobe, and a swollen node."""
    centre = np.array([-70.0, 10, 128])
    space.fill(
        Tissue.TUMOUR, Egg((-70, 10, 128), (10, 9, 10), rough=0.3), (Tissue.LUNG, Tissue.VESSEL)
    )
    chance = np.random.default_rng(3)
    for way in chance.normal(0, 1, (12, 3)):
        tip = centre + way / np.linalg.norm(way) * 18
        ray = Tube([(-70, 10, 128), (tip[0], tip[1], tip[2])], [1.8, 0.5])
        space.fill(Tissue.TUMOUR, ray, (Tissue.LUNG,))
    space.fill(Tissue.TUMOUR, Egg((-14, 2, 116), (8, 7, 9)), (Tissue.BODY,))


def rib(number: int, side: int, spare: float = 5) -> list[Point]:
    """The course of a rib (0 is the twelfth) from its vertebra around the chest, then downwards."""
    height = THORACIC[number]
    reach = (100, 128, 150, 155, 158, 160, 160, 160, 160, 158, 150, 140)[number]
    drop = (45, 62, 82, 92, 92, 88, 82, 76, 70, 62, 52, 40)[number]
    points: list[Point] = [(side * 12, spine_depth(height) + 14, height + 4)]
    a, b, _c = CAVITY.radii
    for angle in np.linspace(28, reach, 22):
        z = height + 4 - drop * (1 - np.cos(np.radians(angle))) / 2
        level = max(0.05, 1 - abs((z - CAVITY.centre[2]) / (CAVITY.radii[2] + 8)) ** 2.3) ** (
            1 / 2.3
        )
        level = max(level, 0.9) if z < 25 else level
        s, c = np.sin(np.radians(angle)), np.cos(np.radians(angle))
        round_ = 1 / (abs(s) ** 2.3 + abs(c) ** 2.3) ** (1 / 2.3)
        points.append(
            (
                side * (a * level + spare) * s * round_,
                CAVITY.centre[1] + (b * level + spare) * c * round_,
                float(z),
            )
        )
    return points


def paint_cage(space: Space) -> None:
    """Ribs, breastbone, collarbones, shoulder blades and the muscles on them."""
    soft = (Tissue.FAT,)
    for side in SIDES:
        space.fill(Tissue.FAT, Egg((side * 112, 4, 175), (26, 44, 55), rough=0.2), (Tissue.MUSCLE,))
        space.fill(Tissue.MUSCLE, Egg((side * 72, -88, 130), (62, 13, 70), (0, 0, side * 12)), soft)
        for number in range(12):
            line = rib(number, side)
            space.fill(Tissue.CORTEX, tube(line, 5.4))
            space.fill(Tissue.MARROW, tube(line[1:], 3.2))
            if number > 2:
                x, y, z = line[-1]
                front: list[Point] = [
                    line[-1],
                    (x * 0.55, y - 8, z + 6),
                    (side * 18, -88, max(z + 22, 20)),
                ]
                space.fill(Tissue.CARTILAGE, tube(curve(front, 6), 4.6))
        collar: list[Point] = [
            (side * 12, -84, 172),
            (side * 52, -74, 186),
            (side * 100, -34, 206),
            (side * 140, -8, 222),
        ]
        space.fill(Tissue.CORTEX, tube(curve(collar, 10), 6.5))
        space.fill(Tissue.MARROW, tube(curve(collar, 10), 4))
        blade = Egg((side * 106, 78, 136), (48, 4, 72), (0, side * -14, side * -24))
        space.fill(Tissue.CORTEX, blade)
        space.fill(Tissue.MARROW, blade.grown(-1.8))
        space.fill(
            Tissue.CORTEX,
            tube([(side * 62, 98, 168), (side * 130, 66, 200), (side * 150, 24, 214)], 5),
        )
        space.fill(Tissue.CORTEX, Egg((side * 158, 18, 216), (24, 24, 24)))
        space.fill(Tissue.MARROW, Egg((side * 158, 18, 216), (21.5, 21.5, 21.5)))
    bone = Egg((0, -90, 95), (17, 6.5, 82), (-6, 0, 0), power=3)
    space.fill(Tissue.CORTEX, bone)
    space.fill(Tissue.MARROW, bone.grown(-1.8))
