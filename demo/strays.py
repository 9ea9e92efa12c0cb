"""What came through the door and went nowhere by itself."""

import datetime as dt

from demo.cast import Cast
from demo.images import file_all, send_broken, send_of_somebody_else, upload_disc
from demo.timeline import Timeline
from demo.visit import Visit


def plan_strays(cast: Cast, timeline: Timeline, visits: list[Visit]) -> None:
    """A disc from elsewhere, another patient's image under an order's number, half an object."""

    def ago(minutes: int) -> dt.datetime:
        return cast.now - dt.timedelta(minutes=minutes)

    [mistaken, *_rest] = (visit for visit in visits if visit.line.report == "preliminary")
    timeline.add(ago(110), lambda: upload_disc(cast.people["technician"]))
    timeline.add(ago(70), lambda: send_of_somebody_else(mistaken.step))
    timeline.add(ago(45), lambda: send_broken("TEST_SCU"))
    for minutes in (70, 45):
        timeline.add(ago(minutes), file_all)
