"""The spine of a trunk, from the first thoracic vertebra to the sacrum, as tissues."""

import numpy as np

from demo.phantoms.space import Egg, Point, Space, Tube, curve, tube
from demo.phantoms.tissues import Tissue

SIDES = (-1, 1)
LUMBAR = [-225, -189, -153, -117, -81]  # L5 to L1
THORACIC = [-47, -18, 9, 35, 60, 84, 107, 129, 150, 170, 189, 207]  # T12 to T1
# The middle of the vertebral bodies, seen from the side.
HEIGHTS = [-330, -290, -250, -225, -153, -81, 0, 110, 200, 260]
DEPTHS = [96, 84, 58, 44, 33, 44, 58, 66, 52, 36]

_LINE = curve(
    [(0, float(depth), float(height)) for height, depth in zip(HEIGHTS, DEPTHS, strict=True)], 120
)
COURSE = ([z for _, _, z in _LINE], [y for _, y, _ in _LINE])


def spine_depth(height: float) -> float:
    """How far back the middle of the spine lies at this height."""
    return float(np.interp(height, *COURSE))


def slope(height: float) -> float:
    """How many degrees a vertebra at this height leans."""
    rise = (spine_depth(height + 14) - spine_depth(height - 14)) / 28
    return float(np.degrees(np.arctan(rise)))


def paint_spine(space: Space, prolapse: bool = False) -> None:
    """Vertebrae, discs, canal and cord. A prolapsed disc is the one between L4 and L5."""
    heights = LUMBAR + THORACIC
    for number, height in enumerate(heights):
        size = float(np.interp(height, [-225, -81, 207], [1, 0.94, 0.62]))
        gap = (heights[number + 1] - height if number + 1 < len(heights) else 18) / 2
        paint_vertebra(space, height, size, gap)
    paint_sacrum(space)
    canal: list[Point] = [(0, spine_depth(z) + depth, z) for z, depth in canal_places()]
    space.fill(Tissue.BODY, tube(canal, 10), (Tissue.MUSCLE, Tissue.CORTEX))
    space.fill(Tissue.CSF, tube(canal, 8))
    cord = [p for p in canal if p[2] > -90]
    space.fill(Tissue.WHITE, Tube([(0, cord[0][1], -95), *cord], [1.5, *([4.6] * len(cord))]))
    for strand in range(9):
        across, back = (strand % 3 - 1) * 3.2, strand // 3 * 1.8
        roots = [(across, y + back, z) for _, y, z in canal if z < -70]
        space.fill(Tissue.GREY, tube(roots, 0.8), (Tissue.CSF,))
    for number, low in enumerate([-243, *heights[:-1]]):
        paint_disc(space, low, heights[number], prolapse and number == 1)


def canal_places() -> list[tuple[float, float]]:
    """Heights, and how far the canal lies behind the middle of the bodies."""
    return [
        (float(z), float(np.interp(z, [-290, -225, -81, 200], [19, 29, 28, 21])))
        for z in range(-285, 260, 12)
    ]


def paint_vertebra(space: Space, height: float, size: float, gap: float) -> None:
    """A body of spongy bone in a thin shell; pedicles, laminae, processes."""
    y, lean = spine_depth(height), slope(height)
    body = Egg((0, y, height), (24 * size, 17.5 * size, gap - 3.4 * size), (-lean, 0, 0), power=6)
    space.fill(Tissue.CORTEX, body)
    space.fill(Tissue.MARROW, body.grown(-1.5))
    back = y + 32 * size
    for side in SIDES:
        arch = [
            (side * 14 * size, y + 10 * size, height + 5),
            (side * 15 * size, back - 4, height + 3),
            (0, back + 12 * size, height - 4),
        ]
        space.fill(Tissue.CORTEX, tube(arch, 5 * size))
        space.fill(Tissue.MARROW, tube(arch, 2.8 * size))
        wing = Tube(
            [
                (side * 14 * size, back - 5, height + 3),
                (side * 40 * size, back + (0 if height < -60 else 10), height + 4),
            ],
            [5 * size, 3.5 * size],
        )
        space.fill(Tissue.CORTEX, wing)
        for end in (-0.9, 0.9):  # the small joints
            joint = Egg(
                (side * 17 * size, back - 1, height + end * gap), (6 * size, 6 * size, 9 * size)
            )
            space.fill(Tissue.CORTEX, joint, (Tissue.MUSCLE, Tissue.BODY, Tissue.FAT))
    spine = Egg((0, back + 21 * size, height - 7), (3.5 * size, 15 * size, 9 * size), (-18, 0, 0))
    space.fill(Tissue.CORTEX, spine)
    space.fill(Tissue.MARROW, spine.grown(-1.6))


def paint_disc(space: Space, low: float, high: float, is_prolapsed: bool) -> None:
    """The disc between two bodies: a tough ring, and a core that keeps water when healthy."""
    height = (low + high) / 2 if low > -243 else -246
    size = float(np.interp(height, [-225, -81, 207], [1, 0.94, 0.62]))
    y, lean = spine_depth(height), slope(height)
    thick = 4.8 * size * (0.7 if is_prolapsed else 1)
    disc = Egg((0, y, height), (25 * size, 18.5 * size, thick), (-lean, 0, 0), power=6)
    soft = (Tissue.MUSCLE, Tissue.BODY, Tissue.FAT, Tissue.CORTEX)
    space.fill(Tissue.DISC, disc, soft)
    if is_prolapsed:
        space.fill(
            Tissue.DISC, Egg((6, y + 20, height - 1), (7, 6.5, 6)), (*soft, Tissue.CSF, Tissue.GREY)
        )
    else:
        space.fill(
            Tissue.PULP,
            Egg((0, y + 1, height), (17 * size, 12 * size, thick * 0.75), (-lean, 0, 0)),
            (Tissue.DISC,),
        )


def paint_sacrum(space: Space) -> None:
    """The sacrum: bodies that have grown together, curving back, and their wings."""
    line = curve([(0, 58, -253), (0, 76, -280), (0, 92, -310), (0, 92, -345)], 12)
    radii = list(np.linspace(17, 7, 12))
    space.fill(Tissue.CORTEX, Tube(line, radii))
    space.fill(Tissue.MARROW, Tube(line, [r - 1.8 for r in radii]))
    for side in SIDES:
        wing = Egg((side * 32, 76, -278), (28, 16, 26), (-25, 0, side * 14))
        space.fill(Tissue.CORTEX, wing, (Tissue.MUSCLE, Tissue.BODY, Tissue.FAT))
        space.fill(Tissue.MARROW, wing.grown(-2), (Tissue.CORTEX,))
    for height, depth in ((-268, 70), (-290, 82), (-313, 91)):
        space.fill(
            Tissue.DISC, Egg((0, depth, height), (12, 10, 1.4), (-35, 0, 0)), (Tissue.MARROW,)
        )
