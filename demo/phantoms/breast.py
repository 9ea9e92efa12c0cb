"""A mammogram: fat and gland under a thin skin, the muscle in the oblique view."""

import numpy as np

from demo.phantoms.noise import Values, clouds, enlarged, grain, smooth_noise, softened
from demo.phantoms.shadow import Shadow

ROWS, COLUMNS = 2048, 1536
SPACING = 0.11


def mammogram(view: str, side: str, seed: int, finding: str = "") -> Values:
    """A left or right breast, CC or MLO, 0 (black) to 1 (white).

    The chest wall lies at the left edge for a left breast and at the right edge for a right one.
    """
    # Both views of a breast show the same woman; each breast and view has its own texture.
    woman = np.random.default_rng(seed)
    dense = float(woman.uniform(0.25, 0.8))
    reach = float(woman.uniform(0.72, 0.86))
    own = seed * 8 + 4 * (side == "L") + 2 * (view == "MLO")
    rows, columns = ROWS // 2, COLUMNS // 2
    y = np.linspace(-1, 1, rows, dtype=np.float32)[:, None]
    x = np.linspace(0, 1.5, columns, dtype=np.float32)[None, :] / np.float32(1.5)
    nipple = 0.0 if view == "CC" else 0.22
    edge = outline(x, y, nipple, reach, view)
    picture = compressed(edge) * (0.34 + 0.035 * clouds(rows, columns, 2.6, own + 1))
    picture += gland(x, y, edge, (nipple, reach, dense), own)
    if view == "MLO":
        picture += pectoral(x, y, own)
    if finding == "mass":
        add_mass(picture, (0.30 if view == "CC" else 0.40, 0.5 * reach), own)
    skin = np.exp(-(((edge - 0.012) / 0.008) ** 2))
    picture += 0.09 * skin
    picture *= np.clip(edge / 0.008, 0, 1)
    picture = enlarged(softened(picture), ROWS, COLUMNS)
    fine = grain((ROWS, COLUMNS), 0.008, own)
    picture = np.clip(picture, 0, None) ** 0.92 + fine * (0.3 + picture)
    return picture if side == "L" else np.ascontiguousarray(picture[:, ::-1])


def outline(x: Values, y: Values, nipple: float, reach: float, view: str) -> Values:
    """How far inside the skin a place lies (0 at the skin), as a share of the breast."""
    tall = 0.86 if view == "CC" else 0.80
    along = (y - nipple) / np.where(y < nipple, tall + nipple * 1.1, tall - nipple * 0.35)
    below = np.clip(1 - np.abs(along) ** 2.2, 0, None) ** np.float32(0.62)
    if view == "MLO":  # the arm pit goes on upwards
        below = np.maximum(below, np.clip((0.15 - y) * 0.46, 0, 0.6))
    tip = 0.045 * np.exp(-(((y - nipple) / 0.032) ** 2))
    edge: Values = reach * below + tip - x
    return edge.astype(np.float32)


def compressed(edge: Values) -> Values:
    """The thickness between the paddles: even, and thinner towards the skin."""
    thick: Values = np.clip(edge / 0.14, 0, 1) ** np.float32(0.45)
    return thick


def gland(
    x: Values, y: Values, edge: Values, shape: tuple[float, float, float], seed: int
) -> Values:
    """A cone of gland behind the nipple: clouds, ducts that meet there, strands to the skin."""
    nipple, reach, dense = shape
    rows, columns = edge.shape
    away = np.hypot((x - reach) * 1.0, (y - nipple) * 0.9)
    angle = np.arctan2(y - nipple, reach - x + 0.02)
    cone = np.exp(-((angle / 0.95) ** 4)) * np.clip(away / 0.12, 0, 1)
    cone *= np.exp(-((away / (0.42 + 0.3 * dense)) ** 4)) * np.clip((edge - 0.05) / 0.1, 0, 1)
    lumps = clouds(rows, columns, 2.9, seed + 2)
    threshold = 0.75 - 1.5 * dense
    tissue = 1 / (1 + np.exp(-(lumps - threshold) * 2.4))
    warp = 0.6 * smooth_noise((rows, columns), 90, seed + 3) + 0.12 * lumps
    ducts = np.zeros_like(edge)
    for number, (count, width) in enumerate(((17, 0.30), (29, 0.22))):
        wave = np.sin(angle * count + warp * 1.1 + number * 2 + away * 5)
        ducts += np.clip((np.abs(wave) - 1 + width) / width, 0, 1) ** 2 * (0.16 - 0.04 * number)
    strands = np.exp(-((clouds(rows, columns, 2.7, seed + 4) / 0.10) ** 2))
    wide = np.clip((edge - 0.02) / 0.06, 0, 1)
    total: Values = cone * (0.44 * tissue + ducts) + 0.05 * strands * wide * (0.4 + 0.6 * dense)
    return total


def pectoral(x: Values, y: Values, seed: int) -> Values:
    """The chest muscle, a bright wedge in the upper corner, striped along its fibres."""
    rows, columns = y.shape[0], x.shape[1]
    line = 0.36 - (y + 1) * 0.29
    depth = line - x + 0.012 * clouds(rows, columns, 3, seed + 5)
    fibres = clouds(rows, columns, 2.4, seed + 6)
    bright = 0.24 + 0.02 * fibres + 0.12 * np.clip(depth, 0, 0.4)
    muscle: Values = (np.clip(depth / 0.03, 0, 1) * bright).astype(np.float32)
    return muscle


def add_mass(picture: Values, place: tuple[float, float], seed: int) -> None:
    """A small spiculated mass with a few calcifications. `place`: down from the middle, inwards."""
    rows, columns = picture.shape
    top, left = (0.5 + place[0] / 2) * rows, place[1] * columns
    window = 90
    part = np.s_[int(top) - window : int(top) + window, int(left) - window : int(left) + window]
    lump = Shadow((2 * window, 2 * window), 1, np.eye(3))
    chance = np.random.default_rng(seed)
    for angle in np.arange(0, 6.28, 0.33) + chance.uniform(-0.12, 0.12, 20):
        far = chance.uniform(34, 72)
        tip = (float(np.cos(angle) * far), float(np.sin(angle) * far), 0.0)
        lump.pipe([(0, 0, 0), tip], [3.2, 0.7], 0.022)
    v, u = np.mgrid[-window:window, -window:window].astype(np.float32)
    core = np.exp(-(((u**2 + (1.2 * v) ** 2) / 24**2) ** 2)) * (
        1 + 0.2 * clouds(2 * window, 2 * window, 2.6, seed)
    )
    added = 0.26 * core + np.minimum(softened(lump.soft, 2), 0.22)
    for _ in range(7):
        a, b = chance.normal(0, 14, 2)
        added += 0.34 * np.exp(-(((u - a) ** 2 + (v - b) ** 2) / 2.2))
    picture[part] += added
