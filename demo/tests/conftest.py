"""What the tests of the demonstration share."""

import pytest

from demo.tests.small import small_objects_of


@pytest.fixture
def small_pictures(monkeypatch):
    monkeypatch.setattr("demo.images.objects_of", small_objects_of)
