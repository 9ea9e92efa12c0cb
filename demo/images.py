"""The demonstration's images come in through the same door as everybody's."""

from io import BytesIO
from itertools import islice

import numpy as np
from pydicom import dcmread
from pydicom.data import get_testdata_file

from common.files import keep
from demo.objects import objects_of
from demo.objects.common import encoded, uid_of
from equipment.services import identify_caller
from staff.models import User
from studies.ingest import file_batch
from studies.models import IncomingFile
from studies.services import finish_upload, receive, start_upload
from worklist.models import ScheduledProcedure

Source = IncomingFile.Source
LETTER = b"Dear colleague, enclosed the images of our patient."
LOOPBACK = "127.0.0.1"
FEW = 6  # images of an earlier examination
CUT_OFF = 900  # bytes of an object whose sending broke off
MISPLACED = 0.45  # of the width: so far beside the middle lay the patient


def send_images(procedure: ScheduledProcedure, *, few: bool = False) -> int:
    """Receive what the device makes of a procedure; a worker files it. Returns how many."""
    identify_caller(procedure.device.ae_title, LOOPBACK)
    sent = 0
    for content in islice(objects_of(procedure, few=few), FEW if few else None):
        hand_in(content, procedure.device.ae_title)
        sent += 1
    return sent


def send_misplaced(procedure: ScheduledProcedure) -> None:
    """The first exposure, with the patient lying beside the middle: it has to be repeated."""
    dataset = dcmread(BytesIO(next(iter(objects_of(procedure)))))
    picture = np.roll(dataset.pixel_array, round(dataset.Columns * MISPLACED), axis=1)
    picture[:, : round(dataset.Columns * MISPLACED)] = picture[:40, :40].min()
    dataset.PixelData = picture.tobytes()
    dataset.SOPInstanceUID = uid_of(procedure, 1, 0)
    dataset.InstanceNumber = 0
    hand_in(encoded(dataset), procedure.device.ae_title)


def send_of_somebody_else(procedure: ScheduledProcedure) -> None:
    """An image under this order's numbers that names another patient: set aside."""
    dataset = dcmread(BytesIO(next(iter(objects_of(procedure, few=True)))))
    dataset.PatientName, dataset.PatientID = "Hansson^Mia", "240999"
    dataset.PatientBirthDate = "19790311"
    dataset.SOPInstanceUID = uid_of(procedure, 9, 9)
    hand_in(encoded(dataset), procedure.device.ae_title)


def send_broken(ae_title: str) -> None:
    """Half an object: nobody can read it, and it is kept all the same."""
    hand_in(_example("MR_small.dcm")[:CUT_OFF], ae_title)


def upload_disc(by: User) -> None:
    """A disc from elsewhere: somebody nobody knows here, and a letter that is no image."""
    upload = start_upload(by=by, label="Disc from Eastside hospital")
    files = {"DICOM/IM000001": _example("CT_small.dcm"), "LETTER.TXT": LETTER}
    for name, content in files.items():
        kept = keep([content], "objects", ".dcm")
        receive(kept, source=Source.UPLOAD, sender=by.username, upload=upload, original_name=name)
    file_all()
    finish_upload(upload, by=by)


def hand_in(content: bytes, sender: str) -> None:
    """Safe on disk and in the table, as after a C-STORE."""
    receive(keep([content], "objects", ".dcm"), source=Source.DIMSE, sender=sender)


def file_all() -> None:
    """Do the worker's part for all that waits."""
    while file_batch():
        pass


def _example(name: str) -> bytes:
    """One of pydicom's own test files."""
    place = str(get_testdata_file(name))
    with open(place, "rb") as stream:
        return stream.read()
