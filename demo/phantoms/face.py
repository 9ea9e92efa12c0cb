"""The face and the neck: orbits, sinuses, jaw, airways, the first vertebrae."""

from demo.phantoms.space import Egg, Point, Space, Tube, curve, tube
from demo.phantoms.tissues import Tissue

SIDES = (-1, 1)


def paint_neck(space: Space) -> None:
    """What lies below and in front of the skull, in one flesh."""
    for by, tissue in ((2.5, Tissue.SKIN), (0, Tissue.FAT)):
        for shape in soft_outline(by):
            space.fill(tissue, shape)
    for shape in (
        Egg((0, 36, -95), (50, 32, 72), power=3),
        Tube([(0, 18, -58), (0, 16, -170)], [46, 50]),
        Egg((0, -30, -60), (52, 40, 42)),
        Egg((0, -52, -88), (34, 34, 22)),
    ):
        space.fill(Tissue.MUSCLE, shape, (Tissue.FAT,))
    for side in SIDES:
        space.fill(Tissue.FAT, Egg((side * 20, 20, -110), (6, 14, 50)), (Tissue.MUSCLE,))
        space.fill(Tissue.MUSCLE, Tube([(side * 60, 30, -40), (side * 34, -8, -160)], [9, 12]))
        space.fill(Tissue.BLOOD, tube([(side * 26, 2, -40), (side * 24, 0, -160)], 4.2))
        space.fill(Tissue.BLOOD, tube([(side * 33, 8, -40), (side * 33, 4, -160)], 5.5))
    paint_cervical_spine(space)


def soft_outline(by: float) -> list[Egg | Tube]:
    """Cheeks, chin, nose, lips, ears and neck, `by` millimetres outside the fat."""
    nose: list[Point] = [(0, -92, -4), (0, -101, -20), (0, -110, -38), (0, -98, -46)]
    shapes: list[Egg | Tube] = [
        Egg((0, -42, -42), (62 + by, 53 + by, 62 + by), power=2.3),
        Egg((0, -64, -92), (42 + by, 32 + by, 22 + by), power=2.3),
        Tube(nose, [6 + by, 7 + by, 9 + by, 8 + by]),
        Egg((0, -92, -66), (24 + by, 10 + by, 7 + by)),
        Egg((0, -90, -77), (21 + by, 10 + by, 6 + by)),
        Tube([(0, 22, -40), (0, 22, -170)], [62 + by, 58 + by]),
    ]
    ears = [
        Egg((side * 80, 14, -20), (3 + by, 13 + by, 25 + by), (0, 0, side * -25)) for side in SIDES
    ]
    return [*shapes, *ears]


def paint_cervical_spine(space: Space) -> None:
    """Bodies with discs between them, arches behind, fluid around the cord."""
    space.fill(Tissue.CORTEX, tube([(0, 12, -52), (0, 11, -74)], 5.5))  # the dens
    for number in range(6):
        height = -74 - 16 * number
        body = Egg((0, 11, height), (12, 10, 7.3), power=4)
        space.fill(Tissue.DISC, Egg((0, 11, height - 8), (12, 10, 8), power=4))
        space.fill(Tissue.CORTEX, body)
        space.fill(Tissue.MARROW, body.grown(-1.6))
        spine = tube([(0, 46, height - 4), (0, 62, height - 8)], 3.5)
        for part in (
            spine,
            *(
                tube([(s * 9, 20, height), (s * 15, 32, height), (0, 46, height - 3)], 3.4)
                for s in SIDES
            ),
        ):
            space.fill(Tissue.CORTEX, part)
    space.fill(
        Tissue.CORTEX,
        tube(
            [
                (0, 2, -57),
                (14, 10, -58),
                (22, 22, -58),
                (14, 40, -58),
                (0, 45, -58),
                (-14, 40, -58),
                (-22, 22, -58),
                (-14, 10, -58),
                (0, 2, -57),
            ],
            4.5,
        ),
    )
    space.fill(Tissue.CSF, Tube([(0, 26, -44), (0, 31, -80), (0, 31, -170)], [11, 9, 8]))


def paint_face(space: Space) -> None:
    """Bones of the face with their air, the eyes, the jaw, the throat."""
    maxilla = Egg((0, -64, -36), (35, 25, 29), power=2.6)
    space.fill(Tissue.CORTEX, maxilla)
    space.fill(Tissue.MARROW, maxilla.grown(-3))
    space.fill(Tissue.MARROW, Egg((0, -38, -22), (18, 16, 16)))
    space.fill(Tissue.CORTEX, Tube([(0, -20, -22), (0, 12, -46)], [9, 6]))
    space.fill(Tissue.MARROW, Tube([(0, -20, -22), (0, 11, -44)], [7, 4]))
    for side in SIDES:
        paint_orbit(space, side)
        sinus = Egg((side * 23, -65, -39), (12.5, 17, 18), (0, 0, side * 20), rough=0.1)
        space.fill(Tissue.GAS, sinus)
        space.fill(Tissue.GAS, Egg((side * 7, -60, -14), (5.5, 20, 9), rough=0.25))
        space.fill(Tissue.GAS, Egg((side * 7, -36, -20), (6, 10, 8)))
        space.fill(Tissue.GAS, Egg((side * 9, -86, 8), (9, 4, 8), rough=0.3))
        space.fill(Tissue.GAS, Egg((side * 6.5, -68, -42), (5.5, 28, 17)))
        for height, wide in ((-48, 3.2), (-38, 2.6)):  # the turbinates
            space.fill(Tissue.MUSCLE, Egg((side * 8, -66, height), (wide, 19, 4.5)))
        cheek = [
            (side * a, b, c)
            for a, b, c in ((44, -76, -24), (58, -56, -26), (68, -28, -26), (69, -4, -26))
        ]
        space.fill(Tissue.CORTEX, Tube(curve(cheek, 12), [6, 6, 5, 5, 4, 4, 3, 3, 3, 3, 3, 3]))
        jaw = [
            (side * a, b, c)
            for a, b, c in (
                (0, -84, -96),
                (22, -76, -94),
                (38, -48, -90),
                (46, -26, -82),
                (48, -12, -56),
                (50, -2, -34),
            )
        ]
        space.fill(Tissue.CORTEX, tube(curve(jaw, 18), 6))
        space.fill(Tissue.MARROW, tube(curve(jaw, 18)[:12], 3.6))
        teeth = [
            (side * a, b, c)
            for a, b, c in ((2, -84, -74), (14, -80, -74), (22, -66, -74), (24, -52, -74))
        ]
        space.fill(Tissue.CORTEX, tube(curve(teeth, 10), 5.5))
        space.fill(Tissue.MUSCLE, Egg((side * 54, -30, -60), (8, 18, 28)), (Tissue.FAT,))
    space.fill(Tissue.CORTEX, Egg((0, -62, -62), (24, 26, 2.5)))
    space.fill(Tissue.MUSCLE, Egg((0, -50, -82), (21, 32, 17)))
    throat: list[Point] = [
        (0, -30, -46),
        (0, -18, -58),
        (0, -12, -84),
        (0, -12, -110),
        (0, -16, -170),
    ]
    space.fill(Tissue.GAS, Tube(throat, [9, 7, 6, 7, 8]))
    space.fill(Tissue.GAS, Egg((0, -52, -64.5), (18, 26, 1.4)))


def paint_orbit(space: Space, side: int) -> None:
    """A bony funnel full of fat, with the eye, its lens, muscles and nerve."""
    funnel = Egg((side * 32, -66, -9), (19, 26, 18), (0, 0, side * -18))
    space.fill(Tissue.CORTEX, funnel.grown(2.4))
    space.fill(Tissue.FAT, funnel)
    space.fill(Tissue.SKIN, Egg((side * 32, -89, -9), (17, 6, 12)))
    tip: Point = (side * 18, -42, -8)
    eye: Point = (side * 32, -76, -9)
    for across, up in ((10.5, 0), (-10.5, 0), (0, 9.5), (0, -9.5)):
        space.fill(Tissue.MUSCLE, Tube([(eye[0] + side * across, -72, -9 + up), tip], [1.8, 2]))
    space.fill(Tissue.WHITE, tube([eye, tip], 2.1))
    space.fill(Tissue.DURA, Egg(eye, (12.4, 12.4, 12.4)))
    space.fill(Tissue.VITREOUS, Egg(eye, (11.3, 11.3, 11.3)))
    space.fill(Tissue.LENS, Egg((eye[0], -84.5, -9), (4.6, 2.2, 4.6)))
