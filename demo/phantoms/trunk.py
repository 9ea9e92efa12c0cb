"""The trunk as tissues: what a CT of the chest or of the abdomen goes through."""

from dataclasses import dataclass

import numpy as np

from demo.phantoms.abdomen import paint_abdomen
from demo.phantoms.noise import Values
from demo.phantoms.space import Egg, Space, Tube, tube
from demo.phantoms.spine import paint_spine
from demo.phantoms.thorax import paint_thorax
from demo.phantoms.tissues import Tissue

SIDES = (-1, 1)


@dataclass(frozen=True, slots=True)
class Build:
    """How big somebody is, and how fat; made from a seed."""

    width: float
    fat: float

    @classmethod
    def of(cls, seed: int) -> "Build":
        chance = np.random.default_rng(seed)
        return cls(float(chance.uniform(0.93, 1.04)), float(chance.uniform(10, 22)))


def trunk(x: Values, y: Values, z: Values, seed: int, finding: str = "") -> Space:
    """The tissues of a trunk on this grid; z is 0 at the top of the right diaphragm."""
    build = Build.of(seed)
    space = Space(x / build.width, y / build.width, z, seed, grain=22)
    paint_wall(space, build.fat)
    paint_abdomen(space, seed, finding)
    paint_thorax(space, seed, finding)
    paint_spine(space, prolapse=finding == "prolapse")
    return space


def paint_wall(space: Space, fat: float) -> None:
    """Skin, fat and the muscles that hold everything."""
    skin = Egg((0, 4, -20), (168, 112, 900), power=2.5)
    space.fill(Tissue.SKIN, skin)
    space.fill(Tissue.FAT, skin.grown(-1.8))
    for side in SIDES:  # shoulders, arms raised
        space.fill(Tissue.SKIN, Egg((side * 140, 22, 220), (54, 50, 78)))
        space.fill(Tissue.FAT, Egg((side * 140, 22, 220), (52, 48, 76)))
        space.fill(Tissue.MUSCLE, Egg((side * 132, 34, 215), (44, 40, 72)), (Tissue.FAT,))
    space.fill(
        Tissue.MUSCLE, Egg((0, 8 - fat / 6, -20), (166 - fat * 1.1, 108 - fat, 900), power=2.5)
    )
    space.fill(Tissue.BODY, Egg((0, -8, -200), (132 - fat * 0.8, 86 - fat * 0.9, 205), power=3))
    for side in SIDES:
        space.fill(Tissue.MUSCLE, Egg((side * 34, 82, -100), (33, 24, 420), power=2.6))
        space.fill(Tissue.BODY, Egg((side * 4, 98, -100), (4, 14, 400)), (Tissue.MUSCLE,))
        psoas = Tube(
            [(side * 26, 44, -60), (side * 38, 42, -150), (side * 56, 22, -300)], [9, 20, 23]
        )
        space.fill(Tissue.MUSCLE, psoas)
        space.fill(
            Tissue.BODY, tube([(side * 60, 70, -40), (side * 66, 74, -230)], 5), (Tissue.MUSCLE,)
        )


def lay_on_table(space: Space) -> None:
    """Under the patient: the shell of the scanner's table."""
    table = Egg((0, 158, 0), (230, 30, 5000), power=4)
    space.fill(Tissue.TABLE, table, (Tissue.AIR,))
    space.fill(Tissue.AIR, table.grown(-3), (Tissue.TABLE,))
