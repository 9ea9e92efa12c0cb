"""Whatever dies in the middle of the work: everything acknowledged is there afterwards, images that
machines send and what people write."""

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
def test_what_is_acknowledged_survives_the_death_of_everything(up):
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

    desk = Desk(visitor)
    for worker in (*senders, desk):
        worker.start()
    for victim in VICTIMS:
        time.sleep(PAUSE_SECONDS)
        department.kill(victim)
    for sender in senders:
        sender.join()
    desk.close()

    acknowledged = {uid for modality in modalities for uid in modality.acknowledged}
    assert len(acknowledged) == IMAGES
    for study in studies:
        sent = {str(dataset.SOPInstanceUID) for dataset in study}
        uid = str(study[0].StudyInstanceUID)
        wait_until(lambda u=uid, s=sent: visitor.instances_of(u) == s, 90, "the study's filing")  # type: ignore[misc]
    wait_until(lambda: visitor.get("/readyz") is not None, 60, "recovery")
    assert desk.registered, "nobody was registered"
    for key, name in desk.registered.items():
        wait_until(lambda k=key: visitor.get(f"/api/patients/{k}/") is not None)  # type: ignore[misc]
        assert visitor.get(f"/api/patients/{key}/")["name_alphabetic"] == name


class Desk(threading.Thread):
    """Somebody registers one patient after another and notes which were acknowledged."""

    def __init__(self, visitor: Visitor) -> None:
        super().__init__()
        self.visitor, self.is_open = visitor, True
        self.registered: dict[int, str] = {}

    def run(self) -> None:
        number = 0
        while self.is_open:
            number += 1
            name = f"Steadfast^Patient{number}"
            made = self.visitor.post("/api/patients/", {"name_alphabetic": name})
            if made is not None:
                self.registered[made["id"]] = name
            time.sleep(PAUSE_SECONDS / 4)

    def close(self) -> None:
        self.is_open = False
        self.join()
