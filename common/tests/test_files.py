"""Kept files lie in the data folder, and no path leads out of it."""

import pytest

from common.files import absolute


@pytest.fixture
def data(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "data"
    return settings.DATA_DIR


@pytest.mark.parametrize("path", ["a.dcm", "objects/2026/11/30/a.dcm", "objects/../a.dcm", "./a"])
def test_a_path_within_the_data_folder_is_a_place_in_it(data, path):
    assert absolute(path).is_relative_to(data)


@pytest.mark.parametrize(
    "path",
    [
        "..",
        "../a.dcm",
        "objects/../../a.dcm",
        "/etc/passwd",
        "/",
        "../data-evil/a.dcm",  # begins as the folder does
        "",  # the folder itself is no file
        ".",
        "objects/..",
    ],
)
def test_a_path_that_leaves_the_data_folder_is_refused(data, path):
    with pytest.raises(ValueError, match="leaves the data folder"):
        absolute(path)


def test_a_folder_whose_name_begins_alike_is_another_one(data):
    with pytest.raises(ValueError, match="leaves the data folder"):
        absolute(f"{data}-evil/a.dcm")

    assert absolute(f"{data}/a.dcm") == data / "a.dcm"
