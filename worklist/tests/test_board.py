"""The board: what it shows, to whom, how narrowed, with how many queries."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from common.live import poke
from equipment.models import Device
from equipment.tests.factories import DeviceFactory, RoomFactory
from patients.tests.factories import AlertFactory, PatientFactory
from worklist.board import Board, Filters
from worklist.models import ScheduledProcedure
from worklist.tests.factories import OrderFactory, ScheduledProcedureFactory

Status = ScheduledProcedure.Status
BOARD = reverse("worklist:board")

pytestmark = pytest.mark.django_db


@pytest.fixture
def technician(client, person):
    technician = person("Technician")
    client.force_login(technician)
    return technician


def shown(answer) -> set[int]:
    return {row.pk for row in answer.context["board"].rows}


def test_a_row_says_who_what_where_when_and_how_urgent(client, technician):
    patient = PatientFactory.create(
        name_alphabetic="Yamada^Tarou", name_ideographic="山田^太郎", patient_id="MRN-7"
    )
    AlertFactory.create(patient=patient, text="Iopromide: shock")
    order = OrderFactory.create(patient=patient, priority="STAT", procedure_type__needs_side=True)
    ScheduledProcedureFactory.create(
        order=order,
        side="L",
        status=Status.IN_PROGRESS,
        images="ARRIVING",
        images_expected=200,
        images_received=37,
    )

    page = client.get(BOARD).content.decode()

    for words in ("Yamada, Tarou", "山田 太郎", "MRN-7", "STAT", "Left", "37 of 200", "Iopromide"):
        assert words in page
    assert order.procedure_type.meaning in page
    assert 'data-state="IN_PROGRESS"' in page


@pytest.mark.parametrize(
    ("status", "verb"),
    [
        (Status.SCHEDULED, "arrive"),
        (Status.ARRIVED, "start"),
        (Status.READY, "start"),
        (Status.IN_PROGRESS, "complete"),
        (Status.ACQUIRED, "complete"),
        (Status.ON_HOLD, "resume"),
    ],
)
def test_the_one_next_verb_is_on_the_row(client, technician, status, verb):
    procedure = ScheduledProcedureFactory.create(status=status)

    page = client.get(BOARD).content.decode()

    assert f'hx-post="{reverse(f"worklist:{verb}", args=[procedure.pk])}"' in page


def test_nobody_is_offered_a_start_on_a_table_that_is_taken_or_down(client, technician):
    busy, down = DeviceFactory.create(), DeviceFactory.create(status=Device.Status.DOWN)
    ScheduledProcedureFactory.create(device=busy, status=Status.IN_PROGRESS)
    ScheduledProcedureFactory.create(device=busy, status=Status.ARRIVED)
    ScheduledProcedureFactory.create(device=down, status=Status.ARRIVED)

    page = client.get(BOARD).content.decode()

    assert "/start/" not in page
    assert f"{busy} is taken" in page
    assert f"{down} is down" in page


def test_whoever_may_not_perform_sees_no_verbs(client, person):
    client.force_login(person("Radiologist"))
    ScheduledProcedureFactory.create(status=Status.ARRIVED)

    assert 'hx-post="/worklist/procedures' not in client.get(BOARD).content.decode()


def test_a_referrer_has_no_board(client, person):
    client.force_login(person("Referrer"))

    assert client.get(BOARD).status_code == 403


def test_the_filters_narrow_and_their_counts_show_the_alternatives(client, technician):
    ct, mr = DeviceFactory.create(), DeviceFactory.create(modality="MR")
    waiting = ScheduledProcedureFactory.create(device=ct, status=Status.ARRIVED)
    done = ScheduledProcedureFactory.create(
        device=ct, status=Status.COMPLETED, performed_by=technician
    )
    other = ScheduledProcedureFactory.create(device=mr)

    assert shown(client.get(BOARD)) == {waiting.pk, other.pk}
    assert shown(client.get(BOARD, {"state": "waiting"})) == {waiting.pk}
    assert shown(client.get(BOARD, {"state": "finished"})) == {done.pk}
    assert shown(client.get(BOARD, {"state": "all", "mine": "1"})) == {done.pk}
    assert shown(client.get(BOARD, {"modality": "MR"})) == {other.pk}
    assert shown(client.get(BOARD, {"room": ct.room.pk})) == {waiting.pk}
    board = client.get(BOARD, {"modality": "MR"}).context["board"]
    assert {choice.key: choice.number for choice in board.modalities} == {"CT": 1, "MR": 1}
    assert {choice.key: choice.number for choice in board.groups}["open"] == 1


@pytest.mark.parametrize(
    "params",
    [
        {"room": "x"},
        {"room": "99999999999999999999"},
        {"modality": "<b>"},
        {"state": "?"},
        {"day": "2026-13-45"},
        {"day": "0001-01-01"},
        {"day": "9999-12-31"},
        {"mine": "yes"},
    ],
)
def test_nonsense_in_the_address_never_breaks_the_board(client, technician, params):
    ScheduledProcedureFactory.create()

    assert client.get(BOARD, params).status_code == 200


@pytest.mark.parametrize("words", ["\0'\"; --", "a" * 5000])
def test_nonsense_in_the_words_never_breaks_the_board(client, technician, words):
    ScheduledProcedureFactory.create()

    assert client.post(BOARD, {"words": words}).status_code == 200


def test_words_are_posted_and_never_stand_in_an_address(client, technician):
    wanted = ScheduledProcedureFactory.create(
        order__patient__name_alphabetic="Yamada^Tarou", status=Status.ARRIVED
    )
    ScheduledProcedureFactory.create()

    found = client.post(f"{BOARD}?state=waiting", {"words": "yamada"})

    assert shown(found) == {wanted.pk}
    assert "words=" not in found.content.decode()
    assert shown(client.get(BOARD, {"words": "nobody"})) != set()


def test_the_refresh_of_a_list_with_words_posts_them_again(client, technician):
    page = client.post(f"{BOARD}?state=all", {"words": "yamada"}).content.decode()

    assert f'hx-post="{BOARD}?state=all" hx-include="#board-words"' in page


def test_tomorrow_is_another_list(client, technician):
    tomorrow = ScheduledProcedureFactory.create(
        scheduled_start=timezone.now() + dt.timedelta(days=1)
    )
    ScheduledProcedureFactory.create()

    assert shown(client.get(BOARD, {"day": "tomorrow"})) == {tomorrow.pk}


@pytest.mark.parametrize(
    ("made", "address", "words", "sentence"),
    [
        ({}, "?day=yesterday", "", "Nothing is scheduled on this day"),
        ({"status": Status.COMPLETED}, "", "", "Everything is done"),
        ({}, "", "nobody", "Nothing fits these filters"),
        ({}, "?state=held", "", "No procedure is in this state"),
    ],
)
def test_an_empty_board_says_why(client, technician, made, address, words, sentence):
    ScheduledProcedureFactory.create(**made)

    assert sentence in client.post(BOARD + address, {"words": words}).content.decode()


def test_whoever_was_squeezed_in_and_whose_screening_is_open_is_marked(client, technician):
    ScheduledProcedureFactory.create(screening="OPEN")

    page = client.get(BOARD).content.decode()

    assert "squeezed in" in page
    assert "screening open" in page


def test_a_scheduler_can_move_whoever_has_arrived(client, person):
    client.force_login(person("Scheduler"))
    procedure = ScheduledProcedureFactory.create(status=Status.ARRIVED)

    page = client.get(BOARD).content.decode()

    assert f'href="{reverse("worklist:move", args=[procedure.pk])}"' in page


def test_htmx_gets_the_live_part_alone_and_nothing_at_all_when_nothing_changed(client, technician):
    ScheduledProcedureFactory.create(scheduled_start=timezone.now() - dt.timedelta(days=30))
    live = {"HX-Request": "true"}

    first = client.get(BOARD, headers=live)
    again = client.get(BOARD, headers=live | {"If-None-Match": first["ETag"]})
    ScheduledProcedureFactory.create()
    poke("board")
    changed = client.get(BOARD, headers=live | {"If-None-Match": first["ETag"]})

    assert first.content.decode().lstrip().startswith('<section id="board"')
    assert again.status_code == 304
    assert changed.status_code == 200


def test_the_board_asks_as_much_for_two_hundred_as_for_two(
    client, technician, django_assert_num_queries, django_assert_max_num_queries
):
    def list_of(number: int) -> None:
        for order in OrderFactory.create_batch(number):
            AlertFactory.create_batch(2, patient=order.patient)
            ScheduledProcedureFactory.create(order=order, device=device)

    device = DeviceFactory.create()
    list_of(2)
    client.get(BOARD)
    with django_assert_max_num_queries(16) as few:
        client.get(BOARD)

    list_of(40)
    with django_assert_num_queries(len(few)):
        page = client.get(BOARD)

    assert len(page.context["board"].rows) == 42


def test_rows_and_counts_are_three_queries(technician, django_assert_num_queries, rf):
    order = OrderFactory.create()
    AlertFactory.create(patient=order.patient)
    ScheduledProcedureFactory.create(order=order)
    technician.get_all_permissions()

    with django_assert_num_queries(3):
        board = Board(technician, Filters.of(rf.get(BOARD).GET))
        assert board.rows
        assert board.groups
        assert board.rooms


def test_rooms_to_choose_from_stand_in_the_order_that_people_count_in(technician, rf):
    for name in ("CT 10", "CT 9", "Ärztezimmer"):
        room = RoomFactory.create(name=name)
        ScheduledProcedureFactory.create(device=DeviceFactory.create(room=room))

    board = Board(technician, Filters.of(rf.get(BOARD).GET))

    assert [choice.label for choice in board.rooms] == ["Ärztezimmer", "CT 9", "CT 10"]


def test_the_live_part_brings_the_frame_around_it(client, technician):
    ScheduledProcedureFactory.create(status="ARRIVED", arrived_at=timezone.now())
    client.force_login(technician)

    whole = client.get(reverse("worklist:board")).content.decode()
    live = client.get(reverse("worklist:board"), headers={"HX-Request": "true"}).content.decode()

    assert 'id="rail-places" hx-swap-oob="morph"' in live
    assert "1 waiting" in live
    assert "live:soon-board" not in whole  # the rail need not ask by itself


def test_a_whole_accession_number_opens_the_examination_of_whoever_works_on_it(client, person):
    procedure = ScheduledProcedureFactory.create()
    number = procedure.order.accession_number

    def opened_by(role: str, typed: str) -> str:
        client.force_login(person(role))
        return client.post(reverse("patients:list"), {"q": typed}).headers.get("Location", "")

    page = reverse("worklist:procedure", args=[procedure.pk])
    assert opened_by("Technician", number.lower()) == page
    assert opened_by("Scheduler", number) == page
    assert opened_by("Radiologist", number) == ""
    ScheduledProcedureFactory.create(order=procedure.order)
    assert opened_by("Technician", number) == ""
