"""Phantoms lie where their coordinates say, and look like what they are meant to be."""

import numpy as np
import pytest
from pydicom.dataset import Dataset

from demo.objects.common import finding_of
from demo.objects.stacks import Stack
from demo.phantoms.breast import mammogram
from demo.phantoms.coronaries import coronary_run
from demo.phantoms.hand import hand_radiograph
from demo.phantoms.head import head
from demo.phantoms.noise import clouds, grain, smooth_noise, softened
from demo.phantoms.scanner import ct_values, mr_values
from demo.phantoms.shadow import HARD, SOFT, Shadow
from demo.phantoms.space import Egg, Space, tube
from demo.phantoms.tissues import LOOKS, T2, Tissue
from demo.tests.sending import planned

PLACE = (18.0, -24.0, 30.0)
STACKS = [
    Stack("AXIAL", (-60, 60, 61), 128, 160),
    Stack("AXIAL", (60, -60, 61), 128, 160, (4, -8)),
    Stack("SAGITTAL", (-60, 60, 61), 128, 160, (-6, 10)),
    Stack("CORONAL", (-60, 60, 61), 128, 160, (2, 6)),
]


@pytest.mark.parametrize("stack", STACKS, ids=lambda s: f"{s.orientation} {s.places}")
def test_a_spot_is_found_where_the_header_of_its_slice_says(stack):
    x, y, z = stack.axes()
    space = Space(x, y, z, seed=1)
    space.fill(Tissue.CORTEX, Egg(PLACE, (4, 4, 4)))
    planes = np.stack(list(stack.cut(space.labels)))

    number, row, column = np.argwhere(planes == Tissue.CORTEX).mean(0)

    header = Dataset()
    stack.describe(header, 1 + int(number))
    along, down = np.reshape(np.asarray(header.ImageOrientationPatient, float), (2, 3))
    spacing = np.asarray(header.PixelSpacing, float)
    found = np.asarray(header.ImagePositionPatient, float)
    found = found + along * column * spacing[1] + down * row * spacing[0]
    assert np.allclose(found, PLACE, atol=1.5)


def test_every_tissue_has_its_looks():
    assert set(LOOKS) == set(Tissue)
    assert [int(tissue) for tissue in Tissue] == list(range(len(Tissue)))


def test_a_shape_outside_the_grid_leaves_no_trace():
    space = Space(*STACKS[0].axes(), seed=1)

    space.fill(Tissue.CORTEX, Egg((0, 0, 500), (40, 40, 40)))
    space.fill(Tissue.CORTEX, tube([(300, 0, 0), (400, 0, 0)], 5))

    assert not space.labels.any()


def test_a_tissue_fills_only_what_it_may():
    space = Space(*STACKS[0].axes(), seed=1)
    space.fill(Tissue.LIVER, Egg((-20, 0, 0), (20, 20, 20)))

    space.fill(Tissue.VESSEL, Egg((0, 0, 0), (60, 6, 6)), (Tissue.LIVER,))

    x = space.axes[0]
    assert (space.labels == Tissue.VESSEL).any()
    assert not (space.labels[:, :, x > 1] == Tissue.VESSEL).any()


def test_a_turned_egg_points_the_other_way():
    space = Space(*STACKS[0].axes(), seed=1)

    space.fill(Tissue.CORTEX, Egg((0, 0, 0), (40, 5, 5), (0, 0, 90)))

    _z, y, x = (np.ptp(np.argwhere(space.labels)[:, axis]) for axis in range(3))
    assert y > 5 * x


def small_head(finding=""):
    stack = Stack("AXIAL", (-40, 80, 25), 96, 230, (0, -2))
    x, y, z = stack.axes()
    return x, head(x, y, z, seed=3, finding=finding)


def test_a_head_has_bone_brain_fluid_and_air_in_hounsfield_units():
    _x, space = small_head()

    values = ct_values(space, 3.4, seed=3)

    brain = np.isin(space.labels, (Tissue.GREY, Tissue.WHITE))
    assert 20 < np.median(values[brain]) < 45
    assert np.median(values[space.labels == Tissue.AIR]) < -980
    assert values.max() > 900
    assert 0.1 < brain.mean() < 0.4


def test_a_bleeding_lies_on_the_left_and_only_when_asked_for():
    x, bleeding = small_head("subdural")

    blood = np.argwhere(bleeding.labels == Tissue.BLEED)
    assert len(blood) > 100
    assert (x[blood[:, 2]] > 0).all()
    assert not (small_head()[1].labels == Tissue.BLEED).any()


def test_an_mr_signal_is_never_negative():
    _x, space = small_head()

    assert mr_values(space, T2, seed=1).min() >= 0


def test_noise_is_the_same_for_a_seed_and_scaled():
    assert np.array_equal(smooth_noise((20, 30), 4, 7), smooth_noise((20, 30), 4, 7))
    assert not np.array_equal(clouds(32, 32, 2, 7), clouds(32, 32, 2, 8))
    assert grain((3, 200, 200), 5, 1).std() == pytest.approx(5, rel=0.1)


def test_softening_keeps_what_there_is_and_the_original():
    spot = np.zeros((9, 9), np.float32)
    spot[4, 4] = 1

    soft = softened(spot)

    assert spot.sum() == 1
    assert soft.sum() == pytest.approx(1)
    assert soft[4, 4] == pytest.approx(0.25)


def test_pieces_of_one_body_do_not_add_up():
    apart, together = Shadow((64, 64), 1), Shadow((64, 64), 1)
    apart.solid(Egg((0, 0, 0), (10, 10, 10)), SOFT)
    apart.solid(Egg((0, 0, 0), (10, 10, 10)), SOFT)
    with together.fused():
        together.solid(Egg((0, 0, 0), (10, 10, 10)), SOFT)
        together.solid(Egg((0, 0, 0), (10, 10, 10)), SOFT)

    assert apart.soft.max() == pytest.approx(2 * together.soft.max())
    assert together.soft.max() == pytest.approx(20 * SOFT, rel=0.02)


def test_a_long_bone_is_densest_at_its_edges():
    shadow = Shadow((64, 64), 1)

    shadow.bone([(0, 0, -25), (0, 0, 25)], [12, 12], [3, 3])

    across = shadow.hard[32]
    assert across.max() > 1.05 * across[32]
    assert across[32] < 24 * HARD


def test_a_finding_changes_the_picture_where_it_lies():
    def differ(draw):
        sound, ill = draw(""), draw("mass")
        return np.argwhere(np.abs(sound - ill) > 0.05)

    places = differ(lambda finding: mammogram("CC", "L", 5, finding))

    assert len(places) > 500
    assert np.ptp(places, axis=0).max() < 400  # samples: it is small


def test_a_broken_bone_and_a_narrow_artery_are_seen():
    assert not np.array_equal(
        hand_radiograph("PA", "R", 1), hand_radiograph("PA", "R", 1, "fracture")
    )
    assert not np.array_equal(coronary_run(8, 1), coronary_run(8, 1, "stenosis"))


def test_an_emergency_always_has_a_finding_and_an_earlier_examination_never():
    urgent = planned("CT-HEAD", order__priority="STAT")
    steps = [planned("CT-HEAD", order__priority="ROUTINE", step_id=f"S{n}") for n in range(40)]

    assert finding_of(urgent, "subdural", few=False) == "subdural"
    assert finding_of(urgent, "subdural", few=True) == ""
    found = [finding_of(step, "subdural", few=False) for step in steps]
    assert set(found) == {"", "subdural"}
