"""Whole objects and their attributes by WADO-RS."""

import hashlib
import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset

from common.files import absolute
from gateway.dicomweb.xml_model import model_of
from gateway.tests.asking import ROOT, address, ask, parts_of
from studies.dicom.encapsulation import LOSSLESS
from studies.models import InstanceHeader
from studies.tests.filing import filed, renamed
from studies.tests.made_objects import an_image, ramp, saved
from studies.tests.sample_files import listed

pytestmark = pytest.mark.django_db

DICOM = "application/dicom"
EXPLICIT = "1.2.840.10008.1.2.1"


def of_study(instance, rest=""):
    return f"{ROOT}/studies/{instance.series.study.study_instance_uid}{rest}"


def of_series(instance, rest=""):
    return of_study(instance, f"/series/{instance.series.series_instance_uid}{rest}")


# ── whole objects ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("extent", [of_study, of_series])
def test_all_objects_of_a_study_or_series_come_as_they_were_sent(viewer, samples, tmp_path, extent):
    sources = [samples / f"syntax/ct_1.2.840.10008.1.2{end}.dcm" for end in ("", ".5", ".4.90")]
    copies = renamed(sources, tmp_path)
    instances = filed(*copies)

    answer, body = ask(viewer, extent(instances[0]), 'multipart/related; type="application/dicom"')

    parts = parts_of(answer, body)
    assert [data for _head, data in parts] == [copy.read_bytes() for copy in copies]
    for (head, _data), instance in zip(parts, instances, strict=True):
        assert head["content-type"] == f"{DICOM}; transfer-syntax={instance.transfer_syntax}"
        assert head["content-location"] == f"http://testserver{address(instance)}"


def test_one_object_comes_in_a_part_or_alone(viewer, tmp_path):
    path = saved(an_image(ramp()), tmp_path / "a.dcm")
    [instance] = filed(path)

    together, body = ask(viewer, address(instance))
    alone, bytes_alone = ask(viewer, address(instance), DICOM)

    assert [data for _head, data in parts_of(together, body)] == [path.read_bytes()]
    assert bytes_alone == path.read_bytes()
    assert alone["Content-Type"] == f"{DICOM}; transfer-syntax={EXPLICIT}"
    assert alone["Content-Length"] == str(path.stat().st_size)
    assert alone["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("asked", "status", "start", "end"),
    [
        ("bytes=0-99", 206, 0, 100),
        ("bytes=100-", 206, 100, None),
        ("bytes=-50", 206, -50, None),
        ("bytes=0-999999999", 206, 0, None),
        ("bytes=5-2", 200, 0, None),
        ("lines=1-2", 200, 0, None),
        ("bytes=-", 200, 0, None),
    ],
)
def test_an_object_can_be_had_piecewise(viewer, tmp_path, asked, status, start, end):
    path = saved(an_image(ramp()), tmp_path / "a.dcm")
    [instance] = filed(path)
    whole = path.read_bytes()

    answer, body = ask(viewer, address(instance), DICOM, Range=asked)

    assert answer.status_code == status
    assert body == whole[start:end]
    assert answer["Content-Length"] == str(len(body))
    if status == 206:
        first = start % len(whole)
        last = first + len(body) - 1
        assert answer["Content-Range"] == f"bytes {first}-{last}/{len(whole)}"


@pytest.mark.parametrize("asked", ["bytes=999999999-", "bytes=-0"])
def test_bytes_beyond_the_end_are_refused(viewer, tmp_path, asked):
    [instance] = filed(saved(an_image(ramp()), tmp_path / "a.dcm"))

    answer, _body = ask(viewer, address(instance), DICOM, Range=asked)

    assert answer.status_code == 416
    assert answer["Content-Range"] == f"bytes */{instance.size}"


def test_a_range_of_other_bytes_gets_the_whole(viewer, tmp_path):
    [instance] = filed(saved(an_image(ramp()), tmp_path / "a.dcm"))
    first, whole = ask(viewer, address(instance), DICOM)
    asked = {"Range": "bytes=0-9"}

    same, few = ask(viewer, address(instance), DICOM, **asked, **{"If-Range": first["ETag"]})
    other, all_of_it = ask(viewer, address(instance), DICOM, **asked, **{"If-Range": '"x"'})

    assert (same.status_code, few) == (206, whole[:10])
    assert (other.status_code, all_of_it) == (200, whole)


@pytest.mark.parametrize("syntax", [EXPLICIT, "1.2.840.10008.1.2"])
def test_objects_are_rewritten_for_who_reads_them_uncompressed_only(
    viewer, samples, tmp_path, syntax
):
    [copy] = renamed([samples / "syntax/ct_1.2.840.10008.1.2.5.dcm"], tmp_path)
    [instance] = filed(copy)

    alone, body = ask(viewer, address(instance), f"{DICOM}; transfer-syntax={syntax}")
    together = f'multipart/related; type="application/dicom"; transfer-syntax={syntax}'
    [(head, part)] = parts_of(*ask(viewer, of_study(instance), together))

    made = dcmread(io.BytesIO(body))
    assert alone["Content-Length"] == str(len(body))
    assert head["content-type"] == f"{DICOM}; transfer-syntax={syntax}"
    assert part == body
    assert made.file_meta.TransferSyntaxUID == syntax
    assert made.SOPInstanceUID == instance.sop_instance_uid
    assert (made.pixel_array == dcmread(copy).pixel_array).all()


def test_what_cannot_be_converted_comes_with_a_study_as_it_is_and_not_alone(
    viewer, samples, tmp_path
):
    names = [row for row in listed(samples, "accept") if "video/" in row]
    [copy] = renamed([samples / names[0]], tmp_path)
    [instance] = filed(copy)
    wish = f'multipart/related; type="application/dicom"; transfer-syntax={EXPLICIT}'

    alone, _body = ask(viewer, address(instance), wish)
    [(head, part)] = parts_of(*ask(viewer, of_study(instance), wish))

    assert alone.status_code == 422
    assert instance.transfer_syntax in head["content-type"]
    assert part == copy.read_bytes()


@pytest.mark.parametrize("extent", [address, of_series, of_study])
def test_objects_come_in_a_zip_file_to_who_asks_for_one(viewer, tmp_path, extent):
    source = saved(an_image(ramp()), tmp_path / "x.dcm")
    copies = renamed([source] * 2, tmp_path)
    instances = filed(*copies)

    answer, body = ask(viewer, extent(instances[0]), "application/zip")

    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert archive.testzip() is None
        packed = {Path(name).stem: archive.read(name) for name in archive.namelist()}
    wanted = zip(instances, copies, strict=True)
    all_of_them = {one.sop_instance_uid: path.read_bytes() for one, path in wanted}
    assert answer["Content-Disposition"].endswith('.zip"')
    assert packed.items() <= all_of_them.items()
    assert len(packed) == (1 if extent is address else 2)


def test_a_study_is_not_sent_twice_unless_it_has_grown(viewer, tmp_path):
    source = saved(an_image(ramp()), tmp_path / "x.dcm")
    one, two = renamed([source] * 2, tmp_path)
    [instance] = filed(one)
    first, _body = ask(viewer, of_study(instance))

    again, _body = ask(viewer, of_study(instance), **{"If-None-Match": first["ETag"]})
    filed(two)
    grown, body = ask(viewer, of_study(instance), **{"If-None-Match": first["ETag"]})

    assert again.status_code == 304
    assert (grown.status_code, len(parts_of(grown, body))) == (200, 2)


def test_bulk_comes_by_ranges_too(viewer, samples):
    [instance] = filed(samples / "made/waveform/ecg_12_leads.dcm")
    uri = next(bulk_in(json.loads(ask(viewer, address(instance, "/metadata"))[1])[0]))
    path = uri.removeprefix("http://testserver")
    whole, data = ask(viewer, path)

    part, some = ask(viewer, path, Range="bytes=10-19")
    several, two = ask(viewer, path, Range="bytes=10-19,-5")
    none, _body = ask(viewer, path, Range=f"bytes={len(data)}-")
    stale, all_of_it = ask(viewer, path, **{"Range": "bytes=0-1", "If-Range": '"other"'})

    assert (part.status_code, some) == (206, data[10:20])
    assert part["Content-Range"] == f"bytes 10-19/{len(data)}"
    assert whole["Accept-Ranges"] == "bytes"
    parts = parts_of(several, two, "multipart/byteranges")
    assert [data for _head, data in parts] == [data[10:20], data[-5:]]
    assert several["Content-Disposition"] == whole["Content-Disposition"]
    assert none.status_code == 416
    assert (stale.status_code, all_of_it) == (200, data)


@pytest.mark.parametrize("syntax", LOSSLESS)
def test_objects_are_compressed_without_loss_for_who_asks(viewer, tmp_path, syntax):
    path = saved(an_image(np.stack([ramp(), ramp()]), NumberOfFrames=2), tmp_path / "a.dcm")
    [instance] = filed(path)

    alone, body = ask(viewer, address(instance), f"{DICOM}; transfer-syntax={syntax}")
    together = f'multipart/related; type="application/dicom"; transfer-syntax={syntax}'
    [(head, part)] = parts_of(*ask(viewer, address(instance), together))
    [(_head, of_study_part)] = parts_of(*ask(viewer, of_study(instance), together))

    made = dcmread(io.BytesIO(body))
    assert (alone.status_code, "Content-Length" in alone) == (200, False)
    assert alone["Content-Type"] == f"{DICOM}; transfer-syntax={syntax}"
    assert head["content-type"] == f"{DICOM}; transfer-syntax={syntax}"
    assert part == of_study_part == body
    assert made.file_meta.TransferSyntaxUID == syntax
    assert made.SOPInstanceUID == instance.sop_instance_uid
    assert (made.pixel_array == np.stack([ramp(), ramp()])).all()
    assert len(body) < path.stat().st_size


def test_what_cannot_be_compressed_exactly_is_not_acceptable_alone_and_comes_as_it_is_among_others(
    viewer, tmp_path
):
    image = an_image(ramp(top=65535), BitsStored=12, HighBit=11)  # bits above the stored ones
    path = saved(image, tmp_path / "a.dcm")
    [instance] = filed(path)
    wish = 'multipart/related; type="application/dicom"; transfer-syntax=1.2.840.10008.1.2.4.80'

    alone, _body = ask(viewer, address(instance), wish)
    second, body = ask(viewer, address(instance), f"{wish}, {DICOM};q=0.5")
    [(head, part)] = parts_of(*ask(viewer, of_study(instance), wish))

    assert alone.status_code == 406
    assert "1.2.840.10008.1.2.5" in alone.json()["detail"]
    assert "1.2.840.10008.1.2.4.80" not in alone.json()["detail"]
    assert (second.status_code, body) == (200, path.read_bytes())
    assert head["content-type"] == f"{DICOM}; transfer-syntax={EXPLICIT}"
    assert part == path.read_bytes()


def test_a_later_frame_that_does_not_fit_is_found_before_the_answer_begins(viewer, tmp_path):
    truth = np.stack([ramp(), ramp(top=65535)])
    image = an_image(truth, NumberOfFrames=2, BitsStored=12, HighBit=11)
    path = saved(image, tmp_path / "a.dcm")
    [instance] = filed(path)
    wish = 'multipart/related; type="application/dicom"; transfer-syntax=1.2.840.10008.1.2.4.80'

    alone, _body = ask(viewer, address(instance), wish)
    [(head, part)] = parts_of(*ask(viewer, of_study(instance), wish))

    assert alone.status_code == 406
    assert head["content-type"] == f"{DICOM}; transfer-syntax={EXPLICIT}"
    assert part == path.read_bytes()


def test_among_others_the_next_syntax_that_is_taken_is_made_where_the_first_does_not_fit(
    viewer, tmp_path
):
    fits = an_image(ramp())
    overlaid = an_image(ramp(top=65535), BitsStored=12, HighBit=11)
    paths = [saved(fits, tmp_path / "fits.dcm"), saved(overlaid, tmp_path / "overlaid.dcm")]
    [first, _second] = filed(*renamed(paths, tmp_path))
    wish = 'multipart/related; type="application/dicom"; transfer-syntax='
    jpeg_ls, rle = f"{wish}1.2.840.10008.1.2.4.80", f"{wish}1.2.840.10008.1.2.5"

    both, body = ask(viewer, of_study(first), f"{jpeg_ls}, {rle};q=0.9")
    one, rest = ask(viewer, of_study(first), f"{jpeg_ls}, {DICOM};q=0.5")
    stored, kept = ask(viewer, of_study(first), f"{jpeg_ls}, multipart/related;q=0.5, {rle};q=0.1")

    def ends(answer, body):
        return [head["content-type"].rpartition(".")[2] for head, _data in parts_of(answer, body)]

    assert ends(both, body) == ["80", "5"]
    assert ends(one, rest) == ends(stored, kept) == ["80", "1"]
    assert len({answer["ETag"] for answer in (both, one)}) == 2


def test_a_lossy_syntax_is_not_made(viewer, samples, tmp_path):
    [copy] = renamed([samples / "syntax/ct_1.2.840.10008.1.2.5.dcm"], tmp_path)
    [instance] = filed(copy)
    wish = 'multipart/related; type="application/dicom"; transfer-syntax=1.2.840.10008.1.2.4.50'

    for url in (address(instance), of_study(instance)):
        answer, _body = ask(viewer, url, wish)
        assert answer.status_code == 406
        assert "1.2.840.10008.1.2.5" in answer.json()["detail"]


# ── metadata ─────────────────────────────────────────────────────────────────────────────────────


def test_metadata_say_what_pydicom_reads(viewer, samples, tmp_path):
    [copy] = renamed([samples / "syntax/ct_1.2.840.10008.1.2.1.99.dcm"], tmp_path)
    [instance] = filed(copy)

    answer, body = ask(viewer, address(instance, "/metadata"), "application/dicom+json")

    [told] = json.loads(body)
    assert answer["Content-Type"] == "application/dicom+json"
    assert list(told) == sorted(told)
    assert told["00083002"] == {"vr": "UI", "Value": [instance.transfer_syntax]}
    read = Dataset.from_json({k: v for k, v in told.items() if "BulkDataURI" not in v})
    for element in dcmread(copy, stop_before_pixels=True):
        if element.keyword not in {"", "SpecificCharacterSet"}:
            assert read[element.tag].value == element.value, element.tag


@pytest.mark.parametrize("extent", [of_study, of_series])
def test_metadata_of_many_come_in_reading_order(viewer, tmp_path, extent):
    source = saved(an_image(ramp()), tmp_path / "x.dcm")
    instances = filed(*reversed(renamed([source] * 5, tmp_path)))

    _answer, body = ask(viewer, extent(instances[0], "/metadata"))

    assert [told["00200013"]["Value"] for told in json.loads(body)] == [[n] for n in range(1, 6)]


def test_bulk_has_whole_addresses_that_answer(viewer, samples):
    [instance] = filed(samples / "made/waveform/ecg_12_leads.dcm")
    _answer, body = ask(viewer, address(instance, "/metadata"))
    [told] = json.loads(body)
    uris = list(bulk_in(told))

    assert uris
    for uri in uris:
        assert uri.startswith(f"http://testserver{address(instance)}/bulkdata/")
        answer, data = ask(viewer, uri.removeprefix("http://testserver"))
        assert answer.status_code == 200
        assert data


def bulk_in(elements):
    for element in elements.values():
        if "BulkDataURI" in element:
            yield element["BulkDataURI"]
        if element["vr"] == "SQ":
            for item in element.get("Value", []):
                yield from bulk_in(item)


def test_pixel_data_is_named_by_its_frames(viewer, tmp_path):
    [instance] = filed(saved(an_image(ramp()), tmp_path / "a.dcm"))

    _answer, body = ask(viewer, address(instance, "/metadata"))

    [told] = json.loads(body)
    assert told["7FE00010"]["BulkDataURI"] == f"http://testserver{address(instance)}/frames"


def test_text_that_looks_like_an_address_stays_text(viewer, tmp_path):
    hostile = '{"BulkDataURI":"x"} "BulkDataURI":"'
    image = an_image(ramp(), SeriesDescription=hostile[:60])
    [instance] = filed(saved(image, tmp_path / "a.dcm"))

    _answer, body = ask(viewer, address(instance, "/metadata"))

    assert json.loads(body)[0]["0008103E"]["Value"] == [hostile[:60].strip()]


def test_metadata_are_asked_about_and_not_sent_twice(viewer, tmp_path):
    source = saved(an_image(ramp()), tmp_path / "x.dcm")
    one, two = renamed([source] * 2, tmp_path)
    [instance] = filed(one)
    url = of_series(instance, "/metadata")
    first, _body = ask(viewer, url)

    again, _body = ask(viewer, url, **{"If-None-Match": first["ETag"]})
    filed(two)
    grown, body = ask(viewer, url, **{"If-None-Match": first["ETag"]})

    assert first["Cache-Control"] == "private, no-cache"
    assert again.status_code == 304
    assert grown.status_code == 200
    assert len(json.loads(body)) == 2


def test_long_series_come_whole(viewer, tmp_path, django_assert_max_num_queries):
    """More objects than one piece of the answer holds, by a constant number of queries."""
    source = saved(an_image(ramp(4, 4)), tmp_path / "x.dcm")
    instances = filed(*renamed([source] * 120, tmp_path))
    ask(viewer, of_series(instances[0], "/metadata"))  # the look is in the trail now

    with django_assert_max_num_queries(8):
        _answer, body = ask(viewer, of_series(instances[0], "/metadata"))

    told = [item["00080018"]["Value"][0] for item in json.loads(body)]
    assert told == [instance.sop_instance_uid for instance in instances]


def test_an_object_without_a_stored_header_does_not_break_the_list(viewer, tmp_path):
    [instance] = filed(saved(an_image(ramp()), tmp_path / "x.dcm"))
    InstanceHeader.objects.all().delete()

    _answer, body = ask(viewer, address(instance, "/metadata"))

    assert json.loads(body) == []


def test_what_was_stored_is_what_was_sent(tmp_path):
    path = saved(an_image(ramp()), tmp_path / "a.dcm")
    [instance] = filed(path)

    kept = absolute(instance.path).read_bytes()

    assert hashlib.sha256(kept).hexdigest() == instance.sha256
    assert kept == path.read_bytes()


def test_metadata_in_xml_say_what_those_in_json_say(viewer, samples, tmp_path):
    sources = sorted((samples / "volume_ct_head_phantom").iterdir())[:2]
    [first, _second] = filed(*renamed(sources, tmp_path))
    path = of_study(first, "/metadata")

    in_json = json.loads(ask(viewer, path)[1])
    parts = parts_of(*ask(viewer, path, 'multipart/related; type="application/dicom+xml"'))

    assert [head["content-type"] for head, _body in parts] == ["application/dicom+xml"] * 2
    in_xml = [model_of(body) for _head, body in parts]
    for tag in ("00080018", "00100010", "7FE00010"):
        assert [told[tag] for told in in_xml] == [told[tag] for told in in_json]
