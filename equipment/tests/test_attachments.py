"""Photos and documents: what is kept, what is shown, and what is turned away."""

import io
import struct
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from audit.models import Entry
from common.files import absolute
from common.refusals import Refused
from equipment.models import Attachment
from equipment.services import Fault, attach, report_fault
from equipment.services.attachments import LARGEST_BYTES, MOST_AT_ONCE
from equipment.tests.factories import DeviceFactory, EntryFactory, photo, report

pytestmark = pytest.mark.django_db


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, rows: bytes = b"", extra: bytes = b"") -> bytes:
    """A PNG that claims a size, whatever its rows say."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = (
        chunk(b"IHDR", header) + extra + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    )
    return b"\x89PNG\r\n\x1a\n" + body


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"
HOSTILE = {
    "bomb.png": png(20_000, 20_000, b"\0" * 1_000_000),
    "hundred-megapixels.png": png(10_000, 10_001, b"\0" * 100_000),
    "billions.png": png(2**31 - 1, 2**31 - 1),
    "words.png": png(
        8, 8, b"\0" * 200, chunk(b"zTXt", b"a\0\0" + zlib.compress(b"x" * 90_000_000))
    ),
    "cut.png": png(64, 64, b"\0" * 64 * 193)[:-40],
    "drawing.svg": SVG,
    "page.jpg": HTML,
    "page.pdf": HTML,
    "cut.pdf": b"%PDF-1.7\n1 0 obj\n",
    "film.gif": b"GIF89a" + b"\0" * 40,
    "phone.heic": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
    "nothing.jpg": b"",
    "cut.jpg": b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0" + b"\xff" * 30,
    "polyglot.jpg": b"\xff\xd8\xff" + HTML,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_photo_and_no_pdf_is_refused_and_nothing_stays(person, data_folder, name):
    upload = SimpleUploadedFile(name, HOSTILE[name], "image/jpeg")

    with pytest.raises(Refused, match=name):
        attach(EntryFactory.create(), [photo(), upload], by=person("Engineer"))

    assert not Attachment.objects.exists()
    assert not [file for file in data_folder.rglob("*") if file.is_file()]


def test_a_large_photo_of_a_telephone_is_taken(person):
    out = io.BytesIO()
    Image.new("L", (8064, 6048), 90).save(out, "JPEG", quality=40)
    upload = SimpleUploadedFile("48 megapixels.jpg", out.getvalue(), "image/jpeg")

    (kept,) = attach(EntryFactory.create(), [upload], by=person("Engineer"))

    with (
        Image.open(absolute(kept.shown_path)) as shown,
        Image.open(absolute(kept.small_path)) as small,
    ):
        assert shown.size == (2048, 1536)
        assert small.size == (320, 240)


def test_the_bytes_stay_as_they_came_and_what_is_shown_says_nothing_of_the_place(client, person):
    exif = Image.Exif()
    exif[0x0112] = 6  # turned: the camera was held upright
    exif[0x010F] = "Secret maker"
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)
    upload = photo((80, 40), exif=exif)
    came = upload.read()
    upload.seek(0)
    engineer = person("Engineer")
    client.force_login(engineer)

    (kept,) = attach(EntryFactory.create(), [upload], by=engineer)
    shown = client.get(reverse("equipment:attachment", args=[kept.pk]))
    body = b"".join(shown)

    assert absolute(kept.path).read_bytes() == came
    assert kept.content_type == "image/jpeg"
    assert Image.open(io.BytesIO(body)).size == (40, 80)
    assert not Image.open(io.BytesIO(body)).getexif()
    assert b"Secret" not in body
    assert shown["Content-Type"] == "image/jpeg"
    assert shown["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in shown["Content-Security-Policy"]
    assert Entry.objects.get(verb="attachment.added").details["kind"] == "image/jpeg"


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK"])
def test_every_kind_of_picture_is_drawn(person, mode):
    kind = "JPEG" if mode == "CMYK" else "PNG"
    out = io.BytesIO()
    Image.new(mode, (30, 20)).save(out, kind)
    upload = SimpleUploadedFile("x", out.getvalue())

    (kept,) = attach(EntryFactory.create(), [upload], by=person("Engineer"))

    with Image.open(absolute(kept.shown_path)) as shown:
        assert (shown.mode, shown.size) == ("RGB", (30, 20))


def test_a_document_is_saved_as_a_file_and_never_shown_in_the_page(client, person):
    engineer = person("Engineer")
    client.force_login(engineer)

    (kept,) = attach(EntryFactory.create(), [report("..\\..\\evil\u202efdp.pdf")], by=engineer)
    sent = client.get(reverse("equipment:attachment", args=[kept.pk]))
    assert b"".join(sent).startswith(b"%PDF")

    assert kept.name == "evilfdp.pdf"
    assert sent["Content-Type"] == "application/pdf"
    assert sent["Content-Disposition"].startswith("attachment")
    assert sent["X-Content-Type-Options"] == "nosniff"


def test_the_same_file_hangs_once_however_often_it_is_sent(person, data_folder):
    entry, engineer = EntryFactory.create(), person("Engineer")

    attach(entry, [report()], by=engineer)
    attach(entry, [report(), report()], by=engineer)

    assert entry.attachments.count() == 1
    assert len(list(data_folder.rglob("*.pdf"))) == 1


def test_too_many_and_too_large_are_refused_with_a_sentence(person):
    entry, engineer = EntryFactory.create(), person("Engineer")
    huge = report("huge.pdf")
    huge.size = LARGEST_BYTES + 1

    with pytest.raises(Refused, match="At most"):
        attach(entry, [photo()] * (MOST_AT_ONCE + 1), by=engineer)
    with pytest.raises(Refused, match="huge"):
        attach(entry, [huge], by=engineer)


def test_a_fault_with_a_bad_photo_is_not_reported_and_the_page_says_why(client, person):
    client.force_login(person("Technician"))
    device = DeviceFactory.create()
    bad = SimpleUploadedFile("page.jpg", HTML, "image/jpeg")

    sent = client.post(
        reverse("equipment:report_fault"),
        {"device": device.pk, "symptom": "IMAGE", "effect": "DOWN", "photos": [bad]},
    )

    assert sent.status_code == 409
    assert "page.jpg" in sent.content.decode()
    device.refresh_from_db()
    assert device.status == "AVAILABLE"


def test_photos_are_for_those_who_may_see_the_device(client, person):
    fault = Fault("IMAGE", "NONE", photos=[photo()])
    kept = report_fault(DeviceFactory.create(), fault, by=person("Technician")).attachments.get()
    addresses = [
        reverse("equipment:attachment", args=[kept.pk]),
        reverse("equipment:attachment_small", args=[kept.pk]),
    ]

    client.force_login(person("Referrer"))
    assert [opened(client, address) for address in addresses] == [403, 403]
    client.force_login(person("Radiologist"))
    assert [opened(client, address) for address in addresses] == [200, 200]


def opened(client, address: str) -> int:
    answer = client.get(address)
    assert b"".join(answer)
    return int(answer.status_code)


def test_a_file_that_is_gone_is_not_found(client, person):
    engineer = person("Engineer")
    client.force_login(engineer)
    (kept,) = attach(EntryFactory.create(), [photo()], by=engineer)
    absolute(kept.shown_path).unlink()

    assert client.get(reverse("equipment:attachment", args=[kept.pk])).status_code == 404
