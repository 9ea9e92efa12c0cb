"""A head: skull, brain, eyes and face, as tissues; seen by CT or by MR."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demo.phantoms.face import paint_face, paint_neck
from demo.phantoms.noise import Values
from demo.phantoms.space import Egg, Point, Space, Tube, curve, tube
from demo.phantoms.tissues import Tissue

BRAIN = (Tissue.GREY, Tissue.WHITE)
SIDES = (-1, 1)


@dataclass(frozen=True, slots=True)
class Person:
    """What differs from head to head; made from a seed."""

    width: float
    length: float
    ventricles: float
    sulci: float
    finding: str

    @classmethod
    def of(cls, seed: int, finding: str = "") -> "Person":
        chance = np.random.default_rng(seed)
        width, length = chance.normal(1, 0.025, 2)
        age = chance.random()
        return cls(width, length, 0.8 + 0.5 * age, 0.06 + 0.14 * age, finding)


def head(x: Values, y: Values, z: Values, seed: int, finding: str = "") -> Space:
    """The tissues of a head on this grid."""
    person = Person.of(seed, finding)
    space = Space(x / person.width, y / person.length, z, seed)
    paint_neck(space)
    paint_skull(space)
    paint_face(space)
    paint_brain(space, person, seed)
    paint_core(space, person)
    paint_hindbrain(space)
    if finding == "subdural":
        paint_subdural(space)
    elif finding == "meningioma":
        paint_meningioma(space)
    return space


def chambers() -> list[Egg]:
    """The inside of the skull: the vault, both middle fossae, the posterior fossa."""
    return [
        Egg((0, 2, 27), (67, 85, 62), rough=0.02),
        Egg((34, -12, -8), (29, 34, 25)),
        Egg((-34, -12, -8), (29, 34, 25)),
        Egg((0, 45, -18), (56, 40, 36)),
    ]


def paint_skull(space: Space) -> None:
    """Scalp, outer table, diploe, inner table, and fluid where the brain will lie."""
    vault = chambers()[0]
    for tissue, by in ((Tissue.SKIN, 13.5), (Tissue.FAT, 11.5)):
        space.fill(tissue, vault.grown(by))
    for side in SIDES:
        space.fill(Tissue.MUSCLE, Egg((side * 70, -18, 8), (7, 34, 34)), (Tissue.FAT,))
        space.fill(Tissue.CORTEX, Egg((side * 40, 22, -30), (30, 10, 10), (0, 0, side * 38)))
    for by, tissue in ((6.5, Tissue.CORTEX), (4.8, Tissue.MARROW), (2.0, Tissue.CORTEX)):
        for chamber in chambers():
            space.fill(tissue, chamber.grown(by))
    for chamber in chambers():
        space.fill(Tissue.CSF, chamber)
    for side in SIDES:  # the petrous bones divide the fossae
        space.fill(Tissue.CORTEX, Egg((side * 40, 20, -27), (27, 8, 9), (0, 0, side * 38)))
        space.fill(
            Tissue.GAS,
            Egg((side * 66, 34, -32), (6, 9, 13), rough=0.9),
            (Tissue.CORTEX, Tissue.MARROW),
        )
        canal = tube([(side * 76, 14, -27), (side * 50, 15, -27)], 3.2)
        space.fill(Tissue.GAS, canal)


def paint_brain(space: Space, person: Person, seed: int) -> None:
    """White matter under a folded cortex; fluid in the folds."""
    for chamber in chambers():
        space.fill(Tissue.WHITE, chamber.grown(-2.2), (Tissue.CSF,))
    box = space.box((-70, -90, -45), (70, 92, 92))
    if box is None:
        return
    labels = space.labels[box]
    places = np.nonzero(labels == Tissue.WHITE)
    x, y, z = (
        grid.reshape(-1)[index] for grid, index in zip(space.grid(box), places[::-1], strict=True)
    )
    depth = np.sqrt((x / 67) ** 2 + ((y - 2) / 85) ** 2 + ((z - 24) / 64) ** 2)
    low = z < 4  # temporal lobes have their own middle
    lobe = np.sqrt(((np.abs(x) - 34) / 29) ** 2 + ((y + 12) / 34) ** 2 + ((z + 8) / 25) ** 2)
    depth = np.where(low & (y < 22), np.maximum(lobe, np.minimum(depth, 0.9)), depth)
    folds = gyri(x, y, z, seed)
    medial = np.where(fissure_side(y, z), 0.8 - np.abs(x) / 10, 0)
    ribbon = np.clip(np.maximum((depth - 0.5) / 0.42, medial), 0, 1)
    cortex = (np.abs(folds) < 0.25 + 0.65 * ribbon) & (ribbon > 0.02) | (depth > 0.94)
    sulcus = (np.abs(folds) < person.sulci * (0.6 + 1.4 * ribbon)) & (ribbon > 0.4)
    fissure = (np.abs(x) < 1.1 + 1.6 * person.sulci) & fissure_side(y, z)
    kinds = np.where(cortex, Tissue.GREY, Tissue.WHITE).astype(np.uint8)
    kinds[(np.abs(x) < 4) & fissure_side(y, z)] = Tissue.GREY
    kinds[sulcus | fissure] = Tissue.CSF
    labels[places] = kinds
    space.fill(Tissue.DURA, Egg((0, 8, 80), (0.8, 80, 44)), (Tissue.CSF,))


def fissure_side(y: Values, z: Values) -> NDArray[np.bool_]:
    """Outside the corpus callosum, where the hemispheres part."""
    outside: NDArray[np.bool_] = ((y - 2) / 44) ** 2 + ((z - 14) / 25) ** 2 > 1
    return outside


def gyri(x: Values, y: Values, z: Values, seed: int) -> Values:
    """A labyrinth on the brain's surface, zero along the sulci, warped so that no two are alike."""
    chance = np.random.default_rng(seed + 7)
    out = np.sqrt((x / 67) ** 2 + (y / 85) ** 2 + ((z - 24) / 64) ** 2) + np.float32(0.12)
    stretch = np.float32(0.55) / out + np.float32(0.45)
    p = [(v * stretch * np.float32(0.27)).astype(np.float32) for v in (x, y, z)]
    a, b, c, d, e, f = chance.uniform(0, 6.28, 6).astype(np.float32)
    w, half = np.float32(0.9), np.float32(0.43)
    q = [
        p[0] + w * np.sin(half * p[1] + a) + np.float32(0.6) * np.sin(p[2] + d),
        p[1] + w * np.sin(half * p[2] + b) + np.float32(0.6) * np.sin(p[0] + e),
        p[2] + w * np.sin(half * p[0] + c) + np.float32(0.6) * np.sin(p[1] + f),
    ]
    folds = np.sin(q[0]) * np.cos(q[1]) + np.sin(q[1]) * np.cos(q[2])
    labyrinth: Values = folds + np.sin(q[2]) * np.cos(q[0])
    return labyrinth


def paint_core(space: Space, person: Person) -> None:
    """Corpus callosum, basal ganglia, thalami, and the ventricles between them."""
    wide = person.ventricles
    white = (*BRAIN, Tissue.CSF)
    space.fill(Tissue.WHITE, Egg((0, 2, 12), (36, 46, 24)), white)
    arch: list[Point] = [
        (0, -30, 8),
        (0, -38, 16),
        (0, -32, 26),
        (0, -14, 31),
        (0, 12, 32),
        (0, 33, 27),
        (0, 40, 18),
    ]
    space.fill(Tissue.WHITE, tube(curve(arch, 24), 4.2), white)
    for side in SIDES:
        paint_ganglia(space, side)
        horn = [
            (7, -34, 14),
            (8, -24, 19),
            (9, -8, 24),
            (12, 14, 26),
            (20, 32, 20),
            (26, 46, 11),
            (24, 62, 9),
        ]
        radii = np.interp(np.linspace(0, 1, 24), [0, 0.2, 0.5, 0.75, 1], [3.5, 5.5, 5, 7, 1.5])
        body = curve([(side * a, b, c) for a, b, c in horn], 24)
        space.fill(Tissue.CSF, Tube(body, [r * wide for r in radii]))
        low = [(side * a, b, c) for a, b, c in ((26, 44, 8), (35, 30, -6), (34, 8, -15))]
        space.fill(Tissue.CSF, Tube(curve(low, 10), list(np.linspace(5, 1.6, 10) * wide)))
        space.fill(Tissue.CALCIUM, Egg((side * 24, 42, 10), (2, 4, 2)), (Tissue.CSF,))
        sylvian = Egg((side * 56, -8, 6), (17, 24, 1.8), (0, side * -8, 0), rough=0.5)
        space.fill(Tissue.CSF, sylvian, BRAIN)
        space.fill(Tissue.CSF, Egg((side * 41, -8, 10), (1.5, 18, 10)), BRAIN)
    space.fill(Tissue.CSF, Egg((0, 3, 6), (2.2 * wide, 15, 11)))
    space.fill(Tissue.CSF, Egg((0, -6, -8), (13, 11, 6)), (*BRAIN, Tissue.CSF))
    space.fill(Tissue.GLAND, Egg((0, -9, -14), (6, 5, 4)))
    space.fill(Tissue.GLAND, Egg((0, 26, 9), (3.5, 4.5, 3)))
    space.fill(Tissue.CALCIUM, Egg((0, 27, 9), (1.6, 2, 1.5)))


def paint_ganglia(space: Space, side: int) -> None:
    """Thalamus, lentiform nucleus, head of the caudate; the internal capsule is what they leave."""
    nuclei = [
        Egg((side * 11, 12, 11), (8.5, 15, 10), (0, 0, side * 16)),
        Egg((side * 24, -5, 9), (6.5, 18, 11), (0, 0, side * -14)),
        Egg((side * 13, -24, 15), (6.5, 10, 10)),
    ]
    for nucleus in nuclei:
        space.fill(Tissue.NUCLEI, nucleus, BRAIN)
    space.fill(Tissue.GREY, Egg((side * 36, -6, 10), (3.5, 20, 14)), BRAIN)


def paint_hindbrain(space: Space) -> None:
    """Cisterns, brainstem, cerebellum with its leaves, the fourth ventricle."""
    everything = (*BRAIN, Tissue.CSF)
    space.fill(Tissue.CSF, Egg((0, 23, -14), (24, 17, 20)), everything)
    hind = [Egg((side * 25, 52, -22), (27, 27, 21)) for side in SIDES]
    for part in [*hind, Egg((0, 52, -18), (13, 24, 22))]:
        space.fill(Tissue.CSF, part.grown(1.6), everything)
        box = space.box(*part.bounds())
        if box is None:
            continue
        inside = space.inside(part, box) & np.isin(space.labels[box], everything)
        x, y, z = space.grid(box)
        far = np.sqrt((y - 34) ** 2 + (1.5 * (z + 20)) ** 2 + (0.35 * x) ** 2)
        leaves = np.sin(far * 1.15 + 2 * space.wobble(box))
        kinds = np.where(leaves > -0.55, Tissue.GREY, Tissue.CSF).astype(np.uint8)
        core = part.grown(-8).distance(x, y, z) < 1
        kinds[np.broadcast_to(core, kinds.shape) & (leaves < 0.6)] = Tissue.WHITE
        space.labels[box][inside] = kinds[inside]
    space.fill(Tissue.WHITE, Egg((0, 17, -5), (15, 10, 11)))
    space.fill(Tissue.WHITE, Egg((0, 17, -23), (16, 12, 14)))
    for side in SIDES:
        space.fill(
            Tissue.WHITE,
            Tube([(side * 14, 10, 2), (side * 12, 22, -22), (side * 22, 44, -22)], [6, 7, 6]),
        )
    stem: list[Point] = [(0, 21, -34), (0, 27, -52), (0, 33, -80), (0, 34, -115), (0, 30, -160)]
    space.fill(Tissue.WHITE, Tube(stem, [9, 6, 5.5, 5.5, 5.5]))
    space.fill(Tissue.CSF, Egg((0, 33, -24), (7, 5, 9)))
    space.fill(Tissue.CSF, tube([(0, 24, -2), (0, 29, -16)], 1.2))
    space.fill(Tissue.BLOOD, tube([(0, 4, -36), (0, 5, -14)], 1.9))


def paint_subdural(space: Space) -> None:
    """A crescent of blood under the left side of the vault."""
    vault = chambers()[0]
    shifted = Egg((-11, 4, 22), (67, 96, 66))
    box = space.box((15, -70, 0), (75, 80, 80))
    if box is None:
        return
    crescent = space.inside(vault, box) & ~space.inside(shifted, box)
    crescent &= np.isin(space.labels[box], (*BRAIN, Tissue.CSF))
    space.labels[box][crescent] = Tissue.BLEED


def paint_meningioma(space: Space) -> None:
    """A round tumour on the right convexity, with some oedema around it."""
    inside = (*BRAIN, Tissue.CSF, Tissue.OEDEMA)
    space.fill(Tissue.OEDEMA, Egg((-40, -28, 42), (21, 24, 20), rough=0.4), (Tissue.WHITE,))
    space.fill(Tissue.TUMOUR, Egg((-48, -30, 45), (13, 15, 14), rough=0.08), inside)
