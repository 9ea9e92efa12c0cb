"""Whatever dies in the middle of a send: every acknowledged image is there afterwards."""

import threading
import time

import pytest

from tests.journeys.modality import Modality, Study
from tests.journeys.visitor import Visitor, wait_until

IMAGES, STUDIES = 2000, 10
VICTIMS = ["listener", "worker", "postgres", "valkey", "web-1", "clock", "listener", "worker"]
PAUSE_SECONDS = 3.0


@pytest.mark.slow
@pytest.mark.kills
@pytest.mark.timeout(400)
# pynetdicom's client forgets to close the socket of a refused connection.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_every_acknowledged_image_survives_the_death_of_everything(up):
    department = up().await_ready()
    visitor = Visitor(department)
    studies = [
        Study(patient_id=f"KILL-{number}").ct_slices(IMAGES // STUDIES) for number in range(STUDIES)
    ]
    modalities = [Modality(department.dicom_port) for _ in range(2)]
    senders = [
        threading.Thread(target=modality.send_all, args=([s for one in half for s in one],))
        for modality, half in zip(modalities, (studies[::2], studies[1::2]), strict=True)
    ]

    for sender in senders:
        sender.start()
    for victim in VICTIMS:
        time.sleep(PAUSE_SECONDS)
        department.kill(victim)
    for sender in senders:
        sender.join()

    acknowledged = {uid for modality in modalities for uid in modality.acknowledged}
    assert len(acknowledged) == IMAGES
    for study in studies:
        sent = {str(dataset.SOPInstanceUID) for dataset in study}
        uid = str(study[0].StudyInstanceUID)
        wait_until(lambda u=uid, s=sent: visitor.instances_of(u) == s, 90, "the study's filing")  # type: ignore[misc]
    wait_until(lambda: visitor.get("/readyz") is not None, 60, "recovery")
