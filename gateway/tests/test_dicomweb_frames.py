"""Frames by WADO-RS: the stored bytes, bit for bit, in the syntax the client can take."""

import csv
from functools import cache

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.dataset import FileMetaDataset
from pydicom.encaps import encapsulate, get_frame
from pydicom.uid import UID

from common.files import absolute
from gateway.tests.asking import DECODED, STORED, address, ask, body_of, parts_of
from studies.tests.filing import filed, renamed, taken
from studies.tests.made_objects import an_image, ramp, saved

pytestmark = pytest.mark.django_db

EXPLICIT = "1.2.840.10008.1.2.1"
OCTETS = "application/octet-stream"
NATIVE = {"1.2.840.10008.1.2", EXPLICIT}
LOSSLESS = {
    f"1.2.840.10008.1.2{end}" for end in (".5", ".4.57", ".4.70", ".4.80", ".4.90", ".1.99", ".2")
}
LOSSLESS_FILES = {f"syntax/ct_{syntax}.dcm" for syntax in LOSSLESS}


@cache
def syntax_files(folder):
    with (folder / "samples.csv").open() as table:
        names = [row["file"] for row in csv.DictReader(table)]
    return [folder / name for name in names if name.startswith("syntax/")]


def stored_frame(path, number=0):
    """What the file itself holds for a frame, taken out by pydicom."""
    dataset = dcmread(path)
    if dataset.file_meta.TransferSyntaxUID.is_encapsulated:
        count = int(dataset.get("NumberOfFrames", 1))
        return get_frame(dataset.PixelData, number, number_of_frames=count)
    size = dataset.Rows * dataset.Columns * dataset.SamplesPerPixel * dataset.BitsAllocated // 8
    return dataset.PixelData[number * size : (number + 1) * size]


def test_every_transfer_syntax_comes_back_bit_for_bit(viewer, samples, tmp_path):
    copies = renamed(syntax_files(samples), tmp_path)

    for instance, copy in zip(filed(*copies), copies, strict=True):
        answer, body = ask(viewer, address(instance, "/frames/1"), STORED)

        assert answer.status_code == 200, (instance.transfer_syntax, body)
        [(head, data)] = parts_of(answer, body)
        says = head["content-type"].partition("transfer-syntax=")[2]
        if instance.transfer_syntax in {"1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99"}:
            expected, syntax = dcmread(copy).pixel_array.astype("<i2").tobytes(), EXPLICIT
        else:
            expected = stored_frame(copy)
            syntax = EXPLICIT if instance.transfer_syntax in NATIVE else instance.transfer_syntax
        assert data == expected, instance.transfer_syntax
        assert says == syntax


def test_every_transfer_syntax_is_decoded_for_who_takes_octets_only(viewer, samples, tmp_path):
    copies = renamed(syntax_files(samples), tmp_path)
    truth = dcmread(samples / "syntax/ct_1.2.840.10008.1.2.dcm").pixel_array

    for instance, copy, source in zip(filed(*copies), copies, syntax_files(samples), strict=True):
        answer, body = ask(viewer, address(instance, "/frames/1"), DECODED)

        assert answer.status_code == 200, (instance.transfer_syntax, body)
        [(head, data)] = parts_of(answer, body)
        assert head["content-type"] == f"application/octet-stream; transfer-syntax={EXPLICIT}"
        header = dcmread(copy, stop_before_pixels=True)
        assert len(data) == header.Rows * header.Columns * header.BitsAllocated // 8
        if str(source.relative_to(samples)) in LOSSLESS_FILES:
            samples_of = np.frombuffer(data, "<i2").reshape(truth.shape)
            assert (samples_of == truth).all(), instance.transfer_syntax


@pytest.mark.parametrize(
    ("accept", "media", "syntax", "is_multipart"),
    [
        ("*/*", "image/jls", "80", True),
        ("", "image/jls", "80", True),
        ("*/*; q=0.5", "image/jls", "80", True),
        ("*/*;transfer-syntax=*", "image/jls", "80", True),
        ("multipart/related", "image/jls", "80", True),
        ('multipart/related; type="image/jls"', "image/jls", "80", True),
        ("multipart/related;type=image/jls", "image/jls", "80", True),
        ("multipart/related; type=image/*", "image/jls", "80", True),
        ("image/jls", "image/jls", "80", False),
        ("application/octet-stream; transfer-syntax=*", "application/octet-stream", "80", False),
        (STORED, "application/octet-stream", "80", True),
        (STORED.replace('"', ""), "application/octet-stream", "80", True),
        (STORED.upper().replace("*", '"*"'), "application/octet-stream", "80", True),
        (
            "multipart/related; type=application/octet-stream; "
            "transfer-syntax=1.2.840.10008.1.2.4.80",
            "application/octet-stream",
            "80",
            True,
        ),
        (DECODED, "application/octet-stream", "1", True),
        ("application/octet-stream", "application/octet-stream", "1", False),
        (
            "application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1",
            "application/octet-stream",
            "1",
            False,
        ),
        (
            'multipart/related; type="image/jpx"; q=0.9, multipart/related; '
            'type="application/octet-stream"; q=0.5',
            "application/octet-stream",
            "1",
            True,
        ),
        (
            'multipart/related; type="application/octet-stream"; q=0.1, '
            'multipart/related; type="image/jls"',
            "image/jls",
            "80",
            True,
        ),
        ("nonsense, ;;, image/jls", "image/jls", "80", False),
    ],
)
def test_a_client_gets_what_it_accepts(viewer, samples, accept, media, syntax, is_multipart):
    [instance] = filed(samples / "syntax/ct_1.2.840.10008.1.2.4.80.dcm")

    answer, body = ask(viewer, address(instance, "/frames/1"), accept)

    assert answer.status_code == 200, body
    if is_multipart:
        assert f'type="{media}"' in answer["Content-Type"]
        [(head, data)] = parts_of(answer, body)
        told = head["content-type"]
    else:
        told, data = answer["Content-Type"], body
    assert told.split(";")[0] == media
    is_decoded = len(data) == 512 * 512 * 2
    assert is_decoded is (syntax == "1")


@pytest.mark.parametrize(
    "accept",
    [
        "text/html",
        "image/jpeg",
        'multipart/related; type="image/jpx"',
        "application/octet-stream; transfer-syntax=1.2.840.10008.1.2.4.90",
        "image/jls; q=0",
        "application/dicom",
        "nonsense",
    ],
)
def test_what_cannot_be_given_is_said_with_what_can(viewer, samples, accept):
    [instance] = filed(samples / "syntax/ct_1.2.840.10008.1.2.4.80.dcm")

    answer, _body = ask(viewer, address(instance, "/frames/1"), accept)

    assert answer.status_code == 406
    assert "image/jls" in answer.json()["detail"]


def test_accept_may_stand_in_the_address(viewer, samples):
    [instance] = filed(samples / "syntax/ct_1.2.840.10008.1.2.4.80.dcm")

    answer = viewer.get(address(instance, "/frames/1"), {"accept": "image/jls"})

    assert answer["Content-Type"] == "image/jls"


@pytest.mark.parametrize(
    "name",
    [
        "encapsulation/CT0012.fragmented_no_bot_jpeg_ls.80.dcm",
        "encapsulation/CT0012.not_fragmented_bot_rle.dcm",
        "made/xa/cine_mask.dcm",
        "made/us/frame_time_vector.dcm",
    ],
)
def test_a_list_of_frames_comes_in_its_own_order(viewer, samples, name):
    path = samples / name
    [instance] = filed(path)

    answer, body = ask(viewer, address(instance, "/frames/2,1,2"), STORED)

    got = [data for _head, data in parts_of(answer, body)]
    assert got == [stored_frame(path, number) for number in (1, 0, 1)]


def test_without_a_list_all_frames_come(viewer, samples):
    path = samples / "made/xa/cine_mask.dcm"
    [instance] = filed(path)

    answer, body = ask(viewer, address(instance, "/frames"), STORED)

    assert [data for _head, data in parts_of(answer, body)] == [
        stored_frame(path, number) for number in range(12)
    ]


def test_frames_of_single_bits_stay_packed_as_the_header_promises(viewer, tmp_path):
    bits = np.arange(3 * 5 * 7) % 3 == 0
    dataset = an_image(np.zeros((5, 7), "uint8"), NumberOfFrames=3)
    dataset.BitsAllocated = dataset.BitsStored = 1
    dataset.HighBit = 0
    dataset.PixelData = np.packbits(bits, bitorder="little").tobytes()
    [instance] = filed(saved(dataset, tmp_path / "bits.dcm"))
    assert instance.pixel_layout is None  # 35 bits a frame: no frame but the first begins a byte

    answer, body = ask(viewer, address(instance, "/frames/1,2,3"), DECODED)

    for index, (_head, data) in enumerate(parts_of(answer, body)):
        frame = np.unpackbits(np.frombuffer(data, "uint8"), bitorder="little")[:35]
        assert (frame == bits[index * 35 : (index + 1) * 35]).all()


def test_video_is_one_stream(viewer, samples):
    [instance] = filed(samples / "made/video/h264.dcm")

    answer, body = ask(viewer, address(instance, "/frames/1"))
    alone, stream = ask(viewer, address(instance, "/frames/1"), "video/mp4")
    beyond, _ = ask(viewer, address(instance, "/frames/2"))

    [(head, data)] = parts_of(answer, body)
    assert head["content-type"].startswith("video/mp4")
    assert (
        data
        == stream
        == b"".join(
            dcmread(absolute(instance.path)).PixelData[start : start + length]
            for start, length in relative_pieces(instance)
        )
    )
    assert alone["Content-Type"] == "video/mp4"
    assert beyond.status_code == 404


def relative_pieces(instance):
    """The layout's pieces, counted from the start of the pixel data as pydicom hands it over."""
    raw = absolute(instance.path).read_bytes()
    pixels = dcmread(absolute(instance.path)).PixelData
    start = raw.index(pixels)
    return [(offset - start, length) for offset, length in instance.pixel_layout["stream"]]


@pytest.mark.parametrize(
    ("frames", "status"),
    [
        *((bad, 400) for bad in ("0", "-1", "x", "1,", "1,,2", "1;2", "9999999999")),
        *((beyond, 404) for beyond in ("2", "1,2", "999999999")),
    ],
)
def test_a_frame_that_is_not_there_is_said(viewer, tmp_path, frames, status):
    [instance] = filed(saved(an_image(ramp()), tmp_path / "a.dcm"))

    answer, _body = ask(viewer, address(instance, f"/frames/{frames}"))

    assert answer.status_code == status
    assert answer.json()["detail"]


def test_an_object_without_pixels_has_no_frames(viewer, samples):
    [instance] = filed(samples / "made/derived/key_objects.dcm")

    answer, _body = ask(viewer, address(instance, "/frames/1"))

    assert answer.status_code == 404
    assert "no pixels" in answer.json()["detail"]


def test_one_broken_frame_says_so_and_the_others_come(viewer, samples, tmp_path):
    good = samples / "syntax/ct_1.2.840.10008.1.2.4.80.dcm"
    fine, broken = renamed([good, good], tmp_path)
    whole = bytearray(broken.read_bytes())
    start = len(whole) - 100_000
    whole[start : start + 90_000] = b"\xff\x00" * 45_000
    broken.write_bytes(whole)
    shown, faulty = filed(fine, broken)

    works, _ = ask(viewer, address(shown, "/frames/1"), DECODED)
    fails, _ = ask(viewer, address(faulty, "/frames/1"), DECODED)
    stored, _ = ask(viewer, address(faulty, "/frames/1"), STORED)

    assert works.status_code == stored.status_code == 200
    assert fails.status_code == 422
    assert fails.json()["detail"]


def test_a_file_that_is_gone_or_cut_is_an_answer_and_no_crash(viewer, tmp_path, caplog):
    first, second = renamed([saved(an_image(ramp()), tmp_path / "x.dcm")] * 2, tmp_path)
    gone, cut = filed(first, second)
    absolute(gone.path).unlink()
    absolute(cut.path).write_bytes(absolute(cut.path).read_bytes()[:-10])

    with caplog.at_level("ERROR"):
        assert ask(viewer, address(gone, "/frames/1"))[0].status_code == 404
        assert ask(viewer, address(cut, "/frames/1"))[0].status_code == 422
        assert ask(viewer, address(gone))[0].status_code == 404
        assert ask(viewer, address(gone, "/rendered"))[0].status_code == 404
    assert "missing" in caplog.text


def test_stored_frames_may_be_kept_and_are_not_sent_twice(
    viewer, tmp_path, django_assert_max_num_queries
):
    [instance] = filed(saved(an_image(ramp()), tmp_path / "a.dcm"))
    url = address(instance, "/frames/1")
    first, _body = ask(viewer, url, STORED)

    with django_assert_max_num_queries(5):
        again, body = ask(viewer, url, STORED, **{"If-None-Match": first["ETag"]})
    other, _body = ask(viewer, url, "application/octet-stream")

    assert "immutable" in first["Cache-Control"]
    assert "private" in first["Cache-Control"]
    assert {"Accept", "Cookie"} <= set(first["Vary"].split(", "))
    assert (again.status_code, body) == (304, b"")
    assert other["ETag"] != first["ETag"]
    assert body_of(viewer.head(url)) == b""


def test_no_sample_brings_frames_down(viewer, samples):
    """Whatever was filed: an answer, never a failure of ours."""
    folders = ("bad_made", "bad_real", "encapsulation", "seg", "highdicom")
    with (samples / "samples.csv").open() as table:
        rows = [row for row in csv.DictReader(table) if row["expect"] in {"accept", "either"}]
    paths = [samples / row["file"] for row in rows if row["file"].startswith(folders)]
    instances = taken(*paths)

    for instance in instances:
        for accept in (STORED, DECODED):
            answer, _body = ask(viewer, address(instance, "/frames/1"), accept)
            assert answer.status_code in {200, 404, 422}, (instance, answer.content)
    assert len(instances) > 20


# ── compressed on request ────────────────────────────────────────────────────────────────────────

MADE = {
    "image/jls": "1.2.840.10008.1.2.4.80",
    "image/jp2": "1.2.840.10008.1.2.4.90",
    "image/dicom-rle": "1.2.840.10008.1.2.5",
}


@pytest.mark.parametrize("media", MADE)
def test_frames_are_compressed_without_loss_for_who_asks(viewer, tmp_path, media):
    truth = np.stack([ramp(), ramp(top=1000)])
    [instance] = filed(saved(an_image(truth, NumberOfFrames=2), tmp_path / "a.dcm"))
    wish = f'multipart/related; type="{media}"; transfer-syntax={MADE[media]}'

    parts = parts_of(*ask(viewer, address(instance, "/frames/1,2"), wish))
    alone, body = ask(viewer, address(instance, "/frames/2"), media)

    assert [head["content-type"] for head, _data in parts] == [media, media]
    decoded = [decoded_by_pydicom(data, MADE[media]) for _head, data in parts]
    assert (np.stack(decoded) == truth).all()
    assert alone["Content-Type"] == media
    assert body == parts[1][1]


def decoded_by_pydicom(data, syntax):
    image = an_image(ramp())
    image.file_meta = FileMetaDataset()
    image.file_meta.TransferSyntaxUID = UID(syntax)
    image.PixelData = encapsulate([data])
    return image.pixel_array


def test_who_does_not_ask_gets_frames_as_they_are_stored(viewer, tmp_path):
    [instance] = filed(saved(an_image(ramp()), tmp_path / "a.dcm"))

    for wish in ("*/*", "multipart/related", STORED, DECODED):
        [(head, data)] = parts_of(*ask(viewer, address(instance, "/frames/1"), wish))
        assert head["content-type"].startswith("application/octet-stream")
        assert data == ramp().tobytes()


def test_whoever_takes_either_gets_what_is_here(viewer, tmp_path):
    [instance] = filed(saved(an_image(ramp()), tmp_path / "a.dcm"))
    frame = address(instance, "/frames/1")

    equal, data = ask(viewer, frame, "image/jls, application/octet-stream")
    unequal, _data = ask(viewer, frame, "image/jls, application/octet-stream;q=0.9")

    assert (equal["Content-Type"].split(";")[0], data) == (OCTETS, ramp().tobytes())
    assert unequal["Content-Type"] == "image/jls"


@pytest.fixture
def late_overlay(tmp_path):
    """Three frames; above the samples of the last one lies something, as old overlays do."""
    truth = np.stack([ramp(), ramp(), ramp(top=65535)])
    image = an_image(truth, NumberOfFrames=3, BitsStored=12, HighBit=11)
    return filed(saved(image, tmp_path / "late.dcm"))[0]


@pytest.mark.parametrize(
    ("frames", "status"), [("1", 200), ("2,1", 200), ("3", 406), ("1,2,3", 406), ("", 406)]
)
def test_a_later_frame_that_does_not_fit_is_found_before_the_answer_begins(
    viewer, late_overlay, frames, status
):
    path = f"/frames/{frames}".rstrip("/")
    wish = 'multipart/related; type="image/jls"'

    answer, _body = ask(viewer, address(late_overlay, path), wish)
    other, body = ask(viewer, address(late_overlay, path), f"{wish}, {STORED};q=0.1")

    assert answer.status_code == status
    types = {head["content-type"].split(";")[0] for head, _data in parts_of(other, body)}
    assert types == {"image/jls" if status == 200 else OCTETS}


def test_the_first_of_several_frames_is_there_before_the_answer_begins(viewer, samples, tmp_path):
    good = dcmread(samples / "syntax/ct_1.2.840.10008.1.2.4.80.dcm")
    fine = get_frame(good.PixelData, 0, number_of_frames=1)
    good.NumberOfFrames = 2
    good.PixelData = encapsulate([fine[:500] + b"\xff\x00" * 40_000, fine])
    [instance] = filed(saved(good, tmp_path / "a.dcm", good.file_meta.TransferSyntaxUID))

    answer, _body = ask(viewer, address(instance, "/frames/1,2"), DECODED)

    assert answer.status_code == 422


def test_a_frame_that_would_not_come_back_as_it_is_is_not_acceptable(viewer, tmp_path):
    image = an_image(ramp(top=65535), BitsStored=12, HighBit=11)
    [instance] = filed(saved(image, tmp_path / "a.dcm"))
    frame = address(instance, "/frames/1")

    for media in ("image/jls", "image/jp2", "image/jpeg"):
        answer, _body = ask(viewer, frame, media)
        assert answer.status_code == 406
        assert ("image/dicom-rle" in answer.json()["detail"]) is (media != "image/jpeg")
    answer, body = ask(viewer, frame, "image/jls, application/octet-stream;q=0.1")

    assert answer["Content-Type"].startswith("application/octet-stream")
    assert body == ramp(top=65535).tobytes()
