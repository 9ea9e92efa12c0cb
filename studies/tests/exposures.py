"""An examination of projections, filed the whole way: one image a view."""

from typing import Any

from pydicom.uid import generate_uid

from studies import ingest
from studies.models import Instance
from studies.tests.factories import an_object_for, received
from studies.thumbnails import draw_batch
from worklist.models import ScheduledProcedure


def exposed(
    procedure: ScheduledProcedure,
    *views: tuple[str, str | None],
    with_pictures: bool = False,
    **more: Any,
) -> list[Instance]:
    """The images of these views (position, side), in one series, numbered as they were made."""
    series = str(more.pop("SeriesInstanceUID", generate_uid()))
    uids = []
    for number, (position, side) in enumerate(views, 1):
        image = an_object_for(
            procedure,
            **{
                "SeriesInstanceUID": series,
                "SeriesNumber": 1,
                "InstanceNumber": number,
                "ViewPosition": position,
                "ImageLaterality": side,
                **more,
            },
        )
        uids.append(image.SOPInstanceUID)
        received(image)
    while ingest.file_batch():
        pass
    while with_pictures and draw_batch():
        pass
    found = Instance.objects.select_related("series__study").by_uid(uids)
    return [found[uid] for uid in uids]
