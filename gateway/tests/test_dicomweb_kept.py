"""What workers have drawn is not drawn again; what is wished otherwise is drawn."""

import pytest

from common.files import absolute
from gateway.tests.asking import address, ask
from studies import limited
from studies.models import Thumbnail
from studies.tests.filing import filed
from studies.tests.made_objects import an_image, ramp, saved

pytestmark = pytest.mark.django_db

SMALL = "/rendered?viewport=256,256"


@pytest.fixture
def image(client, person, tmp_path):
    client.force_login(person("Technician"))
    return filed(saved(an_image(ramp()), tmp_path / "a.dcm"), with_pictures=True)[0]


@pytest.fixture
def drawings(monkeypatch):
    """How often something was drawn."""
    usual, times = limited.draw, []

    def draw(*words, **wishes):
        times.append(wishes)
        return usual(*words, **wishes)

    monkeypatch.setattr(limited, "draw", draw)
    return times


def test_a_picture_of_the_usual_size_is_the_one_that_was_drawn(client, image, drawings):
    answer, body = ask(client, address(image, SMALL), "image/jpeg")

    assert answer.status_code == 200
    assert body == absolute(Thumbnail.objects.get().path).read_bytes()
    assert drawings == []


@pytest.mark.parametrize(
    ("rest", "accept"),
    [
        ("/rendered?viewport=255,255", "image/jpeg"),
        (f"{SMALL}&window=100,200,linear", "image/jpeg"),
        (f"{SMALL}&quality=50", "image/jpeg"),
        (SMALL, "image/png"),
        ("/rendered", "image/jpeg"),
    ],
)
def test_whatever_else_is_wished_is_drawn(client, image, drawings, rest, accept):
    answer, _body = ask(client, address(image, rest), accept)

    assert answer.status_code == 200
    assert len(drawings) == 1


def test_a_picture_that_is_gone_is_drawn_again_under_another_validator(client, image, drawings):
    kept, _body = ask(client, address(image, SMALL), "image/jpeg")
    absolute(Thumbnail.objects.get().path).unlink()

    again, _body = ask(client, address(image, SMALL), "image/jpeg")

    assert again.status_code == 200
    assert len(drawings) == 1
    assert again["ETag"] != kept["ETag"]
