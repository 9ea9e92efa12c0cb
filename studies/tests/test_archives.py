"""Archives: what is good comes in, what is bad is answered, and nothing leaves its place."""

import io
import stat
import zipfile

import pytest
from django.urls import reverse

from audit.models import Entry
from common.files import absolute, keep
from common.refusals import Refused
from studies import archives, services
from studies.models import Archive, IncomingFile

pytestmark = pytest.mark.django_db

Status = IncomingFile.Status


def parcel(members, **options):
    """A zip in memory; a member is (name or ZipInfo, content)."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, **options) as opened:
        for name, content in members:
            opened.writestr(name, content)
    return stream.getvalue()


@pytest.fixture
def unpacked(person):
    """`unpacked(bytes)`: upload an archive, unpack it, and give its rows by member name."""

    def run(content, name="disc.zip"):
        upload = services.start_upload(by=person("Technician"))
        services.add_archive(upload, keep([content], "uploads", ".zip"), name)
        while archives.unpack_next():
            pass
        rows = {row.original_name.removeprefix(f"{name}/"): row for row in upload.files.all()}
        return upload.archives.get(), rows

    return run


def test_members_become_incoming_files_and_keep_their_path_as_a_name(unpacked):
    archive, rows = unpacked(parcel([("DICOM/IM1", b"one"), ("DICOM/IM2", b"two")]))

    assert archive.status == Archive.Status.UNPACKED
    assert set(rows) == {"DICOM/IM1", "DICOM/IM2"}
    assert {row.status for row in rows.values()} == {Status.WAITING}
    assert absolute(rows["DICOM/IM2"].path).read_bytes() == b"two"


def test_litter_and_folders_are_passed_over(unpacked):
    _archive, rows = unpacked(
        parcel([("a/", b""), ("a/.DS_Store", b"x"), ("__MACOSX/a/._IM1", b"x"), ("a/IM1", b"one")])
    )

    assert set(rows) == {"a/IM1"}


@pytest.mark.parametrize("name", ["../escape.dcm", "/etc/passwd", "a/../../b", "C:/x", "..\\x"])
def test_a_name_that_leads_out_is_refused_and_writes_nothing(unpacked, name, data_folder):
    _archive, rows = unpacked(parcel([(name, b"bad"), ("good.dcm", b"good")]))

    assert rows["good.dcm"].status == Status.WAITING
    bad = next(row for key, row in rows.items() if key != "good.dcm")
    assert (bad.status, bad.reason_code, bad.path) == (Status.REFUSED, "climbs", "")
    assert not list(data_folder.rglob("escape.dcm"))


def test_a_link_is_refused(unpacked):
    link = zipfile.ZipInfo("link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16

    _archive, rows = unpacked(parcel([(link, b"/etc/passwd")]))

    assert rows["link"].reason_code == "link"


def test_an_archive_inside_an_archive_is_refused(unpacked):
    _archive, rows = unpacked(parcel([("inner.zip", parcel([("x", b"x")]))]))

    assert rows["inner.zip"].reason_code == "nested"


def test_a_bomb_is_stopped_while_it_inflates(unpacked, data_folder):
    _archive, rows = unpacked(parcel([("bomb", b"\0" * (archives.BOMB_BYTES + 5_000_000))]))

    assert rows["bomb"].reason_code == "bomb"
    assert not [file for file in data_folder.rglob("*") if file.is_file() and file.suffix != ".zip"]


def test_a_damaged_archive_is_refused_in_words(unpacked):
    whole = parcel([("IM1", b"one" * 1000)])

    archive, rows = unpacked(whole[: len(whole) // 2])

    assert archive.status == Archive.Status.REFUSED
    assert [row.status for row in rows.values()] == [Status.REFUSED]
    assert "damaged" in archive.reason


def test_too_large_a_promise_is_refused_before_unpacking(unpacked, settings):
    settings.LARGEST_ARCHIVE_BYTES = 10

    archive, _rows = unpacked(parcel([("IM1", b"more than ten bytes")]))

    assert (archive.status, archive.reason_code) == (Archive.Status.REFUSED, "too_large")


def test_a_worker_that_dies_half_way_loses_nothing_and_doubles_nothing(person, monkeypatch):
    upload = services.start_upload(by=person("Technician"))
    content = parcel([(f"IM{number}", b"%d" % number) for number in range(50)])
    services.add_archive(upload, keep([content], "uploads", ".zip"), "disc.zip")
    taken = archives.take
    done: list[None] = []

    def die_at_the_thirtieth(*args):
        if len(done) == 30:
            raise KeyboardInterrupt
        done.append(taken(*args))

    monkeypatch.setattr(archives, "take", die_at_the_thirtieth)
    with pytest.raises(KeyboardInterrupt):
        archives.unpack_next()
    monkeypatch.setattr(archives, "take", taken)
    Archive.objects.put_off([upload.archives.get().pk], seconds=-1)

    archives.unpack_next()

    assert upload.archives.get().status == Archive.Status.UNPACKED
    assert upload.files.count() == 50


def test_the_same_archive_again_is_the_same_arrival(person):
    upload = services.start_upload(by=person("Technician"))
    content = parcel([("IM1", b"one")])

    first = services.add_archive(upload, keep([content], "uploads", ".zip"), "disc.zip")
    second = services.add_archive(upload, keep([content], "uploads", ".zip"), "disc.zip")

    assert first.pk == second.pk
    assert absolute(first.path).exists()
    assert services.already_sent(upload, {"disc.zip": len(content), "other": 1}) == {"disc.zip"}


def test_a_full_disk_never_uses_up_an_archives_tries(person, settings):
    upload = services.start_upload(by=person("Technician"))
    content = parcel([("IM1", b"one")])
    archive = services.add_archive(upload, keep([content], "uploads", ".zip"), "disc.zip")
    room, settings.LEAST_FREE_BYTES = settings.LEAST_FREE_BYTES, 2**62

    for _ in range(archives.MOST_ATTEMPTS + 2):
        archives.unpack_next()
        Archive.objects.put_off([archive.pk], seconds=-1)
    settings.LEAST_FREE_BYTES = room
    archives.unpack_next()

    assert upload.archives.get().status == Archive.Status.UNPACKED
    assert upload.files.count() == 1


def test_an_archive_that_ends_its_workers_is_refused_but_kept(
    person, django_capture_on_commit_callbacks
):
    upload = services.start_upload(by=person("Technician"))
    content = parcel([("IM1", b"one")])
    archive = services.add_archive(upload, keep([content], "uploads", ".zip"), "disc.zip")
    Archive.objects.filter(pk=archive.pk).update(attempts=archives.MOST_ATTEMPTS)

    with django_capture_on_commit_callbacks(execute=True):
        archives.unpack_next()

    assert upload.archives.get().reason_code == archives.CRASHED
    assert absolute(archive.path).read_bytes() == content


@pytest.fixture
def crashed(person, django_capture_on_commit_callbacks):
    """An archive that broke its workers until they gave up."""
    upload = services.start_upload(by=person("Technician"))
    content = parcel([("IM1", b"one")])
    archive = services.add_archive(upload, keep([content], "uploads", ".zip"), "disc.zip")
    Archive.objects.filter(pk=archive.pk).update(attempts=archives.MOST_ATTEMPTS)
    with django_capture_on_commit_callbacks(execute=True):
        archives.unpack_next()
    archive.refresh_from_db()
    return archive


def test_an_archive_that_crashed_is_taken_up_again(
    crashed, person, django_capture_on_commit_callbacks
):
    somebody = person("Administrator")
    with django_capture_on_commit_callbacks(execute=True):
        services.retry_archive(crashed, by=somebody)
        archives.unpack_next()

    crashed.refresh_from_db()
    assert (crashed.status, crashed.reason_code, crashed.reason) == ("UNPACKED", "", "")
    assert [file.original_name for file in crashed.upload.files.all()] == ["disc.zip/IM1"]
    assert Entry.objects.get(verb="archive.retried").actor == somebody


def test_an_archive_that_was_not_kept_is_not_taken_up_again(crashed, person):
    Archive.objects.filter(pk=crashed.pk).update(reason_code="damaged")

    with pytest.raises(Refused):
        services.retry_archive(crashed, by=person("Technician"))

    assert Archive.objects.get().status == "REFUSED"


def test_an_archive_being_unpacked_is_not_taken_up_again(crashed, person):
    services.retry_archive(crashed, by=person("Technician"))

    with pytest.raises(Refused):
        services.retry_archive(crashed, by=person("Technician"))


def test_both_pages_offer_a_crashed_archive(crashed, client):
    client.force_login(crashed.upload.by)
    verb = reverse("studies:retry_archive", args=[crashed.pk])

    for page in (
        reverse("upload:batch", args=[crashed.upload_id]),
        reverse("studies:set_aside_list"),
    ):
        assert verb in client.get(page).content.decode()
    assert client.post(verb).status_code == 302
    assert Archive.objects.get().status == "WAITING"


@pytest.mark.parametrize("role", ["Referrer", "Radiologist", "Scheduler"])
def test_others_take_no_archive_up(crashed, client, person, role):
    client.force_login(person(role))

    assert client.post(reverse("studies:retry_archive", args=[crashed.pk])).status_code == 403
