"""What lies under the diaphragm: liver to bladder, bowel, pelvis."""

import numpy as np

from demo.phantoms.space import Egg, Point, Space, Tube, curve, tube
from demo.phantoms.tissues import Tissue

SIDES = (-1, 1)
SOFT = (Tissue.BODY, Tissue.FAT, Tissue.MUSCLE)


def paint_abdomen(space: Space, seed: int, finding: str) -> None:
    """Organ after organ, those in front last."""
    paint_pelvis(space)
    paint_liver(space, seed)
    for side in SIDES:
        paint_kidney(space, side)
    paint_left(space)
    paint_small_bowel(space, seed)
    paint_colon(space)
    if finding == "appendicitis":
        paint_appendix(space)


def paint_liver(space: Space, seed: int) -> None:
    """The liver with its vessels, and the gallbladder under it."""
    lobes = [
        Egg((-58, 4, -72), (68, 84, 78), power=2.3, rough=0.06),
        Egg((10, -38, -48), (64, 38, 38), (0, 14, 0)),
        Egg((-88, 10, -128), (36, 54, 66)),
    ]
    for lobe in lobes:
        space.fill(Tissue.LIVER, lobe, SOFT)
    hilum: Point = (-18, -8, -92)
    ends = [
        (-100, -10, -80),
        (-92, 40, -70),
        (-60, 55, -110),
        (-84, -40, -110),
        (10, -48, -60),
        (-50, -50, -50),
        (-100, 30, -130),
    ]
    chance = np.random.default_rng(seed + 11)
    for x, y, z in ends:
        bend = chance.normal(0, 8, 3)
        middle: Point = (
            (hilum[0] + x) / 2 + bend[0],
            (hilum[1] + y) / 2 + bend[1],
            (hilum[2] + z) / 2 + bend[2],
        )
        space.fill(
            Tissue.PORTAL, Tube(curve([hilum, middle, (x, y, z)], 8), list(np.linspace(6, 1.6, 8)))
        )
    for x, y, z in ((-96, 0, -50), (-60, -48, -36), (-40, 50, -60), (20, -44, -40)):
        veins = curve([(-26, 8, -18), ((x - 26) / 2, y / 2, z + 8), (x, y, z)], 8)
        space.fill(Tissue.PORTAL, Tube(veins, list(np.linspace(5.5, 1.8, 8))), (Tissue.LIVER,))
    portal: list[Point] = [hilum, (-6, -6, -104), (4, 0, -112)]
    space.fill(Tissue.PORTAL, tube(portal, 7))
    space.fill(Tissue.BOWEL, Egg((-54, -52, -112), (15, 24, 22), (20, 0, 0)))
    space.fill(Tissue.FLUID, Egg((-54, -52, -112), (13.5, 22.5, 20.5), (20, 0, 0)))


def paint_left(space: Space) -> None:
    """Spleen, stomach with its level of air, pancreas and duodenum."""
    soft = (*SOFT, Tissue.LIVER)
    space.fill(Tissue.SPLEEN, Egg((94, 42, -66), (24, 40, 50), (0, 0, -25)), SOFT)
    stomach = [
        Egg((62, -18, -62), (38, 42, 46)),
        Egg((34, -46, -100), (44, 24, 26), (0, -25, 0)),
    ]
    for part in stomach:
        space.fill(Tissue.BOWEL, part, soft)
    for part in stomach:
        space.fill(Tissue.CONTENTS, part.grown(-4), (Tissue.BOWEL,))
        low, high = part.bounds()
        box = space.box(low, (high[0], -34, high[2]))
        if box:
            labels = space.labels[box]
            labels[labels == Tissue.CONTENTS] = Tissue.GAS
    gland = curve([(-30, -12, -128), (-12, -22, -116), (24, -16, -106), (66, 18, -86)], 14)
    space.fill(Tissue.PANCREAS, Tube(gland, list(np.linspace(14, 8, 14))), SOFT)
    space.fill(Tissue.PORTAL, Tube(curve([(4, 0, -110), (34, 4, -104), (78, 30, -80)], 8), [5] * 8))
    loop = curve(
        [(-6, -38, -112), (-44, -16, -112), (-48, 8, -140), (-30, 10, -168), (10, 0, -170)], 16
    )
    paint_gut(space, loop, 11)


def paint_kidney(space: Space, side: int) -> None:
    """Cortex, pyramids, and fat in the hollow where the vessels enter."""
    low = 8 if side < 0 else 0
    kidney = Egg((side * 66, 40, -140 - low), (26, 25, 52), (6, side * 8, side * 20))
    space.fill(Tissue.BODY, kidney.grown(7), (Tissue.MUSCLE, Tissue.LIVER, Tissue.PORTAL))
    space.fill(Tissue.KIDNEY, kidney)
    inner = kidney.grown(-8)
    box = space.box(*inner.bounds())
    if box is not None:
        x, y, z = space.grid(box)
        angle = np.arctan2(
            z - kidney.centre[2], np.hypot(x - kidney.centre[0], y - kidney.centre[1])
        )
        pyramids = space.inside(inner, box) & (np.sin(angle * 7 + (y - 40) / 5) > -0.35)
        space.labels[box][pyramids] = Tissue.MEDULLA
    hollow = Egg((side * 54, 34, -140 - low), (16, 12, 26), (0, 0, side * 20))
    space.fill(Tissue.BODY, hollow, (Tissue.KIDNEY, Tissue.MEDULLA))
    space.fill(Tissue.FLUID, Egg((side * 52, 35, -142 - low), (9, 6, 14)))
    vein: list[Point] = [(side * 56, 32, -138 - low), (side * 24, 14, -130), (side * 6, 8, -128)]
    space.fill(Tissue.VESSEL, tube(curve(vein, 8), 3.6))
    space.fill(
        Tissue.FLUID,
        tube([(side * 46, 36, -150), (side * 40, 26, -220), (side * 44, 30, -310)], 1.8),
    )


def paint_gut(space: Space, line: list[Point], radius: float) -> None:
    """A piece of bowel: a wall, and what is in it."""
    space.fill(Tissue.BOWEL, tube(line, radius), (*SOFT, Tissue.BOWEL))
    for piece in tube(line, radius - 2.4).pieces():
        space.fill(
            Tissue.CONTENTS, Tube([piece.start, piece.end], list(piece.radii)), (Tissue.BOWEL,)
        )


def paint_small_bowel(space: Space, seed: int) -> None:
    """Loops on their mesentery with its small vessels."""
    chance = np.random.default_rng(seed + 21)
    for level in range(6):
        height = -168 - 24 * level
        across = np.linspace(-74, 74, 9) * (1 if level % 2 else -1)
        depth = -30 + chance.normal(0, 17, 9)
        rise = height + chance.normal(0, 12, 9)
        points = [
            (float(a), float(b), float(c)) for a, b, c in zip(across, depth, rise, strict=True)
        ]
        paint_gut(space, curve(points, 34), float(chance.uniform(10, 13)))
    for _ in range(26):
        x, y, z = chance.normal((0, -28, -215), (44, 14, 42))
        vessel: list[Point] = [
            (2, -6, -150),
            (x / 2, y / 2 - 4, z / 2 - 80),
            (float(x), float(y), float(z)),
        ]
        space.fill(Tissue.VESSEL, Tube(vessel, [3, 2, 1]), (Tissue.BODY,))


def paint_colon(space: Space) -> None:
    """The frame of the large bowel, pouched, half air and half not."""
    course: list[Point] = [
        (-92, -8, -262), (-100, 4, -215), (-102, 10, -160), (-86, -22, -132), (-56, -66, -140),
        (0, -74, -150), (56, -62, -132), (92, -18, -100), (108, 22, -118), (106, 28, -190),
        (98, 10, -250), (60, 10, -290), (18, 30, -285), (4, 54, -320),
    ]  # fmt: skip
    line = curve(course, 110)
    radii = [float(17 + 3.5 * np.sin(i * 1.15) - 5 * (i > 78)) for i in range(110)]
    soft = (*SOFT, Tissue.BOWEL, Tissue.CONTENTS, Tissue.LIVER)
    space.fill(Tissue.BOWEL, Tube(line, radii), soft)
    inner = Tube(line, [r - 2.2 for r in radii])
    space.fill(Tissue.CONTENTS, inner, (Tissue.BOWEL,))
    for (x, y, z), radius in zip(line, radii, strict=True):
        bubble = Egg((x, y - 7, z), (radius - 3, radius - 8, radius * 0.8), rough=0.5)
        space.fill(Tissue.GAS, bubble, (Tissue.CONTENTS,))


def paint_appendix(space: Space) -> None:
    """A thick appendix with a stone, and the fat around it grown dense."""
    line = curve([(-84, 2, -268), (-66, 14, -276), (-50, 22, -268), (-40, 14, -254)], 12)
    box = space.box((-100, -10, -295), (-25, 40, -240))
    if box is not None:
        labels = space.labels[box]
        around = space.inside(Egg((-62, 14, -268), (34, 24, 26), rough=0.3), box)
        streaks = around & (np.abs(space.wobble(box)) < 0.45) & (labels == Tissue.BODY)
        labels[streaks] = Tissue.OEDEMA
    space.fill(Tissue.BOWEL, tube(line, 7.5))
    space.fill(Tissue.FLUID, tube(line, 4))
    space.fill(Tissue.CALCIUM, Egg((-70, 12, -275), (3, 3, 3)))


def paint_pelvis(space: Space) -> None:
    """Both wings of the ilium, the muscles on them, the bladder."""
    for side in SIDES:
        for tissue, by in ((Tissue.MUSCLE, 22), (Tissue.CORTEX, 0)):
            wing = Egg(
                (side * 100, 38, -258),
                (9 + by, 62 + by / 3, 54 + by / 3),
                (0, side * -22, side * 32),
            )
            space.fill(tissue, wing, (*SOFT, Tissue.SKIN) if by == 0 else (Tissue.FAT,))
        space.fill(
            Tissue.MARROW,
            Egg((side * 100, 38, -258), (6.5, 59, 51), (0, side * -22, side * 32)),
            (Tissue.CORTEX,),
        )
    space.fill(Tissue.BOWEL, Egg((0, -38, -335), (48, 38, 40)), SOFT)
    space.fill(Tissue.FLUID, Egg((0, -38, -335), (45, 35, 37)), (Tissue.BOWEL,))
