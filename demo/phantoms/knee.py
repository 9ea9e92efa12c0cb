"""A knee as tissues, for MR."""

from demo.phantoms.noise import Values
from demo.phantoms.space import Egg, Point, Space, Tube, curve, tube
from demo.phantoms.tissues import Tissue

SIDES = (-1, 1)


def knee(x: Values, y: Values, z: Values, seed: int, finding: str = "") -> Space:
    """A left knee (x grows outwards), z is 0 in the joint; `finding` "meniscus" tears one."""
    space = Space(x, y, z, seed, grain=10)
    paint_leg(space)
    paint_femur(space)
    paint_tibia(space)
    paint_joint(space, finding)
    paint_ligaments(space)
    return space


def paint_leg(space: Space) -> None:
    """Skin, fat, the muscles above and below, vessels behind the joint."""
    leg: list[Point] = [(0, 8, 140), (0, 4, 60), (0, 2, 0), (0, 8, -60), (0, 12, -140)]
    for tissue, by in ((Tissue.SKIN, 2.0), (Tissue.FAT, 0)):
        space.fill(tissue, Tube(leg, [74 + by, 65 + by, 60 + by, 58 + by, 60 + by]))
    muscles = [
        Tube([(0, -38, 140), (0, -34, 50)], [26, 9]),
        Tube([(40, -8, 140), (38, -8, 36)], [26, 7]),
        Tube([(-42, -6, 140), (-38, -6, 28)], [27, 8]),
        Tube([(-28, 48, 140), (-34, 44, 10)], [22, 9]),
        Tube([(30, 48, 140), (36, 42, 10)], [20, 9]),
        Tube([(-20, 50, 14), (-20, 46, -50), (-18, 44, -140)], [9, 22, 26]),
        Tube([(22, 50, 14), (22, 46, -50), (20, 44, -140)], [9, 20, 24]),
        Tube([(24, -10, -40), (28, -14, -140)], [10, 18]),
        Tube([(0, 24, -40), (0, 24, -140)], [14, 18]),
    ]
    for muscle in muscles:
        space.fill(Tissue.MUSCLE, muscle)
    for x, y, radius in ((2, 42, 3.4), (8, 46, 4), (5, 50, 2)):
        space.fill(
            Tissue.BLOOD if radius > 3 else Tissue.WHITE,
            tube([(x, y + 4, 140), (x, y, 0), (x, y, -140)], radius),
        )


def paint_femur(space: Space) -> None:
    """Shaft and both condyles under their cartilage."""
    shaft: list[Point] = [(0, 2, 145), (0, 2, 60), (0, 4, 34)]
    condyles = [Egg((side * 22, 8, 24), (20, 29, 22), rough=0.03) for side in SIDES]
    for condyle in condyles:
        space.fill(Tissue.CARTILAGE, condyle.grown(3))
    bridge = Egg((0, -2, 34), (30, 20, 18))
    for tissue, by in ((Tissue.CORTEX, 0), (Tissue.MARROW, -1.6)):
        space.fill(tissue, Tube(shaft, [15 + by * 2.4, 17 + by * 1.6, 28 + by]))
        for shape in (bridge, *condyles):
            space.fill(tissue, shape.grown(by))
    space.fill(Tissue.FAT, Egg((0, 24, 10), (9, 15, 17)))
    space.fill(
        Tissue.CORTEX, Egg((0, 6, 20), (24, 22, 0.5)), (Tissue.MARROW,)
    )  # the old growth plate


def paint_tibia(space: Space) -> None:
    """The plateau, the shaft, the fibula, the kneecap."""
    plateau = Egg((0, 6, -20), (40, 27, 16), power=3.4)
    space.fill(Tissue.CARTILAGE, Egg((0, 6, -17.5), (39, 26, 16.5), power=3.4))
    shaft: list[Point] = [(0, 4, -28), (0, 2, -60), (0, 2, -145)]
    for tissue, by in ((Tissue.CORTEX, 0), (Tissue.MARROW, -1.6)):
        space.fill(tissue, plateau.grown(by))
        space.fill(tissue, Tube(shaft, [26 + by, 17 + by * 1.8, 13 + by * 2.4]))
        space.fill(
            tissue,
            Tube([(40, 24, -22), (38, 24, -50), (38, 22, -145)], [9 + by, 6 + by, 6 + by * 1.6]),
        )
        space.fill(tissue, Egg((0, -20, -42), (9 + by, 8 + by, 10 + by)))
    space.fill(Tissue.CARTILAGE, Egg((0, -35, 32), (21, 8, 18)))
    space.fill(Tissue.CORTEX, Egg((0, -39, 32), (22, 9.5, 20)))
    space.fill(Tissue.MARROW, Egg((0, -39, 32), (20.4, 8, 18.4)))


def paint_joint(space: Space, finding: str) -> None:
    """Fluid in the gap, wedges of meniscus, the fat behind the patellar tendon."""
    soft = (Tissue.FAT, Tissue.SKIN, Tissue.MUSCLE)
    space.fill(Tissue.FLUID, Egg((0, -22, 54), (26, 6, 20), (16, 0, 0)), soft)
    space.fill(Tissue.FLUID, Egg((0, 4, -1), (36, 28, 2.2)), soft)
    for side in SIDES:
        ring: list[Point] = [
            (side * 8, -14, -1),
            (side * 28, -14, -1),
            (side * 39, 6, -1),
            (side * 30, 28, -1),
            (side * 9, 24, -1),
        ]
        within = (*soft, Tissue.FLUID, Tissue.CARTILAGE)
        space.fill(Tissue.TENDON, Tube(curve(ring, 16), [4.4] * 16), within)
    if finding == "meniscus":
        space.fill(Tissue.FLUID, Egg((-28, 25, -1), (9, 6, 0.9), (28, 0, 0)), (Tissue.TENDON,))
        space.fill(Tissue.FLUID, Egg((0, -26, 58), (32, 7, 26), (16, 0, 0)), soft)
        space.fill(Tissue.OEDEMA, Egg((-24, 20, -16), (11, 9, 9), rough=0.5), (Tissue.MARROW,))


def paint_ligaments(space: Space) -> None:
    """Quadriceps and patellar tendons, both cruciates, both collaterals."""
    cords: list[tuple[list[Point], float]] = [
        ([(0, -30, 120), (0, -42, 52)], 3.4),
        ([(0, -44, 16), (0, -34, -18), (0, -27, -42)], 3.2),
        ([(6, 20, 20), (-2, -2, -6)], 3.2),
        ([(-6, 10, 12), (-2, 24, 4), (0, 30, -14)], 3.8),
        ([(44, 8, 22), (44, 20, -22)], 1.8),
        ([(-44, 6, 22), (-42, 4, -46)], 1.8),
    ]
    for line, radius in cords:
        space.fill(Tissue.TENDON, tube(curve(line, 10), radius))
