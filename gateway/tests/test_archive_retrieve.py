"""C-GET and C-MOVE: bit for bit where the syntax is taken, converted where not, and counted."""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pydicom
import pytest
from pynetdicom import _config, evt

from audit.models import Entry
from common.files import absolute
from equipment.tests.factories import DeviceFactory, NodeFactory
from gateway.tests.archive import (
    EXPLICIT,
    IMPLICIT,
    PATIENT_ROOT,
    Received,
    Workstation,
    identifier,
)
from gateway.tests.machines import machine, port_of
from gateway.tests.sending import wire_of
from studies.models import Instance, Study
from studies.tests.crowd import Crowd
from studies.tests.filing import filed, renamed, taken
from studies.tests.made_objects import an_image, saved

pytestmark = pytest.mark.usefixtures("test_node")
CT = "1.2.840.10008.5.1.4.1.1.2"
RLE, JPEG_2000 = "1.2.840.10008.1.2.5", "1.2.840.10008.1.2.4.90"
JPEG_LS, JPEG_BASELINE = "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.50"
PENDING, SUCCESS, SOME_FAILED, ALL_FAILED, CANCELLED = 0xFF00, 0, 0xB000, 0xA702, 0xFE00
SYNTAXES = {f"syntax/ct_{one}.dcm": one for one in (IMPLICIT, RLE, JPEG_2000)}


@pytest.fixture
def workstation(listener) -> Workstation:
    return Workstation(listener.port)


@pytest.fixture
def study(transactional_db, samples, tmp_path):
    """The same slice in three syntaxes, three objects of one series."""
    return filed(*renamed([samples / name for name in SYNTAXES], tmp_path))[0].series.study


def of_study(study, level="STUDY", **keys):
    return identifier(level, StudyInstanceUID=study.study_instance_uid, **keys)


def stored_bytes(instance: Instance) -> bytes:
    return wire_of(absolute(instance.path)).encoded


def counts(response) -> tuple[int, int, int]:
    return (
        response.NumberOfCompletedSuboperations,
        response.NumberOfFailedSuboperations,
        response.NumberOfWarningSuboperations,
    )


def test_each_object_comes_in_its_own_syntax_bit_for_bit(workstation, study):
    responses, received = workstation.get(
        of_study(study), *((CT, one) for one in SYNTAXES.values())
    )

    final = responses[-1][0]
    assert (final.Status, counts(final)) == (SUCCESS, (3, 0, 0))
    for instance in Instance.objects.all():
        assert received.objects[instance.sop_instance_uid] == (
            instance.transfer_syntax,
            stored_bytes(instance),
        )


def test_what_is_not_taken_as_stored_comes_uncompressed_and_the_rest_untouched(workstation, study):
    responses, received = workstation.get(of_study(study), (CT, RLE), (CT, EXPLICIT, IMPLICIT))

    assert responses[-1][0].Status == SUCCESS
    by_syntax = {
        received.objects[one.sop_instance_uid][0]: one for one in Instance.objects.order_by("pk")
    }
    assert set(by_syntax) == {RLE, EXPLICIT}
    pixels = {
        received.read(one.sop_instance_uid).PixelData
        for one in Instance.objects.exclude(transfer_syntax=RLE)
    }
    assert len(pixels) == 1


def test_who_takes_nothing_we_can_make_is_told_why(workstation, study):
    responses, received = workstation.get(of_study(study), (CT, JPEG_BASELINE))

    final, failed = responses[-1]
    assert (final.Status, counts(final)) == (ALL_FAILED, (0, 3, 0))
    assert len(failed.FailedSOPInstanceUIDList) == 3
    assert "takes no CT Image Storage" in final.ErrorComment
    assert received.objects == {}


@pytest.mark.parametrize("syntax", [JPEG_LS, JPEG_2000, RLE])
def test_who_takes_one_lossless_syntax_gets_every_object_in_it(workstation, study, syntax):
    responses, received = workstation.get(of_study(study), (CT, syntax))

    assert (responses[-1][0].Status, counts(responses[-1][0])) == (SUCCESS, (3, 0, 0))
    for instance in Instance.objects.all():
        came_in, encoded = received.objects[instance.sop_instance_uid]
        assert came_in == syntax
        assert (encoded == stored_bytes(instance)) is (instance.transfer_syntax == syntax)
        stored = pydicom.dcmread(absolute(instance.path))
        assert (pixels_of(came_in, encoded) == stored.pixel_array).all()


def pixels_of(syntax, encoded):
    """Of a data set as it travelled."""
    data_set = pydicom.filereader.read_dataset(
        io.BytesIO(encoded), is_implicit_VR=False, is_little_endian=True
    )
    data_set.file_meta = pydicom.dataset.FileMetaDataset()
    data_set.file_meta.TransferSyntaxUID = pydicom.uid.UID(syntax)
    return data_set.pixel_array


def test_uncompressed_goes_before_compressed(workstation, study):
    _responses, received = workstation.get(of_study(study), (CT, JPEG_LS), (CT, IMPLICIT))

    assert {syntax for syntax, _encoded in received.objects.values()} == {IMPLICIT}


@pytest.mark.parametrize("syntax", [JPEG_LS, JPEG_2000, RLE])
def test_a_destination_that_takes_one_lossless_syntax_is_sent_that(
    workstation, study, destination, monkeypatch, syntax
):
    monkeypatch.setattr(_config, "UNRESTRICTED_STORAGE_SERVICE", False)  # it is ours, not theirs
    with destination((CT, [syntax])) as server:
        registered(server)
        responses = workstation.move(of_study(study), "ARCHIVE")

    assert (responses[-1][0].Status, counts(responses[-1][0])) == (SUCCESS, (3, 0, 0))
    assert {syntax for syntax, _encoded in destination.received.objects.values()} == {syntax}


@pytest.fixture
def with_an_overlay(tmp_path):
    """A study whose image has an old overlay above its samples: JPEG-LS and JPEG 2000 would lose
    it."""
    pixels = np.full((48, 40), 0xF123, np.uint16)
    image = an_image(pixels, BitsStored=12, HighBit=11)
    return filed(saved(image, tmp_path / "overlay.dcm"))[0].series.study


def test_a_lossless_syntax_that_does_not_fit_gives_way_to_the_next_one_that_is_taken(
    workstation, with_an_overlay
):
    contexts = [(CT, syntax) for syntax in (JPEG_LS, JPEG_2000, RLE)]

    responses, received = workstation.get(of_study(with_an_overlay), *contexts)
    alone, nothing = workstation.get(of_study(with_an_overlay), (CT, JPEG_LS))

    assert counts(responses[-1][0]) == (1, 0, 0)
    [(came_in, encoded)] = received.objects.values()
    assert came_in == RLE
    assert (pixels_of(came_in, encoded) == 0x123).all()  # what pydicom shows of it
    assert (counts(alone[-1][0]), nothing.objects) == ((0, 1, 0), {})
    assert "does not take Explicit VR" in alone[-1][0].ErrorComment


def test_a_destination_may_choose_several_lossless_syntaxes(
    workstation, with_an_overlay, destination, monkeypatch
):
    monkeypatch.setattr(_config, "UNRESTRICTED_STORAGE_SERVICE", False)  # it is ours, not theirs
    with destination((CT, [JPEG_LS, RLE])) as server:
        registered(server)
        responses = workstation.move(of_study(with_an_overlay), "ARCHIVE")

    assert counts(responses[-1][0]) == (1, 0, 0)
    assert [syntax for syntax, _encoded in destination.received.objects.values()] == [RLE]


def test_series_and_images_are_got_alone(workstation, study):
    series = study.series.get()
    one = series.instances.earliest("pk")
    below = {"SeriesInstanceUID": series.series_instance_uid}

    _responses, of_series = workstation.get(
        of_study(study, "SERIES", **below), (CT, EXPLICIT), (CT, IMPLICIT)
    )
    _responses, of_image = workstation.get(
        of_study(study, "IMAGE", **below, SOPInstanceUID=one.sop_instance_uid),
        *((CT, syntax) for syntax in SYNTAXES.values()),
    )

    assert len(of_series.objects) == 3
    assert list(of_image.objects) == [one.sop_instance_uid]


def test_a_patient_is_got_whole_but_never_two_of_one_number(workstation, study):
    keys = identifier("PATIENT", PatientID="PHANTOM")

    responses, received = workstation.get(keys, (CT, EXPLICIT), root=PATIENT_ROOT)

    assert responses[-1][0].Status == SUCCESS
    assert len(received.objects) == 3
    twin = study.patient
    twin.pk, twin.issuer = None, "ANOTHER HOSPITAL"
    twin.save()
    responses, received = workstation.get(keys, (CT, EXPLICIT), root=PATIENT_ROOT)
    assert responses[-1][0].Status == 0xA900
    assert "name the issuer" in responses[-1][0].ErrorComment
    assert received.objects == {}


def test_nothing_that_fits_is_a_success_of_nothing(workstation, study):
    responses, _received = workstation.get(
        identifier("STUDY", StudyInstanceUID="1.2.3"), (CT, EXPLICIT)
    )

    [(final, _nothing)] = responses
    assert (final.Status, counts(final)) == (SUCCESS, (0, 0, 0))


def test_a_rejected_image_stays_here(workstation, study):
    rejected = Instance.objects.earliest("pk")
    Instance.objects.filter(pk=rejected.pk).update(is_rejected=True)

    _responses, received = workstation.get(of_study(study), (CT, EXPLICIT))

    assert len(received.objects) == 2
    assert rejected.sop_instance_uid not in received.objects


def test_other_keys_do_not_select_what_is_sent(workstation, study):
    responses, received = workstation.get(of_study(study, PatientName="X"), (CT, EXPLICIT))

    assert responses[-1][0].Status == 0xA900
    assert received.objects == {}


def test_a_lost_file_is_one_failed_object(workstation, study):
    absolute(Instance.objects.earliest("pk").path).unlink()

    responses, _received = workstation.get(
        of_study(study), *((CT, one) for one in SYNTAXES.values())
    )

    final, failed = responses[-1]
    assert (final.Status, counts(final)) == (SOME_FAILED, (2, 1, 0))
    assert failed.FailedSOPInstanceUIDList == Instance.objects.earliest("pk").sop_instance_uid


def test_what_left_the_house_is_in_the_trail(workstation, study):
    workstation.get(of_study(study), (CT, EXPLICIT))

    entry = Entry.objects.get(verb="study.retrieved")
    assert (entry.actor_label, entry.subject_id) == ("TEST_SCU", str(study.pk))
    assert entry.patient_id == study.patient_id
    assert (entry.details["how"], entry.details["objects"]) == ("C-GET", 3)


def test_a_retrieval_is_cancelled_in_the_middle(workstation, study, samples, tmp_path):
    more = tmp_path / "more"
    more.mkdir()
    sources = [samples / f"syntax/ct_{RLE}.dcm"] * 30
    big = filed(*renamed(sources, more))[0].series.study

    def cancel(association):
        association.send_c_cancel(1, query_model="1.2.840.10008.5.1.4.1.2.2.3")

    responses, received = workstation.get(of_study(big), (CT, RLE), while_it_runs=cancel)

    final = responses[-1][0]
    assert final.Status == CANCELLED
    assert final.NumberOfRemainingSuboperations == 30 - len(received.objects) > 0


@dataclass
class Destination:
    running: Callable[..., Any]
    received: Received

    def __call__(self, *contexts, **facts):
        return self.running(*contexts, **facts)


@pytest.fixture
def destination(transactional_db):
    """`destination(contexts)`: an archive that takes these, registered as ARCHIVE."""
    received = Received()

    def running(*contexts, **facts):
        return machine(contexts, [(evt.EVT_C_STORE, received.handle)], "ARCHIVE", **facts)

    return Destination(running, received)


def registered(server, **facts):
    return NodeFactory.create(
        ae_title="ARCHIVE",
        address="127.0.0.1",
        port=port_of(server),
        **{"may_receive": True, **facts},
    )


def test_a_study_is_moved_and_says_whose_wish_it_was(workstation, study, destination):
    with destination((CT, list(SYNTAXES.values()))) as server:
        registered(server)
        responses = workstation.move(of_study(study), "ARCHIVE")

    assert (responses[-1][0].Status, counts(responses[-1][0])) == (SUCCESS, (3, 0, 0))
    for instance in Instance.objects.all():
        assert destination.received.objects[instance.sop_instance_uid] == (
            instance.transfer_syntax,
            stored_bytes(instance),
        )
    request = destination.received.requests[0]
    assert request.MoveOriginatorApplicationEntityTitle == "TEST_SCU"
    assert request.MoveOriginatorMessageID == 1


@pytest.mark.interop
def test_a_device_in_use_is_sent_what_it_takes(workstation, study, storescp):
    """DCMTK's storescp takes uncompressed objects alone."""
    with storescp("ARCHIVE") as (port, folder):
        DeviceFactory.create(ae_title="ARCHIVE", address="127.0.0.1", port=port)
        responses = workstation.move(of_study(study), "ARCHIVE")

    assert counts(responses[-1][0]) == (3, 0, 0)
    kept = [pydicom.dcmread(one) for one in folder.iterdir()]
    assert {one.file_meta.TransferSyntaxUID for one in kept} <= {EXPLICIT, IMPLICIT}
    assert len({one.PixelData for one in kept}) == 1


def test_a_destination_that_nobody_allowed_is_unknown(workstation, study, destination):
    with destination((CT, [EXPLICIT])) as server:
        registered(server, may_receive=False)
        known = workstation.move(of_study(study), "ARCHIVE")
        unknown = workstation.move(of_study(study), "NOWHERE")

    assert [known[-1][0].Status, unknown[-1][0].Status] == [0xA801, 0xA801]
    assert destination.received.objects == {}


def test_a_destination_that_is_away_fails_every_object_with_the_reason(workstation, study):
    with machine() as server:
        port = port_of(server)
    NodeFactory.create(ae_title="ARCHIVE", address="127.0.0.1", port=port, may_receive=True)

    final, failed = workstation.move(of_study(study), "ARCHIVE")[-1]

    assert (final.Status, counts(final)) == (ALL_FAILED, (0, 3, 0))
    assert "Nothing listens" in final.ErrorComment
    assert len(failed.FailedSOPInstanceUIDList) == 3


def test_a_warning_of_the_receiver_is_counted_as_one(workstation, study, destination):
    destination.received.status = 0xB007
    with destination((CT, [EXPLICIT])) as server:
        registered(server)
        final, _failed = workstation.move(of_study(study), "ARCHIVE")[-1]

    assert (final.Status, counts(final)) == (SOME_FAILED, (0, 0, 3))


def test_a_receiver_that_hangs_up_fails_the_rest(workstation, study, destination):
    def hang_up(event):
        event.assoc.abort()
        return 0

    with machine([(CT, [EXPLICIT])], [(evt.EVT_C_STORE, hang_up)], "ARCHIVE") as server:
        registered(server)
        final, _failed = workstation.move(of_study(study), "ARCHIVE")[-1]

    assert (final.Status, counts(final)) == (ALL_FAILED, (0, 3, 0))


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_every_accepted_sample_comes_back_bit_for_bit_and_is_found_by_name(
    workstation, samples, tmp_path, destination
):
    with (samples / "samples.csv").open(newline="") as rows:
        names = [
            row["file"]
            for row in csv.DictReader(rows)
            if row["expect"] == "accept" and "DICOMDIR" not in row["file"]
        ]
    crowd, copies = Crowd(), []
    for number, name in enumerate(names):
        copies.append(tmp_path / f"{number}.dcm")
        copies[-1].write_bytes(crowd.admit(samples / name))
    instances = taken(*copies)
    assert len(instances) > 360

    got = got_by_get(workstation)
    moved = got_by_move(workstation, destination)

    for instance in Instance.objects.all():
        expected = (instance.transfer_syntax, stored_bytes(instance))
        assert got[instance.sop_instance_uid] == expected
        assert moved[instance.sop_instance_uid] == expected
    assert len(got) == len(moved) == Instance.objects.count()
    found_by_name(workstation)


def got_by_get(workstation):
    """Everything, by as many associations as contexts need."""
    pairs = list(Instance.objects.values_list("sop_class_uid", "transfer_syntax").distinct())
    objects: dict[str, Any] = {}
    for first in range(0, len(pairs), 100):
        some = pairs[first : first + 100]
        uids = [
            uid
            for sop_class, syntax in some
            for uid in Instance.objects.filter(
                sop_class_uid=sop_class, transfer_syntax=syntax
            ).values_list("sop_instance_uid", flat=True)
        ]
        studies = Study.objects.values_list("study_instance_uid", flat=True)
        keys = identifier("STUDY", StudyInstanceUID=list(studies))
        responses, received = workstation.get(keys, *some)
        assert responses[-1][0].Status in {SUCCESS, SOME_FAILED}
        assert set(uids) <= set(received.objects)
        objects |= {uid: received.objects[uid] for uid in uids}
    return objects


def got_by_move(workstation, destination):
    syntaxes = list(Instance.objects.values_list("transfer_syntax", flat=True).distinct())
    classes = Instance.objects.values_list("sop_class_uid", flat=True).distinct()
    with destination(*((one, syntaxes) for one in classes)) as server:
        registered(server)
        studies = Study.objects.values_list("study_instance_uid", flat=True)
        keys = identifier("STUDY", StudyInstanceUID=list(studies))
        final = workstation.move(keys, "ARCHIVE")[-1][0]
    assert final.Status == SUCCESS, final
    return destination.received.objects


def found_by_name(workstation):
    """Each study by each group of its patient's name, in its own script."""
    for study in Study.objects.select_related("patient"):
        patient = study.patient
        for place, name in enumerate(
            (patient.name_alphabetic, patient.name_ideographic, patient.name_phonetic)
        ):
            if not name or any(sign in name for sign in "*?\\="):
                continue
            final, answers = workstation.find(
                identifier(
                    "STUDY",
                    SpecificCharacterSet="ISO_IR 192",
                    PatientName="=" * place + name,
                    StudyInstanceUID="",
                )
            )
            found = {answer.StudyInstanceUID: answer for _status, answer in answers}
            assert study.study_instance_uid in found, (name, final)
            told = str(found[study.study_instance_uid].PatientName).split("=")
            assert told[place] == name
