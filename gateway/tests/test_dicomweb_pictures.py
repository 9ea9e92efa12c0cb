"""Pictures by WADO-RS: rendered and thumbnails; and documents, which are never opened here."""

import io

import numpy as np
import pytest
from PIL import Image, ImageSequence

from common.files import absolute
from gateway.tests.asking import ROOT, address, ask, parts_of
from studies.models import Thumbnail
from studies.tests.filing import filed, renamed
from studies.tests.made_objects import an_image, ramp, saved

pytestmark = pytest.mark.django_db

PNG = "/rendered?accept=image/png"
TOGETHER = 'multipart/related; type="image/jpeg"'


@pytest.fixture
def image(tmp_path):
    """A picture that rises from black on the left to white on the right, 64 × 32."""
    made = an_image(ramp(32, 64), WindowCenter=2048, WindowWidth=4096)
    return filed(saved(made, tmp_path / "a.dcm"), with_pictures=True)[0]


def picture(body):
    return Image.open(io.BytesIO(body))


def of_study(instance, rest=""):
    return f"{ROOT}/studies/{instance.series.study.study_instance_uid}{rest}"


def of_series(instance, rest=""):
    return of_study(instance, f"/series/{instance.series.series_instance_uid}{rest}")


# ── rendered ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("rest", ["/rendered", "/frames/1/rendered"])
@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("*/*", "image/jpeg"),
        ("image/jpeg", "image/jpeg"),
        ("image/png", "image/png"),
        ("image/png, image/jpeg", "image/png"),
        ("image/avif,image/webp,image/*,*/*;q=0.8", "image/jpeg"),
    ],
)
def test_an_image_is_drawn_in_the_wanted_format(viewer, image, rest, accept, media):
    answer, body = ask(viewer, address(image, rest), accept)

    assert answer.status_code == 200, body
    assert answer["Content-Type"] == media
    drawn = picture(body)
    assert drawn.size == (64, 32)
    pixels = np.asarray(drawn.convert("L")).astype(int)
    assert pixels[:, 0].mean() < 20
    assert pixels[:, -1].mean() > 235


def test_rendering_keeps_to_the_viewport(viewer, image):
    _answer, body = ask(viewer, address(image, "/rendered?viewport=16,100"))

    assert picture(body).size == (16, 8)


def test_a_window_changes_the_picture(viewer, image):
    _answer, usual = ask(viewer, address(image, "/rendered?accept=image/png"))
    _answer, dark = ask(viewer, address(image, "/rendered?accept=image/png&window=8000,100,linear"))

    assert np.asarray(picture(usual).convert("L")).max() > 235
    assert np.asarray(picture(dark).convert("L")).max() == 0


def test_a_part_of_the_image_is_cut_out_and_fits_the_viewport(viewer, image):
    whole = np.asarray(picture(ask(viewer, address(image, "/rendered?accept=image/png"))[1]))

    _answer, right = ask(viewer, address(image, f"{PNG}&viewport=64,64,32,0,32,32"))
    _answer, same = ask(viewer, address(image, f"{PNG}&viewport=32,32,32,0,32,32"))
    _answer, mirrored = ask(viewer, address(image, f"{PNG}&viewport=32,32,32,0,-32,32"))
    _answer, rest = ask(viewer, address(image, f"{PNG}&viewport=40,40,60,30"))

    assert picture(right).size == (64, 64)
    assert (np.asarray(picture(same)) == whole[:, 32:]).all()
    assert (np.asarray(picture(mirrored)) == whole[:, :31:-1]).all()
    assert picture(rest).size == (40, 20)


def test_each_function_of_a_window_is_drawn_as_the_standard_has_it(viewer, image):
    drawn = {}
    for function in ("linear", "linear-exact", "sigmoid"):
        path = address(image, f"{PNG}&window=2048,1000,{function}")
        drawn[function] = np.asarray(picture(ask(viewer, path)[1])).astype(int)[0]

    stored = ramp(32, 64)[0].astype(float)
    exact = np.clip((stored - 2048 + 500) * 255 / 1000, 0, 255)
    linear = np.clip((stored - 2047.5 + 499.5) * 255 / 999, 0, 255)
    sigmoid = 255 / (1 + np.exp(-4 * (stored - 2048) / 1000))
    expected = {"linear": linear, "linear-exact": exact, "sigmoid": sigmoid}
    for function, levels in expected.items():
        assert np.abs(drawn[function] - levels).max() <= 1, function


def test_words_are_written_on_a_picture_for_who_asks_for_them(viewer, samples, tmp_path):
    [path] = renamed(
        [samples / "syntax/ct_1.2.840.10008.1.2.dcm"], tmp_path, PatientName="Phantom^Test"
    )
    [ct] = filed(path)

    plain = np.asarray(picture(ask(viewer, address(ct, PNG))[1]).convert("L")).astype(int)
    for word, is_there in (("patient", "top"), ("technique", "bottom"), ("nonsense", "")):
        said = picture(ask(viewer, address(ct, f"{PNG}&annotation={word}"))[1]).convert("L")
        changed = np.asarray(said).astype(int) != plain
        half = len(plain) // 2
        assert (changed[:half].any(), changed[half:].any()) == (
            is_there == "top",
            is_there == "bottom",
        )


def test_a_loop_plays_at_its_own_speed(viewer, tmp_path):
    frames = np.stack([ramp(32, 64) // (n + 1) for n in range(4)])
    loop = an_image(frames, NumberOfFrames=4, FrameTime="40", WindowCenter=2048, WindowWidth=4096)
    [cine] = filed(saved(loop, tmp_path / "cine.dcm"))

    answer, body = ask(viewer, address(cine, "/rendered"), "image/gif")
    _some, few = ask(viewer, address(cine, "/frames/2,4/rendered?viewport=32,32"), "image/gif")
    too_much, _body = ask(viewer, address(cine, "/rendered?viewport=8000,8000"), "image/gif")

    drawn = picture(body)
    assert (answer["Content-Type"], drawn.n_frames, drawn.size) == ("image/gif", 4, (64, 32))
    assert drawn.info["duration"] == 40
    darkest = [np.asarray(seq.convert("L")).max() for seq in ImageSequence.Iterator(drawn)]
    assert darkest == sorted(darkest, reverse=True)
    assert (picture(few).n_frames, picture(few).size) == (2, (32, 16))
    assert too_much.status_code == 400


def test_a_single_frame_is_no_loop(viewer, image):
    answer, _body = ask(viewer, address(image, "/rendered"), "image/gif")

    assert answer.status_code == 406


def test_quality_decides_about_the_size(viewer, samples):
    [ct] = filed(samples / "syntax/ct_1.2.840.10008.1.2.dcm")

    _answer, poor = ask(viewer, address(ct, "/rendered?quality=10"))
    _answer, fine = ask(viewer, address(ct, "/rendered?quality=95"))

    assert len(poor) < len(fine) / 3


@pytest.mark.parametrize(
    "query",
    [
        *(f"viewport={bad}" for bad in ("0,10", "x", "1", "9999999,1", "1,1,1", "1,1,nan,0,1,1")),
        *(f"viewport=64,32,{bad}" for bad in ("900,900,5,5", "0,0,0,5", "1e9,0,1,1", "x,0,1,1")),
        *(f"window={bad}" for bad in ("1", "a,b", "1,0", "nan,1", "1,1,cubic")),
        *(f"quality={bad}" for bad in ("0", "101", "x", "1e2")),
    ],
)
def test_a_bad_wish_is_refused_by_name(viewer, image, query):
    answer, _body = ask(viewer, address(image, f"/rendered?{query}"))

    assert answer.status_code == 400
    assert answer.json()["detail"].startswith(query.split("=")[0])


def test_a_series_is_one_picture_or_all(viewer, tmp_path):
    images = [saved(an_image(ramp(8, 8 + n)), tmp_path / f"x{n}.dcm") for n in range(3)]
    instances = filed(*renamed(images, tmp_path))

    _answer, one = ask(viewer, of_series(instances[0], "/rendered"), "image/jpeg")
    answer, all_of_them = ask(viewer, of_study(instances[0], "/rendered"), TOGETHER)

    assert picture(one).size == (9, 8)  # the middle one
    parts = parts_of(answer, all_of_them)
    assert [picture(data).size for _head, data in parts] == [(8, 8), (9, 8), (10, 8)]
    assert parts[0][0]["content-location"].endswith("/frames/1/rendered")


def test_several_frames_come_together(viewer, samples):
    [cine] = filed(samples / "made/xa/cine_mask.dcm")

    answer, body = ask(viewer, address(cine, "/frames/1,12/rendered"))
    alone, _body = ask(viewer, address(cine, "/frames/1,12/rendered"), "image/png")
    every, all_of_them = ask(viewer, address(cine, "/rendered"), TOGETHER)

    assert len(parts_of(answer, body)) == 2
    assert alone.status_code == 406
    assert len(parts_of(every, all_of_them)) == 12


def test_a_broken_image_says_so_and_does_not_hide_the_others(viewer, samples, tmp_path):
    good = samples / "syntax/ct_1.2.840.10008.1.2.4.80.dcm"
    first, broken = renamed([good, good], tmp_path)
    whole = broken.read_bytes()
    broken.write_bytes(whole[:-100_000] + b"\xff\x00" * 45_000 + whole[-10_000:])
    shown, faulty = filed(first, broken)

    alone, _body = ask(viewer, address(faulty, "/rendered"))
    together, body = ask(viewer, of_study(shown, "/rendered"), TOGETHER)

    assert alone.status_code == 422
    assert alone.json()["detail"]
    kinds = [head["content-type"] for head, _data in parts_of(together, body)]
    assert kinds == ["image/jpeg", "application/json"]


def test_there_is_nothing_to_draw_in_a_key_object(viewer, samples):
    [keys] = filed(samples / "made/derived/key_objects.dcm")

    for url in (address(keys, "/rendered"), of_series(keys, "/rendered")):
        answer, _body = ask(viewer, url)
        assert answer.status_code == 406
        assert answer.json()["detail"]


def test_a_drawn_picture_is_not_sent_twice(viewer, image):
    first, _body = ask(viewer, address(image, "/rendered"))

    same, _body = ask(viewer, address(image, "/rendered"), **{"If-None-Match": first["ETag"]})
    other, _body = ask(
        viewer, address(image, "/rendered?quality=20"), **{"If-None-Match": first["ETag"]}
    )

    assert (same.status_code, other.status_code) == (304, 200)


# ── thumbnails ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("extent", [address, of_series, of_study])
def test_the_stored_thumbnail_is_given(viewer, image, extent):
    kept = absolute(Thumbnail.objects.get(instance=image).path).read_bytes()

    answer, body = ask(viewer, extent(image, "/thumbnail"))

    assert body == kept
    assert answer["Content-Type"].startswith("image/")
    assert answer["ETag"]
    assert answer["Cache-Control"].startswith("private")


def test_a_thumbnail_that_is_not_there_yet_is_drawn_and_not_kept(viewer, tmp_path):
    [image] = filed(saved(an_image(ramp()), tmp_path / "a.dcm"))
    assert Thumbnail.objects.get(instance=image).status == Thumbnail.Status.WAITING

    answer, body = ask(viewer, address(image, "/thumbnail"))

    assert max(picture(body).size) <= 256
    assert answer["Cache-Control"] == "no-store"


def test_a_thumbnail_that_got_lost_is_drawn_again(viewer, image):
    absolute(Thumbnail.objects.get(instance=image).path).unlink()

    answer, body = ask(viewer, address(image, "/thumbnail"))

    assert answer.status_code == 200
    assert picture(body).size[0] > 0


def test_thumbnails_of_frames_and_sizes_are_drawn_on_demand(viewer, samples):
    [cine] = filed(samples / "made/xa/cine_mask.dcm", with_pictures=True)

    _answer, one = ask(viewer, address(cine, "/frames/1/thumbnail"))
    _answer, small = ask(viewer, address(cine, "/thumbnail?viewport=40,40"))
    png, _body = ask(viewer, address(cine, "/frames/2/thumbnail"), "image/png")
    beyond, _body = ask(viewer, address(cine, "/frames/13/thumbnail"))

    assert max(picture(one).size) <= 256
    assert max(picture(small).size) == 40
    assert png["Content-Type"] == "image/png"
    assert beyond.status_code == 404


def test_every_kind_of_object_has_a_thumbnail(viewer, samples):
    made = samples / "made"
    names = ["derived/key_objects", "derived/sr_tid1500", "document/pdf_2_pages"]
    names += ["waveform/ecg_12_leads", "video/h264", "derived/gsps"]
    for instance in filed(*(made / f"{name}.dcm" for name in names)):
        answer, body = ask(viewer, address(instance, "/thumbnail"))
        assert answer.status_code == 200
        assert picture(body).size[0] > 0


# ── documents and other bulk ─────────────────────────────────────────────────────────────────────


def test_a_pdf_is_a_download_in_a_sandbox(viewer, samples):
    [document] = filed(samples / "made/document/pdf_2_pages.dcm")
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8"

    for url in ("/bulkdata/00420011", "/rendered"):
        answer, body = ask(viewer, address(document, url), browser)
        assert body.startswith(b"%PDF-")
        assert answer["Content-Type"] == "application/pdf"
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer["Content-Security-Policy"]


def test_html_that_calls_itself_a_pdf_is_never_opened(viewer, samples):
    [document] = filed(samples / "bad_made/document/html_as_pdf.dcm")
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8"

    bulk, body = ask(viewer, address(document, "/bulkdata/00420011"), browser)
    rendered, _body = ask(viewer, address(document, "/rendered"), browser)
    as_html, _body = ask(viewer, address(document, "/bulkdata/00420011"), "text/html")

    assert b"<" in body
    assert bulk["Content-Type"] == "application/octet-stream"
    assert bulk["Content-Disposition"].startswith("attachment")
    assert bulk["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in bulk["Content-Security-Policy"]
    assert rendered.status_code == 422
    assert as_html.status_code == 406


def test_bulk_comes_in_parts_to_who_asks_so(viewer, samples):
    [document] = filed(samples / "made/document/pdf_2_pages.dcm")
    wish = 'multipart/related; type="application/octet-stream"'

    answer, body = ask(viewer, address(document, "/bulkdata/00420011"), wish)

    [(head, data)] = parts_of(answer, body)
    assert head["content-type"].startswith("application/octet-stream")
    assert data.startswith(b"%PDF-")


@pytest.mark.parametrize(
    "path",
    ["00420012", "nonsense", "00420011/0", "../../settings", "00420011/0/00420011", "7FE00010"],
)
def test_bulk_that_is_not_there_is_said(viewer, samples, path):
    [document] = filed(samples / "made/document/pdf_2_pages.dcm")

    answer, _body = ask(viewer, address(document, f"/bulkdata/{path}"))

    assert answer.status_code == 404
    assert answer.json()["detail"]
