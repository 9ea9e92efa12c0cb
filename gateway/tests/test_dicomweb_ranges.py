"""Several byte ranges in one request (RFC 9110 14.2 and 15.3.7.2)."""

import pytest

from gateway.dicomweb.ranges import PIECE
from gateway.tests.asking import address, ask, parts_of
from studies.tests.filing import filed
from studies.tests.made_objects import an_image, ramp, saved

pytestmark = pytest.mark.django_db

DICOM = "application/dicom"
IN_PARTS = "multipart/byteranges"


@pytest.fixture
def image(tmp_path):
    return filed(saved(an_image(ramp()), tmp_path / "a.dcm"))[0]


@pytest.fixture
def whole(viewer, image):
    return ask(viewer, address(image), DICOM)[1]


def slices_of(answer, body):
    """Where the parts say that they lie, first and last byte, and what they hold."""
    for head, data in parts_of(answer, body, IN_PARTS):
        assert head["content-type"].startswith(DICOM)
        place, _slash, size = head["content-range"].removeprefix("bytes ").partition("/")
        first, last = map(int, place.split("-"))
        yield first, last, data, int(size)


@pytest.mark.parametrize(
    ("asked", "places"),
    [
        ("bytes=0-1,5-6", [(0, 1), (5, 6)]),
        ("bytes=50-60, 0-9,\t20-29", [(50, 60), (0, 9), (20, 29)]),
        ("Bytes=,0-0,,2-2,", [(0, 0), (2, 2)]),
        ("bytes=0-9,-10", [(0, 9), (-10, -1)]),
        ("bytes=0-9,999999999-,20-29", [(0, 9), (20, 29)]),
        ("bytes=0-9,20-29,5-14", [(0, 14), (20, 29)]),
        ("bytes=100-109,40-49,50-59,0-9", [(100, 109), (40, 59), (0, 9)]),
        (f"bytes={','.join(f'{n}0-{n}4' for n in range(1, 17))}", None),
    ],
)
def test_several_ranges_come_in_parts_each_byte_once(viewer, image, whole, asked, places):
    answer, body = ask(viewer, address(image), DICOM, Range=asked)

    found = list(slices_of(answer, body))
    assert answer.status_code == 206
    assert "Content-Range" not in answer
    assert answer["Content-Length"] == str(len(body))
    assert answer["Accept-Ranges"] == "bytes"
    assert {size for *_others, size in found} == {len(whole)}
    assert all(data == whole[first : last + 1] for first, last, data, _size in found)
    wanted = places or [(10 * n, 10 * n + 4) for n in range(1, 17)]
    expected = [(first % len(whole), last % len(whole)) for first, last in wanted]
    assert [(first, last) for first, last, *_others in found] == expected


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=5-9,999999999-", 5, 9),
        ("bytes=-0,5-9", 5, 9),
        ("bytes=0-4,5-9", 0, 9),
        ("bytes=0-9,0-9,0-9", 0, 9),
        ("bytes=0-,0-,0-,0-", 0, -1),
    ],
)
def test_what_is_one_range_in_the_end_comes_alone(viewer, image, whole, asked, first, last):
    answer, body = ask(viewer, address(image), DICOM, Range=asked)

    last %= len(whole)
    assert answer.status_code == 206
    assert answer["Content-Type"].startswith(DICOM)
    assert answer["Content-Range"] == f"bytes {first}-{last}/{len(whole)}"
    assert body == whole[first : last + 1]


@pytest.mark.parametrize(
    "asked",
    [
        f"bytes={','.join(f'{n}0-{n}4' for n in range(1, 18))}",  # seventeen
        f"bytes={'0-,' * 5000}",
        "bytes=0-1,9-2",
        "bytes=0-1,x",
        "bytes=,",
        "lines=0-1,5-6",
    ],
)
def test_too_many_ranges_and_what_is_none_get_the_whole(viewer, image, whole, asked):
    answer, body = ask(viewer, address(image), DICOM, Range=asked)

    assert (answer.status_code, body) == (200, whole)
    assert "Content-Range" not in answer


def test_ranges_that_all_lie_outside_are_refused(viewer, image):
    answer, _body = ask(viewer, address(image), DICOM, Range="bytes=999999999-,-0")

    assert answer.status_code == 416
    assert answer["Content-Range"] == f"bytes */{image.size}"


def test_ranges_are_of_the_bytes_that_the_client_has_begun(viewer, image, whole):
    asked = {"Range": "bytes=0-1,5-6"}
    etag = ask(viewer, address(image), DICOM)[0]["ETag"]

    same, body = ask(viewer, address(image), DICOM, **asked, **{"If-Range": etag})

    assert (same.status_code, len(parts_of(same, body, IN_PARTS))) == (206, 2)
    for other in ('"other"', f"W/{etag}", "Mon, 30 Nov 2026 06:00:00 GMT"):
        answer, body = ask(viewer, address(image), DICOM, **asked, **{"If-Range": other})
        assert (answer.status_code, body) == (200, whole)


def test_only_get_has_ranges(viewer, image, whole):
    answer = viewer.head(address(image), headers={"Accept": DICOM, "Range": "bytes=0-1"})

    assert (answer.status_code, answer["Content-Length"]) == (200, str(len(whole)))


def test_parts_of_a_large_object_are_read_when_their_turn_comes(viewer, tmp_path):
    [large] = filed(saved(an_image(ramp(2048, 1024)), tmp_path / "a.dcm"))
    whole = ask(viewer, address(large), DICOM)[1]

    answer = viewer.get(
        address(large), headers={"Accept": DICOM, "Range": "bytes=0-2000000,2000002-4000000"}
    )
    pieces = list(answer.streaming_content)

    assert answer.streaming
    assert max(map(len, pieces)) <= PIECE
    body = b"".join(pieces)
    assert answer["Content-Length"] == str(len(body))
    for first, last, data, _size in slices_of(answer, body):
        assert data == whole[first : last + 1]
