"""Pictures of nobody: phantoms that look like anatomy, computed from shapes and a seed.

Each function returns plain arrays in the units of the modality; `demo.objects` makes them DICOM.
Coordinates are the patient's (LPS): x to the left, y to the back, z to the head, in millimetres.
"""

import numpy as np
from numpy.typing import NDArray

Volume = NDArray[np.float32]
AIR, WATER, FAT, GREY, WHITE, BLOOD, BONE, DIPLOE = -1000, 0, -90, 38, 30, 45, 1250, 550


def smooth_noise(shape: tuple[int, ...], grain: int, seed: int) -> Volume:
    """Noise of mean 0 and deviation 1 whose blobs are about `grain` samples wide."""
    chance = np.random.default_rng(seed)
    coarse = chance.standard_normal([max(2, side // grain + 2) for side in shape])
    for axis, side in enumerate(shape):
        places = np.linspace(0, coarse.shape[axis] - 1.001, side)
        low = places.astype(int)
        part = (places - low).reshape([-1 if a == axis else 1 for a in range(coarse.ndim)])
        part = part * part * (3 - 2 * part)
        coarse = np.take(coarse, low, axis) * (1 - part) + np.take(coarse, low + 1, axis) * part
    noise: Volume = (coarse / coarse.std()).astype(np.float32)
    return noise


def ellipsoid(
    grid: tuple[Volume, Volume, Volume],
    centre: tuple[float, float, float],
    radii: tuple[float, float, float],
) -> Volume:
    """Squared distance from `centre` in units of `radii`: inside is below 1."""
    terms = [((g - c) / r) ** 2 for g, c, r in zip(grid, centre, radii, strict=True)]
    distance: Volume = terms[0] + terms[1] + terms[2]
    return distance


def head_grid(slices: int, size: int) -> tuple[Volume, Volume, Volume]:
    """Broadcastable millimetre coordinates (x, y, z) of a head: 230 mm wide, 150 mm high."""
    across = np.linspace(-115, 115, size, dtype=np.float32)
    up = np.linspace(-70, 80, slices, dtype=np.float32)
    return across[None, None, :], across[None, :, None], up[:, None, None]


def ct_head(slices: int = 80, size: int = 256, seed: int = 1) -> Volume:
    """A head in Hounsfield units, (slices, rows, columns), from the skull base upwards."""
    x, y, z = grid = head_grid(slices, size)
    shape = (slices, size, size)
    wobble = 0.02 * smooth_noise(shape, 48, seed)
    skin = ellipsoid(grid, (0, 5, -5), (80, 100, 92)) + wobble
    bone = ellipsoid(grid, (0, 6, -5), (73, 92, 84)) + wobble
    inner = ellipsoid(grid, (0, 6, -5), (66, 85, 77)) + wobble
    head = np.full(shape, AIR, np.float32)
    head[skin < 1] = FAT
    head[(bone < 1) & (inner >= 1)] = BONE
    middle = (bone < 0.97) & (inner >= 1.08)
    head[middle] = DIPLOE
    folds = smooth_noise(shape, 9, seed + 1)
    depth = np.sqrt(np.maximum(inner, 0))
    brain = inner < 0.94
    matter = np.where((depth > 0.72) & (folds > -0.35), GREY, WHITE).astype(np.float32)
    matter[(depth > 0.84) & (np.abs(folds) < 0.16)] = 8  # sulci
    head[(inner < 1) & ~brain] = 10
    head[brain] = matter[brain]
    for side in (-1, 1):
        bow = 4 + 0.006 * (y - 5) ** 2
        horn = ellipsoid((x - side * bow, y, z), (side * 7, 5, 12), (7, 36, 17))
        head[(horn < 1) & brain] = 6
        head[(ellipsoid(grid, (side * 24, 2, 8), (9, 16, 12)) < 1) & brain] = GREY + 2
        head[ellipsoid(grid, (side * 32, -72, -38), (13, 13, 13)) < 1] = 12  # eyes
        head[ellipsoid(grid, (side * 9, -62, -52), (8, 16, 14)) < 1] = AIR  # ethmoid cells
        petrous = ellipsoid((x - side * 44, y - 24, z + 52), (0, 0, 0), (30, 12, 10))
        head[petrous < 1] = BONE - 250
    head[(np.abs(x) < 1.3) & (z > 0) & brain & (depth > 0.45)] = 60  # falx
    head[(ellipsoid(grid, (0, 30, 5), (4, 4, 4)) < 1) & brain] = 140  # pineal gland, calcified
    chance = np.random.default_rng(seed + 2)
    return head + chance.normal(0, 4, shape).astype(np.float32)


def chest_pa(rows: int = 2048, columns: int = 2048, seed: int = 2) -> Volume:
    """Detector signal of a frontal chest, 0 (dense) to 1 (open air), (rows, columns)."""
    y = np.linspace(-1, 1, rows, dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, columns, dtype=np.float32)[None, :]
    body = ((x / 0.86) ** 2 + ((y - 0.25) / 1.35) ** 2) < 1
    neck = (np.abs(x) < 0.2) & (y < -0.6)
    dense = np.where(body | neck, 1.9, 0.0).astype(np.float32)
    dense -= 0.6 * np.clip((x**2) / 0.75, 0, 1) * body
    for side in (-1, 1):
        lung = ((x - side * 0.40) / 0.30) ** 2 + ((y + 0.08) / (0.66 + 0.05 * side)) ** 2
        dome = y < 0.42 - 0.05 * side + 0.9 * (x - side * 0.38) ** 2
        air = np.clip(1.25 - lung, 0, 0.5) * 2 * dome
        dense -= 1.05 * air
        vessels = np.exp(-((smooth_noise((rows, columns), 110, seed + side) / 0.11) ** 2))
        vessels += np.exp(-((smooth_noise((rows, columns), 60, seed + 5 + side) / 0.09) ** 2)) / 2
        fade = np.exp(-(((x - side * 0.16) / 0.26) ** 2) - ((y - 0.02) / 0.45) ** 2)
        dense += 0.16 * vessels * fade * (air > 0.05)
        for rib in range(10):
            bow = -0.72 + rib * 0.135 + 0.34 * np.clip(np.abs(x) - 0.12, 0, 1) ** 1.5
            band = np.exp(-(((y - bow) / 0.020) ** 2)) * (side * x > 0.07) * (np.abs(x) < 0.74)
            dense += 0.22 * band * body
        collar = np.exp(-(((y + 0.66 + 0.13 * np.abs(x)) / 0.024) ** 2)) * (side * x > 0.05)
        dense += 0.28 * collar * (np.abs(x) < 0.62) * body
    heart = ((x - 0.10) / 0.27) ** 2 + ((y - 0.22 - 0.2 * x) / 0.25) ** 2
    dense += 1.0 * np.clip(1.2 - heart, 0, 0.6)
    dense += 0.55 * np.exp(-((x / 0.085) ** 2)) * (0.82 + 0.18 * np.cos(y * 60)) * body
    dense -= 0.5 * np.exp(-((x / 0.03) ** 2)) * (y < -0.28) * (0.6 + 0.4 * np.cos(y * 160) * 0.2)
    dense += 0.9 * np.clip((y - 0.42) * 4, 0, 1) * body
    signal = np.exp(-np.clip(dense, 0, None) * 1.15)
    chance = np.random.default_rng(seed)
    noisy: Volume = signal + chance.normal(0, 0.006, (rows, columns)).astype(np.float32)
    return noisy


def ultrasound_cine(frames: int = 24, rows: int = 480, columns: int = 640) -> NDArray[np.uint8]:
    """A convex sector with liver-like speckle, a vessel that pulses and a gallbladder."""
    y = np.linspace(0, 1, rows, dtype=np.float32)[:, None]
    x = np.linspace(-0.667, 0.667, columns, dtype=np.float32)[None, :]
    reach = np.hypot(x, y + 0.22)
    angle = np.arctan2(x, y + 0.22)
    sector = (reach > 0.26) & (reach < 1.16) & (np.abs(angle) < 0.62)
    pictures = []
    for number in range(frames):
        beat = np.sin(2 * np.pi * number / frames)
        chance = np.random.default_rng(100 + number)
        speckle: Volume = chance.rayleigh(0.5, (rows, columns)).astype(np.float32)
        speckle = (speckle + np.roll(speckle, 1, 1) + np.roll(speckle, -1, 1)) / np.float32(3)
        tissue: Volume = np.float32(0.42) + 0.06 * smooth_noise((rows, columns), 40, 7)
        bladder = ((x - 0.16) / 0.13) ** 2 + ((y - 0.42) / 0.075) ** 2
        vessel = ((x + 0.17) / (0.045 + 0.008 * beat)) ** 2 + ((y - 0.56) / 0.045) ** 2
        tissue[bladder < 1] = 0.03
        tissue += 0.35 * ((bladder > 1) & (bladder < 1.25))
        tissue += 0.14 * ((np.abs(x - 0.16) < 0.11) & (y > 0.5))  # enhancement behind fluid
        tissue[vessel < 1] = 0.05
        tissue += 0.6 * np.exp(-(((y - 0.86 + 0.35 * x**2 - 0.015 * beat) / 0.012) ** 2))
        picture = tissue * speckle * 1.7 * np.exp(-0.5 * (reach - 0.3)) * sector
        pictures.append((np.clip(picture, 0, 1) * 255).astype(np.uint8))
    return np.stack(pictures)
