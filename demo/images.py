"""The demonstration's images come in through the same door as everybody's."""

from common.files import keep
from demo.objects import objects_of
from studies.models import IncomingFile
from studies.services import receive
from worklist.models import ScheduledProcedure

WITH_IMAGES = {"COMPLETED", "IN_PROGRESS"}


def send_images(procedures: list[ScheduledProcedure]) -> int:
    """Receive what the devices have made so far; workers file it. Returns the number of objects."""
    sent = 0
    for procedure in procedures:
        procedure.refresh_from_db()
        if procedure.status in WITH_IMAGES:
            for content in objects_of(procedure):
                kept = keep([content], "objects", ".dcm")
                receive(kept, source=IncomingFile.Source.DIMSE, sender=procedure.device.ae_title)
                sent += 1
    return sent
