"""The data folder: whose turn it is, what is refused, and the secret key."""

import errno
import os
import shutil
import subprocess
import sys

import pytest

from common.place import Lock, Place, Unusable, is_running, sentence_about


@pytest.fixture
def place(tmp_path) -> Place:
    place = Place.at(tmp_path / "data")
    place.make()
    return place


def test_one_department_at_a_time_per_folder(place):
    first, second = Lock(place), Lock(place)
    assert first.take()
    first.say("process 7, http://127.0.0.1:8000/")

    assert not second.take()

    assert second.holder() == "process 7, http://127.0.0.1:8000/"
    assert is_running(place)
    first.release()
    assert not is_running(place)


def test_the_lock_goes_with_the_process_that_held_it(place):
    code = (
        "import sys, os, signal; from common.place import Lock, Place;"
        "assert Lock(Place.at(sys.argv[1])).take();"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    died = subprocess.run([sys.executable, "-c", code, str(place.data)], check=False)

    assert died.returncode == -9
    assert not is_running(place)


def test_the_secret_key_is_made_once_and_is_its_owners_alone(place):
    key = place.secret_key()

    assert len(key) > 50
    assert place.secret_key() == key
    assert (place.data / "secret-key").stat().st_mode & 0o777 == 0o600


def test_a_long_path_keeps_its_sockets_in_the_temporary_folder(tmp_path):
    long = Place.at(tmp_path / ("a" * 60) / ("b" * 60))

    assert len(os.fsencode(long.run / ".s.PGSQL.5432.lock")) < 108
    assert long.run != Place.at(tmp_path / ("a" * 60) / ("c" * 60)).run


def test_a_full_disk_is_one_sentence(tmp_path, monkeypatch):
    usage = shutil._ntuple_diskusage(10**9, 10**9 - 5 * 1024**2, 5 * 1024**2)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)

    with pytest.raises(Unusable, match=r"disk of .* is full: 5 MB are free, and 300 MB are needed"):
        Place.at(tmp_path / "data").make()


def test_a_folder_that_cannot_be_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(Unusable, match="cannot be used"):
        Place.at(tmp_path / "file" / "data").make()


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.ENOSPC, "is full"), (errno.EACCES, "may not be written"), (errno.EROFS, "--data-dir")],
)
def test_every_refusal_of_the_file_system_says_what_to_do(number, words):
    assert words in sentence_about(OSError(number, os.strerror(number)), "/data")
