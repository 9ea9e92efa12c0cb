"""What watches of the pipeline want to know."""

from common.metrics import measures
from studies.models import Archive, IncomingFile, Thumbnail


@measures("imaging_incoming_objects", "Received objects not yet settled, by state.", "state")
def incoming_objects() -> dict[str, float]:
    return {
        "waiting": IncomingFile.objects.waiting().count(),
        "set_aside": IncomingFile.objects.set_aside().count(),
    }


@measures("imaging_waiting_work", "Rows that wait for a worker, by kind of work.", "work")
def waiting_work() -> dict[str, float]:
    return {
        "thumbnail": Thumbnail.objects.waiting().count(),
        "archive": Archive.objects.waiting().count(),
    }


@measures("imaging_oldest_waiting_seconds", "Age of the oldest object not yet filed.", "work")
def oldest_waiting() -> dict[str, float]:
    return {"incoming": IncomingFile.objects.longest_wait_seconds()}
