"""A run of the left coronary artery: contrast medium fills the tree while the heart beats."""

from dataclasses import dataclass

import numpy as np

from demo.phantoms.noise import Values, clouds, enlarged, grain, softened
from demo.phantoms.shadow import HARD, SOFT, SPONGY, Shadow
from demo.phantoms.space import Egg, Point, curve

SIZE = 512
SPACING = 0.26
FRAMES_A_BEAT = 13
Way = list[tuple[float, float]]

# The tree in the plane of the picture (right anterior oblique), millimetres from the middle:
# parent, where on it this branch leaves, its course, its width at both ends.
TREE: dict[str, tuple[str, float, Way, tuple[float, float]]] = {
    "main": ("", 0, [(-34, -34), (-24, -33), (-14, -30)], (2.3, 2.1)),
    "descending": (
        "main",
        1,
        [(-14, -30), (4, -29), (22, -18), (38, 4), (46, 26), (44, 44), (38, 50)],
        (1.8, 0.6),
    ),
    "circumflex": ("main", 1, [(-14, -30), (-12, -16), (-12, 0), (-8, 18), (0, 30)], (1.7, 0.7)),
    "diagonal1": ("descending", 0.22, [(4, -29), (22, -26), (40, -12), (52, 6)], (1.1, 0.4)),
    "diagonal2": ("descending", 0.42, [(22, -18), (36, -12), (50, 8), (56, 24)], (0.9, 0.35)),
    "septal1": ("descending", 0.2, [(4, -29), (10, -14), (18, -2), (24, 12)], (0.8, 0.3)),
    "septal2": ("descending", 0.36, [(16, -22), (22, -8), (30, 6), (32, 20)], (0.7, 0.3)),
    "septal3": ("descending", 0.52, [(30, -8), (33, 4), (37, 16)], (0.6, 0.25)),
    "marginal1": ("circumflex", 0.3, [(-12, -14), (0, -2), (14, 18), (26, 38)], (1.2, 0.4)),
    "marginal2": ("circumflex", 0.6, [(-11, 4), (-2, 20), (10, 38), (20, 48)], (1.0, 0.35)),
    "posterior": ("circumflex", 0.9, [(-3, 26), (-6, 38), (0, 50)], (0.8, 0.3)),
    "apical": ("descending", 0.85, [(46, 34), (52, 42), (54, 48)], (0.6, 0.3)),
}


@dataclass(frozen=True, slots=True)
class Branch:
    """A vessel as small steps: places, radii, and when the blood arrives there (in frames)."""

    places: list[Point]
    radii: list[float]
    arrivals: list[float]


def coronary_run(frames: int, seed: int, finding: str = "") -> Values:
    """`frames` pictures of 512 × 512, 0 (black) to 1 (white): vessels are dark."""
    still = background(seed)
    tree = grown(seed, finding)
    noise = grain((frames, SIZE, SIZE), 0.022, seed)
    run = np.empty((frames, SIZE, SIZE), np.float32)
    for frame in range(frames):
        shadow = Shadow((SIZE, SIZE), SPACING, np.eye(3))
        phase = beat(frame)
        with shadow.fused():
            cast_tree(shadow, tree, frame, phase)
        cast_catheter(shadow, phase)
        blush = 0.10 * np.clip((frame - 9) / 8, 0, 1) * muscle(phase)
        dark = np.exp(-(softened(shadow.soft) + blush))
        run[frame] = np.roll(still, round(2 * phase), 0) * dark
    return run + noise


def beat(frame: int) -> float:
    """How far the heart is contracted in this frame: quick in, slow out."""
    share = frame % FRAMES_A_BEAT / FRAMES_A_BEAT
    return float(np.sin(np.pi * min(share / 0.62, 1)) ** 2)


def moved(place: Point, phase: float) -> Point:
    """Where the beat carries a place: inwards to the apex, turning a little."""
    x, y, z = place
    strong = min(max((x + 40) / 60, 0), 1)
    turn = 0.06 * phase * strong
    shrink = 1 - 0.11 * phase * strong
    a, b = x - 6, y - 6
    return 6 + shrink * (a - turn * b), 6 + shrink * (b + turn * a) + 2.2 * phase, z


def grown(seed: int, finding: str) -> list[Branch]:
    """The tree of one person; every branch continues the blood of its parent."""
    chance = np.random.default_rng(seed)
    reached: dict[str, list[float]] = {}
    branches: list[Branch] = []
    for name, (parent, share, course, widths) in TREE.items():
        bent = [
            course[0],
            *((x + chance.normal(0, 1.6), y + chance.normal(0, 1.6)) for x, y in course[1:]),
        ]
        if parent:
            times = reached[parent]
            place = next(b for n, b in zip(reached, branches, strict=True) if n == parent).places
            index = round(share * (len(times) - 1))
            start, (px, py, _) = times[index], place[index]
            bent[0] = (px, py)
        else:
            start = 1.0
        places = curve([(x, y, 0.0) for x, y in bent], 34)
        steps = np.hypot(*np.diff(np.asarray(places)[:, :2], axis=0).T)
        arrivals = start + np.concatenate([[0], np.cumsum(steps)]) / 11
        radii = np.linspace(*widths, 34) * chance.uniform(0.92, 1.08)
        if finding == "stenosis" and name == "descending":
            radii *= 1 - 0.72 * np.exp(-(((np.arange(34) - 11) / 1.7) ** 2))
        reached[name] = list(arrivals)
        branches.append(Branch(places, [float(r) for r in radii], list(arrivals)))
    return branches


def cast_tree(shadow: Shadow, tree: list[Branch], frame: int, phase: float) -> None:
    """As much of the tree as the contrast medium has reached, washed out again near the start."""
    for branch in tree:
        full = [n for n, at in enumerate(branch.arrivals) if at <= frame]
        if len(full) < 2:
            continue
        fresh = np.clip((14 + branch.arrivals[full[-1] // 2] - frame) / 6, 0.12, 1)
        places = [moved(branch.places[n], phase) for n in full]
        shadow.pipe(places, [branch.radii[n] for n in full], 0.21 * float(fresh))


def cast_catheter(shadow: Shadow, phase: float) -> None:
    """The catheter comes down the aorta and hooks into the main stem."""
    course: list[Point] = [
        (-52, -70, 0),
        (-56, -52, 0),
        (-54, -36, 0),
        (-46, -30, 0),
        (-34 + phase, -34 + phase * 2, 0),
    ]
    line = curve(course, 30)
    shadow.pipe(line, [1.0] * 30, 0.12)
    shadow.pipe(line, [0.6] * 30, -0.06)


def muscle(phase: float) -> Values:
    """The blush of the heart muscle behind its arteries."""
    y, x = np.mgrid[-1 : 1 : SIZE * 1j, -1 : 1 : SIZE * 1j].astype(np.float32)
    inside = ((x - 0.28) / (0.62 - 0.06 * phase)) ** 2 + ((y - 0.15) / (0.62 - 0.06 * phase)) ** 2
    blush: Values = np.exp(-(inside**2))
    return blush


def background(seed: int) -> Values:
    """What does not move: spine, ribs, diaphragm, lung."""
    shadow = Shadow((SIZE // 2, SIZE // 2), SPACING * 2, np.eye(3))
    for number in range(7):
        middle = (-58.0 - number * 0.6, -72.0 + number * 24, 0.0)
        shadow.solid(Egg(middle, (15, 10.5, 15), (0, 0, -3), power=5), SPONGY * 0.5, hard=True)
        shadow.solid(Egg((middle[0], middle[1] + 11, 0), (14, 1, 14)), HARD * 0.15, hard=True)
    for number in range(6):
        top = -88 + number * 30
        line = curve([(-60, top, 0), (-10, top - 6, 0), (40, top + 14, 0), (80, top + 48, 0)], 24)
        shadow.bone(line, [5.0] * 24, [0.8] * 24)
    shadow.solid(Egg((20, 12, 0), (54, 56, 44)), SOFT * 0.35)
    shadow.solid(Egg((-6, 96, 0), (110, 62, 80)), SOFT * 0.3)
    shadow.solid(Egg((-58, 0, 0), (22, 120, 40)), SOFT * 0.3)
    shadow.bones = np.float32(0.35)
    weak = shadow.total(seed) + 0.05 * clouds(SIZE // 2, SIZE // 2, 3, seed)
    light = np.exp(-0.55 * enlarged(softened(weak, 2), SIZE, SIZE))
    picture: Values = 0.95 * light / np.percentile(light, 99)
    return picture
