"""A department whose devices send very small pictures: it is about everything else."""

import numpy as np
import pytest
from django.conf import settings
from pydicom.uid import SecondaryCaptureImageStorage

from demo.department import load_department
from demo.objects.common import add_pixels, common_part, encoded, side_of

PICTURE = np.arange(64, dtype=np.uint16).reshape(8, 8)
VIEWS = {
    "DX-CHEST": ["PA", "LL"],
    "DX-HAND": ["PA", "OBL"],
    "DX-HIP": ["AP", "OBL"],
    "MG-SCREEN": ["CC", "MLO", "CC", "MLO"],
}


def small_objects_of(procedure, *, few=False):
    """As many small objects as are expected, or just one."""
    views = VIEWS.get(procedure.procedure_type.code, [""] * procedure.images_expected)
    for number, view in enumerate(views[: 1 if few else None], start=1):
        dataset = common_part(procedure, SecondaryCaptureImageStorage, number, 1)
        dataset.ViewPosition = view
        if procedure.side:
            dataset.ImageLaterality = side_of(procedure)
        add_pixels(dataset, PICTURE + number)
        yield encoded(dataset)


def load_small_department(folder):
    """The whole department with its files in `folder`; its visits of today."""
    (folder / "tmp").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("demo.images.objects_of", small_objects_of)
        patch.setattr(settings, "DATA_DIR", folder)
        patch.setattr(settings, "HALF_WRITTEN", folder / "tmp")
        return load_department()
