"""A radiograph of the chest, from the front and from the side."""

import numpy as np

from demo.phantoms.abdomen import paint_liver
from demo.phantoms.noise import Values, enlarged, softened
from demo.phantoms.shadow import (
    FATTY,
    FRONTAL,
    HARD,
    LATERAL,
    SOFT,
    SPONGY,
    Shadow,
    collimated,
    developed,
    lettered,
)
from demo.phantoms.space import Egg, Space, curve
from demo.phantoms.spine import LUMBAR, THORACIC, spine_depth
from demo.phantoms.thorax import (
    branches,
    paint_airways,
    paint_heart,
    paint_lungs,
    paint_mediastinum,
    paint_vessels,
    rib,
)
from demo.phantoms.tissues import Tissue
from demo.phantoms.trunk import Build, paint_wall

SIDES = (-1, 1)
ROWS, COLUMNS = 2500, 2048
SPACING = 0.17
WEAKENING = dict.fromkeys(Tissue, SOFT) | {
    Tissue.AIR: 0, Tissue.GAS: 0, Tissue.LUNG: 0.0042, Tissue.FAT: FATTY, Tissue.BODY: FATTY,
    Tissue.CONSOLIDATION: 0.014,
}  # fmt: skip


def chest_radiograph(view: str, seed: int, finding: str = "") -> Values:
    """A chest, PA or LL (from the left), 0 (black) to 1 (white)."""
    is_frontal = view == "PA"
    matrix = FRONTAL if is_frontal else LATERAL
    shadow = Shadow((ROWS // 2, COLUMNS // 2), SPACING * 2, matrix, (0, 0, 78))
    width = Build.of(seed).width
    shadow.across /= np.float32(width)
    shadow.bones = np.float32(0.42)
    shadow.soft += soft_parts(shadow, is_frontal, seed, finding)
    for side in SIDES:
        for branch in branches(side, seed):
            shadow.pipe(branch.points, list(branch.radii), SOFT * 0.6)
    cast_spine(shadow)
    for side in SIDES:
        cast_cage(shadow, side)
        cast_shoulder(shadow, side, arms=is_frontal)
    picture = developed(shadow.total(seed), (ROWS, COLUMNS), 0.3, seed, dark=9)
    picture = collimated(picture, (40, 40, 30, 30))
    return lettered(picture, "L", (150, COLUMNS - 260 if is_frontal else 180), 16)


def soft_parts(shadow: Shadow, is_frontal: bool, seed: int, finding: str) -> Values:
    """What has no bone, added up along the beam on a coarse grid."""
    rows, columns = shadow.soft.shape
    across = shadow.across[::5]
    beam = np.arange(-200, 201, 5, dtype=np.float32)
    x, y = (across, beam) if is_frontal else (beam, across)
    space = Space(x, y, -shadow.down[::5], seed, grain=22)
    paint_wall(space, Build.of(seed).fat)
    paint_liver(space, seed)
    space.fill(Tissue.GAS, Egg((58, -14, -44), (30, 30, 17)))
    paint_lungs(space)
    paint_mediastinum(space)
    paint_heart(space)
    paint_vessels(space)
    paint_airways(space)
    if finding == "pneumonia":
        space.fill(
            Tissue.CONSOLIDATION, Egg((-66, 30, 26), (40, 44, 34), rough=0.9), (Tissue.LUNG,)
        )
    elif finding == "nodule":
        space.fill(Tissue.MUSCLE, Egg((-70, 10, 138), (11, 11, 10)), (Tissue.LUNG,))
    bare_neck(space)
    weak = space.seen_as([WEAKENING[tissue] for tissue in Tissue])
    flat = weak.sum(axis=1 if is_frontal else 2) * np.float32(5)
    return enlarged(softened(flat, 2), rows, columns)


def bare_neck(space: Space) -> None:
    """Above the shoulders there is only the neck."""
    x, y, z = space.grid((slice(None), slice(None), slice(None)))
    slope = 250 - 0.14 * np.abs(x) - 0.0012 * x**2
    neck = (x / 58) ** 2 + ((y - 24) / 62) ** 2 < 1
    space.labels[(z > slope) & ~neck] = Tissue.AIR


def cast_spine(shadow: Shadow) -> None:
    """Bodies with their edges and pedicles, and the processes behind."""
    for height in [*LUMBAR[2:], *THORACIC, 224, 240, 255, 270]:
        size = float(np.interp(height, [-225, -81, 207], [1, 0.94, 0.62]))
        y = spine_depth(height)
        tall = 15 * size if height < -40 else 10.5 * size
        body = Egg((0, y, height), (21 * size, 16 * size, tall), power=6)
        shadow.solid(body, SPONGY * 1.1, hard=True)
        for edge in (-1, 1):
            plate = Egg((0, y, height + edge * tall * 0.94), (20 * size, 15 * size, 1.1))
            shadow.solid(plate, HARD * 0.35, hard=True)
        shadow.solid(Egg((0, y + 45 * size, height - 10), (2.4, 11, 8)), HARD * 0.7, hard=True)
        for side in SIDES:
            shadow.shell(Egg((side * 13 * size, y + 19, height + 2), (4, 8, 5.5)), 0.6)
            wing = [(side * 12 * size, y + 26, height + 2), (side * 34 * size, y + 34, height + 5)]
            shadow.bone(wing, [4.5, 3.2], [1, 1])


def cast_cage(shadow: Shadow, side: int) -> None:
    """Ribs, collarbone, shoulder blade, breastbone of one side."""
    for number in range(12):
        line = rib(number, side, spare=4)
        shadow.bone(curve(line, 60), [5.4] * 60, [1.0] * 60)
    collar = [
        (side * 14, -80, 178),
        (side * 52, -74, 184),
        (side * 96, -34, 204),
        (side * 138, 0, 212),
    ]
    smooth = curve(collar, 24)
    swell = np.interp(np.linspace(0, 1, 24), [0, 0.2, 0.6, 1], [9.5, 6.5, 6, 8])
    shadow.bone(smooth, list(swell), [1.5] * 24)
    shadow.solid(Egg((0, -88, 92), (17, 5.5, 80), (-6, 0, 0), power=4), SPONGY * 0.35, hard=True)


def cast_shoulder(shadow: Shadow, side: int, arms: bool) -> None:
    """The blade with its thick borders and its spine, the socket, the head of the humerus."""

    def on(points: list[tuple[float, float, float]]) -> list[tuple[float, float, float]]:
        return curve([(side * a, b, c) for a, b, c in points], 20)

    shadow.solid(
        Egg((side * 112, 74, 142), (36, 3, 58), (0, side * -12, side * -28), power=3),
        HARD * 0.42,
        hard=True,
    )
    shadow.bone(
        on([(100, 80, 76), (112, 70, 110), (130, 50, 160), (140, 30, 190)]), [4] * 20, [1.6] * 20
    )
    shadow.bone(
        on([(100, 80, 76), (84, 90, 120), (82, 90, 170), (92, 80, 192)]), [2.6] * 20, [1.3] * 20
    )
    shadow.bone(
        on([(84, 96, 172), (116, 80, 192), (148, 46, 210), (156, 20, 216)]), [4.5] * 20, [1.4] * 20
    )
    shadow.shell(Egg((side * 140, 28, 188), (7, 12, 17)), 1.4)
    if not arms:  # they are raised, out of the picture
        return
    shadow.shell(Egg((side * 160, 16, 190), (23, 23, 23)), 1.6)
    shaft = on([(164, 16, 180), (172, 18, 140), (178, 22, 60), (182, 26, -60)])
    shadow.bone(
        shaft, list(np.interp(np.linspace(0, 1, 20), [0, 0.2, 1], [19, 13, 11])), [1.6, *[3.4] * 19]
    )
    shadow.pipe(
        on([(150, 20, 196), (176, 20, 140), (188, 24, 40), (192, 26, -80)]), [34.0] * 20, SOFT * 0.5
    )
