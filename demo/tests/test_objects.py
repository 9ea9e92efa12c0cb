"""What the demonstration's devices send is what real ones would: readable, measured, whole."""

import datetime as dt
import shutil
import subprocess
from itertools import pairwise

import numpy as np
import pytest
from django.utils import timezone
from pydicom import dcmread
from pydicom.uid import UID

from demo.objects import objects_of
from demo.tests.sending import (
    BODY_PARTS,
    CODES,
    example,
    files,
    forget,
    in_series,
    planned,
    sent,
    strictly,
)
from studies.dicom import facts_of
from studies.ingest import file_batch
from studies.models import Instance, Match
from studies.tests.factories import received
from studies.transcoding import TARGETS, aside_as
from worklist.models import ScheduledProcedure
from worklist.tests.factories import ScheduledProcedureFactory

SLICED = [code for code in CODES if code.startswith(("CT", "MR"))]
EXPOSED = ["DX-CHEST", "DX-HAND", "DX-HIP", "MG-SCREEN", "XA-CORO"]
MODALITIES = {"DX-HAND": "CR"}  # the room reads plates, too
SOP_CLASSES = {
    "CR": "Computed Radiography Image Storage",
    "CT": "CT Image Storage",
    "MR": "MR Image Storage",
    "DX": "Digital X-Ray Image Storage - For Presentation",
    "US": "Ultrasound Multi-frame Image Storage",
    "MG": "Digital Mammography X-Ray Image Storage - For Presentation",
    "XA": "X-Ray Angiographic Image Storage",
}


@pytest.fixture(scope="module", autouse=True)
def drawn_once():
    """What was drawn is kept for the tests of this module, no longer."""
    yield
    forget()


every_kind = pytest.mark.parametrize("code", CODES)


@every_kind
def test_every_kind_of_procedure_has_pictures_of_its_own_class(code):
    datasets = sent(code, few=True)

    modality = MODALITIES.get(code, code[:2])
    assert {UID(d.SOPClassUID).name for d in datasets} == {SOP_CLASSES[modality]}
    assert {(d.Modality, d.BodyPartExamined) for d in datasets} == {(modality, BODY_PARTS[code])}
    assert all(d.SeriesDescription and d.SeriesNumber for d in datasets)


@every_kind
def test_our_own_reader_finds_no_fault(code, tmp_path):
    for number, content in enumerate(files(code, few=True)):
        path = tmp_path / f"{number}.dcm"
        path.write_bytes(content)

        facts = facts_of(path)

        assert (facts.fault, facts.has_pixels) == ("", True)
        assert facts.series.modality == MODALITIES.get(code, code[:2])


@every_kind
def test_the_order_stands_in_every_object_as_a_modality_copies_it(code):
    procedure = example(code)

    for dataset in sent(code, few=True):
        request = dataset.RequestAttributesSequence[0]
        assert request.ScheduledProcedureStepID == procedure.step_id
        assert request.RequestedProcedureID == procedure.order.requested_procedure_id
        assert dataset.AccessionNumber == procedure.order.accession_number
        assert dataset.PatientID == procedure.order.patient.patient_id
        assert dataset.ProcedureCodeSequence[0].CodeValue == code


def test_times_are_those_of_the_department_wherever_it_is(tmp_path):
    procedure = planned("CT-HEAD")
    with timezone.override("Asia/Kolkata"):
        first = next(objects_of(procedure, few=True))
    (tmp_path / "one.dcm").write_bytes(first)

    taken = facts_of(tmp_path / "one.dcm").acquired_at

    assert strictly(first).TimezoneOffsetFromUTC == "+0530"
    assert taken == procedure.scheduled_start + dt.timedelta(minutes=2, seconds=1)


@every_kind
def test_identifiers_are_valid_and_no_two_objects_share_one(code):
    datasets = sent(code, few=True)

    assert len({d.SOPInstanceUID for d in datasets}) == len(datasets)
    for dataset in datasets:
        uids = (dataset.SOPInstanceUID, dataset.SeriesInstanceUID, dataset.StudyInstanceUID)
        assert all(UID(uid).is_valid for uid in uids)
        assert dataset.file_meta.MediaStorageSOPInstanceUID == dataset.SOPInstanceUID


@every_kind
def test_the_same_step_sends_the_same_bytes(code):
    assert list(objects_of(example(code), few=True)) == files(code, few=True)


@every_kind
def test_another_patient_looks_different(code):
    other = planned(code, order__patient__patient_id="PHANTOM2")

    mine = sent(code, few=True)[-1].pixel_array
    theirs = strictly(list(objects_of(other, few=True))[-1]).pixel_array

    assert mine.shape == theirs.shape
    assert not np.array_equal(mine, theirs)


@every_kind
def test_the_window_shows_the_tissue(code):
    """Neither black nor white: the middle of what lies in the patient is within the window."""
    dataset = sent(code, few=True)[len(sent(code, few=True)) // 2]

    values = dataset.pixel_array * float(dataset.get("RescaleSlope", 1))
    values = values + float(dataset.get("RescaleIntercept", 0))
    low = float(dataset.WindowCenter) - float(dataset.WindowWidth) / 2
    shown = (values - low) / float(dataset.WindowWidth)
    assert np.mean((shown > 0.05) & (shown < 0.97)) > 0.08
    assert np.std(np.clip(shown, 0, 1)) > 0.1


@pytest.mark.parametrize("code", SLICED)
def test_slices_lie_at_equal_distances_in_one_frame_of_reference(code):
    for series in in_series(sent(code)):
        first = series[0]
        row, column = np.reshape(np.asarray(first.ImageOrientationPatient, float), (2, 3))
        normal = np.cross(row, column)
        heights = [normal @ np.asarray(d.ImagePositionPatient, float) for d in series]

        assert np.allclose([row @ row, column @ column, row @ column], [1, 1, 0])
        steps = np.diff(heights)
        assert np.allclose(np.abs(steps), float(first.SliceThickness), atol=1e-3)
        assert (np.sign(steps) == np.sign(steps[0])).all()
        assert len({d.FrameOfReferenceUID for d in sent(code)}) == 1
        for one, other in pairwise(series):
            shift = np.subtract(other.ImagePositionPatient, one.ImagePositionPatient)
            assert np.allclose(np.cross(shift.astype(float), normal), 0, atol=1e-3)
            assert other.InstanceNumber == one.InstanceNumber + 1


@pytest.mark.parametrize("code", SLICED)
def test_earlier_examinations_cover_the_same_region_with_a_dozen_slices(code):
    few, many = sent(code, few=True), in_series(sent(code))[0]

    assert len(few) == 12 < len(many)
    for end in (0, -1):
        assert few[end].ImagePositionPatient == many[end].ImagePositionPatient


@pytest.mark.parametrize("code", ["CT-HEAD", "CT-CHEST", "CT-ABD"])
def test_ct_is_in_hounsfield_units_and_says_its_dose(code):
    middle = sent(code)[len(sent(code)) // 2]
    values = middle.pixel_array

    assert len(sent(code)) >= 40
    assert (middle.RescaleSlope, middle.RescaleIntercept, middle.RescaleType) == (1, 0, "HU")
    assert -1030 < np.median(values[:12, :12]) < -970  # the air of the corner
    assert values.max() > 700  # bone
    assert np.mean((values > 0) & (values < 140)) > 0.05  # soft tissue
    assert 1 < middle.CTDIvol < 80
    assert middle.KVP == 120


def test_a_ct_of_the_chest_is_mostly_lung_and_one_of_the_abdomen_is_not():
    def lung(code):
        values = np.stack([d.pixel_array for d in sent(code)[10:-10]])
        return np.mean((values > -920) & (values < -780))

    assert lung("CT-CHEST") > 0.1
    assert lung("CT-ABD") < 0.05


def test_an_mr_of_the_head_has_axial_and_sagittal_series_with_their_times():
    series = {s[0].SeriesDescription: s for s in in_series(sent("MR-HEAD"))}

    orientations = {name: tuple(s[0].ImageOrientationPatient) for name, s in series.items()}
    assert all(len(s) >= 24 for s in series.values())
    assert orientations["T2 TSE axial"] == (1, 0, 0, 0, 1, 0)
    assert orientations["T1 SE sagittal"] == (0, 1, 0, 0, 0, -1)
    t1, t2 = series["T1 SE axial"][12], series["T2 TSE axial"][12]
    assert (t1.RepetitionTime < 1000 < t2.RepetitionTime, t1.EchoTime < t2.EchoTime) == (True, True)


def test_fluid_in_the_head_is_dark_in_t1_and_bright_in_t2():
    series = {s[0].SeriesDescription: s for s in in_series(sent("MR-HEAD"))}
    ventricle = np.s_[:, 100:160, 108:150]
    t1, t2, flair = (
        np.stack([d.pixel_array for d in series[name]])[ventricle]
        for name in ("T1 SE axial", "T2 TSE axial", "T2 FLAIR axial")
    )

    fluid = t2 > 850

    assert fluid.sum() > 300
    assert np.median(t1[fluid]) < np.median(t1) / 2
    assert np.median(flair[fluid]) < np.median(flair) / 2


@pytest.mark.parametrize("code", EXPOSED)
def test_exposures_say_what_they_took(code):
    for dataset in sent(code):
        assert 20 < dataset.KVP < 140
        assert dataset.Exposure > 0
        assert dataset.ExposureTime > 0
        assert dataset.BurnedInAnnotation == "NO"
        assert all(0.05 < mm < 0.5 for mm in dataset.ImagerPixelSpacing)


@pytest.mark.parametrize(
    ("code", "views"),
    [
        ("DX-CHEST", [("PA", "B"), ("LL", "U")]),
        ("DX-HAND", [("PA", "R"), ("OBL", "R")]),
        ("DX-HIP", [("AP", "B"), ("OBL", "R")]),
    ],
)
def test_radiographs_say_view_side_and_exposure_index(code, views):
    datasets = sent(code)

    assert [(d.ViewPosition, d.ImageLaterality) for d in datasets] == views
    for dataset in datasets:
        reached, wanted = float(dataset.ExposureIndex), float(dataset.TargetExposureIndex)
        assert float(dataset.DeviationIndex) == round(10 * np.log10(reached / wanted), 1)
        assert max(dataset.Rows, dataset.Columns) >= 2000
        assert dataset.ViewCodeSequence[0].CodingSchemeDesignator == "SCT"


def test_a_hand_lies_on_a_phosphor_plate_and_has_no_detector():
    for dataset in sent("DX-HAND"):
        assert dataset.PlateType == "STORAGE PHOSPHOR"
        assert (dataset.CassetteOrientation, dataset.CassetteSize) == ("PORTRAIT", "24CMX30CM")
        assert "DetectorType" not in dataset
        assert "PresentationIntentType" not in dataset


def test_two_steps_of_one_study_share_no_object():
    other = planned("CT-HEAD", step_id="S2")

    mine = {dataset.SOPInstanceUID for dataset in sent("CT-HEAD", few=True)}
    theirs = {strictly(content).SOPInstanceUID for content in objects_of(other, few=True)}

    assert strictly(next(objects_of(other))).StudyInstanceUID == sent("CT-HEAD")[0].StudyInstanceUID
    assert not mine & theirs


def test_a_left_hand_is_the_mirror_image_of_a_right_one_but_for_its_letter():
    right, left = (
        strictly(next(objects_of(planned("DX-HAND", side=side)))).pixel_array for side in "RL"
    )

    rest = np.s_[100:1400, 80:-80]  # above the letters
    assert np.corrcoef(right[:, ::-1][rest].ravel(), left[rest].ravel())[0, 1] > 0.99
    assert np.corrcoef(right[rest].ravel(), left[rest].ravel())[0, 1] < 0.9
    for picture, columns in ((right, np.s_[-300:]), (left, np.s_[:300])):
        assert (picture[1450:1700, columns] > 4000).sum() > 500


def test_a_mammogram_has_four_views_whose_chest_walls_meet_in_the_middle():
    views = {(d.ImageLaterality, d.ViewPosition): d for d in sent("MG-SCREEN")}

    assert set(views) == {("R", "CC"), ("L", "CC"), ("R", "MLO"), ("L", "MLO")}
    for (side, view), dataset in views.items():
        wall, nipple = (0, -1) if side == "L" else (-1, 0)
        columns = dataset.pixel_array.mean(0)
        assert columns[wall] > 500
        assert columns[nipple] < 50
        assert dataset.PatientOrientation[0] == ("A" if side == "L" else "P")
        meanings = {"CC": "cranio-caudal", "MLO": "medio-lateral oblique"}
        assert dataset.ViewCodeSequence[0].CodeMeaning == meanings[view]
        assert dataset.PresentationLUTShape == "IDENTITY"
        assert 0.005 < float(dataset.OrganDose) < 0.04  # decigray


@pytest.mark.parametrize("code", ["US-ABD", "US-THY", "XA-CORO"])
def test_loops_move(code):
    (dataset,) = sent(code)
    frames = dataset.pixel_array.astype(int)

    assert dataset.NumberOfFrames == len(frames) >= 20
    assert dataset.FrameIncrementPointer == 0x00181063
    moved = [np.abs(after - before).mean() for before, after in pairwise(frames)]
    assert min(moved) > 0.1
    assert max(moved) > 2


def test_ultrasound_can_be_measured_in_centimetres():
    region = sent("US-ABD")[0].SequenceOfUltrasoundRegions[0]

    assert (region.PhysicalUnitsXDirection, region.PhysicalUnitsYDirection) == (3, 3)
    deep = (region.RegionLocationMaxY1 - region.RegionLocationMinY0) * region.PhysicalDeltaY
    assert 14 < deep < 18


def test_contrast_medium_fills_the_coronary_tree():
    run = sent("XA-CORO")[0].pixel_array.astype(float)

    tree = np.s_[100:420, 180:480]
    dark = [np.mean(frame[tree] < 90) for frame in run]

    assert dark[0] < 0.002
    assert np.argmax(dark) > 6
    assert max(dark) > dark[-1]


def test_a_procedure_without_a_phantom_sends_nothing():
    assert list(objects_of(ScheduledProcedureFactory.build())) == []


@pytest.mark.django_db
@every_kind
def test_every_object_is_filed_with_its_procedure(code):
    procedure = planned(code, make=ScheduledProcedureFactory.create, status="IN_PROGRESS")

    incoming = [received(content) for content in objects_of(procedure, few=True)]
    while file_batch():
        pass

    for row in incoming:
        row.refresh_from_db()
        assert (row.status, row.reason) == ("FILED", "")
    assert Instance.objects.count() == len(incoming)
    assert Match.objects.get().procedure == procedure
    assert ScheduledProcedure.objects.get().images_received == len(incoming)


@pytest.mark.interop
@every_kind
def test_dcmtk_reads_and_draws_it(code, tmp_path):
    program, drawer = shutil.which("dcmdump"), shutil.which("dcm2pnm")
    if program is None or drawer is None:
        pytest.skip("DCMTK is not installed: apt-get install dcmtk")
    path = tmp_path / "object.dcm"
    path.write_bytes(files(code, few=True)[-1])

    for command in ([program, str(path)], [drawer, "+Wi", "1", str(path), f"{path}.pgm"]):
        done = subprocess.run(command, capture_output=True, timeout=60, check=False)
        assert (done.returncode, done.stderr) == (0, b"")
    assert (tmp_path / "object.dcm.pgm").stat().st_size > 10_000


@pytest.mark.interop
@every_kind
def test_dciodvfy_finds_no_fault_as_sent_and_as_rewritten_for_another_receiver(code, tmp_path):
    program = shutil.which("dciodvfy")
    if program is None:
        pytest.skip("dciodvfy is not installed: apt-get install dicom3tools")
    path = tmp_path / "object.dcm"
    path.write_bytes(files(code, few=True)[-1])
    header = dcmread(path, stop_before_pixels=True)
    identity = (header.SOPClassUID, header.SOPInstanceUID)

    said = [faults_by(program, path)]
    for target in TARGETS:
        with aside_as(path, target, identity) as rewritten:
            said.append(faults_by(program, rewritten))

    assert said == [[]] * (1 + len(TARGETS))


def faults_by(program: str, path) -> list[str]:
    """What it calls an error; of a term of the department's own it only warns."""
    done = subprocess.run(
        [program, "-new", str(path)], capture_output=True, text=True, timeout=60, check=False
    )
    return [line for line in done.stderr.splitlines() if line.startswith("Error")]
