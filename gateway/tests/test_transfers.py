"""Sending studies to other machines and fetching earlier ones: rows, tries, and what people see."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from pynetdicom import evt

from audit.models import Entry
from audit.services import record
from common.refusals import Refused
from equipment.models import Node
from equipment.tests.factories import DeviceFactory, NodeFactory
from gateway.calling.archives import There
from gateway.dimse import admission
from gateway.dimse.admission import Refusal
from gateway.dimse.refusals import forget, note
from gateway.tests.archive import EXPLICIT, IMPLICIT, Received
from gateway.tests.machines import machine, port_of
from gateway.transfers import carry_next
from gateway.wording import WHY_TURNED_AWAY
from studies.models import Instance, SentObject, Transfer
from studies.models.transfer import BACK_OFF
from studies.services import cancel_transfer, retry_transfer, send_study
from studies.tests.filing import filed, renamed

pytestmark = pytest.mark.django_db(transaction=True)
CT = "1.2.840.10008.5.1.4.1.1.2"
Status = Transfer.Status


@pytest.fixture
def study(samples, tmp_path):
    sources = [samples / f"syntax/ct_{IMPLICIT}.dcm"] * 3
    return filed(*renamed(sources, tmp_path))[0].series.study


@pytest.fixture
def technician(person):
    return person("Technician")


def receiver(received: Received, **facts):
    return machine([(CT, [IMPLICIT, EXPLICIT])], [(evt.EVT_C_STORE, received.handle)], **facts)


def archive(server=None, port=0, **facts):
    return NodeFactory.create(
        name="Archive",
        ae_title="OTHER",
        address="127.0.0.1",
        port=port_of(server) if server else port,
        **{"may_receive": True, **facts},
    )


def carried(transfer: Transfer) -> Transfer:
    """After one more try of a worker."""
    Transfer.objects.filter(pk=transfer.pk).update(next_attempt_at=timezone.now())
    assert carry_next()
    transfer.refresh_from_db()
    return transfer


def test_a_study_is_sent_whole_and_leaves_a_trace(study, technician):
    received = Received()
    with receiver(received) as server:
        transfer = carried(send_study(study, archive(server), by=technician))

    assert (transfer.status, transfer.done, transfer.total) == (Status.DONE, 3, 3)
    assert set(received.objects) == set(Instance.objects.values_list("sop_instance_uid", flat=True))
    entry = Entry.objects.get(verb="study.sent")
    assert (entry.actor, entry.patient_id) == (technician, study.patient_id)
    assert transfer.node.answered_at is not None


def test_one_series_is_sent_alone(study, technician, samples, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    filed(
        *renamed(
            [samples / f"syntax/ct_{IMPLICIT}.dcm"],
            other,
            StudyInstanceUID=study.study_instance_uid,
        )
    )
    received = Received()
    with receiver(received) as server:
        series = study.series.latest("pk")
        transfer = carried(send_study(study, archive(server), by=technician, series=series))

    assert (transfer.status, transfer.total, len(received.objects)) == (Status.DONE, 1, 1)


def test_what_arrived_is_not_sent_again(study, technician):
    received = Received()
    with receiver(received) as server:
        transfer = send_study(study, archive(server), by=technician)
        first = Instance.objects.earliest("pk")
        SentObject.objects.create(transfer=transfer, instance=first, status=0, is_taken=True)
        carried(transfer)

    assert transfer.done == 3
    assert first.sop_instance_uid not in received.objects
    assert len(received.objects) == 2


def test_a_machine_that_is_away_is_tried_again_by_the_table_and_then_given_up(study, technician):
    with machine() as server:
        port = port_of(server)
    transfer = send_study(study, archive(port=port), by=technician)

    for pause in BACK_OFF:
        before = timezone.now()
        carried(transfer)
        assert transfer.status == Status.WAITING
        assert transfer.next_attempt_at >= before + dt.timedelta(seconds=pause)
        assert "Nothing listens" in transfer.reason
        assert not carry_next()

    assert carried(transfer).status == Status.FAILED
    transfer.node.refresh_from_db()
    assert "Nothing listens" in transfer.node.trouble


def test_a_machine_that_does_not_know_us_is_not_tried_again(study, technician):
    with machine(require_calling_aet=["SOMEBODY"]) as server:
        transfer = carried(send_study(study, archive(server), by=technician))

    assert transfer.status == Status.FAILED
    assert "does not know our AE title" in transfer.reason


def test_what_is_refused_is_tried_anew_when_somebody_says_so(study, technician):
    received = Received(status=0xA700)
    with receiver(received) as server:
        transfer = carried(send_study(study, archive(server), by=technician))
        failed = (transfer.status, transfer.done, transfer.failed, transfer.reason)
        received.status = 0
        transfer = carried(retry_transfer(transfer, by=technician))

    assert failed == (Status.FAILED, 0, 3, "Archive answered A700H.")
    assert (transfer.status, transfer.done, transfer.failed) == (Status.DONE, 3, 0)


def test_a_cancelled_one_stops_in_the_middle(study, technician, monkeypatch):
    monkeypatch.setattr("gateway.transfers.SAY_SECONDS", 0)
    transfers: list[Transfer] = []

    def cancel_at_once(_event):
        if Transfer.objects.waiting().exists():
            cancel_transfer(transfers[0], by=technician)
        return 0

    with machine([(CT, [IMPLICIT])], [(evt.EVT_C_STORE, cancel_at_once)]) as server:
        transfers.append(send_study(study, archive(server), by=technician))
        carried(transfers[0])

    assert transfers[0].status == Status.CANCELLED
    assert SentObject.objects.count() == 1


def test_a_spell_ends_and_the_next_goes_on(study, technician, monkeypatch):
    monkeypatch.setattr("gateway.transfers.SPELL_SECONDS", -1)
    received = Received()
    with receiver(received) as server:
        transfer = carried(send_study(study, archive(server), by=technician))
        assert (transfer.status, transfer.attempts) == (Status.WAITING, 0)
        monkeypatch.undo()
        carried(transfer)

    assert transfer.status == Status.DONE


def test_pressing_twice_sends_once(study, technician):
    node = archive(port=104)
    send_study(study, node, by=technician)

    with pytest.raises(Refused, match="on its way already"):
        send_study(study, node, by=technician)


def test_a_node_that_may_not_receive_is_refused(study, technician):
    with pytest.raises(Refused, match="may not be sent"):
        send_study(study, archive(port=104, may_receive=False), by=technician)


LEGAL = {
    (Status.WAITING, Status.DONE),
    (Status.WAITING, Status.FAILED),
    (Status.WAITING, Status.CANCELLED),
    (Status.FAILED, Status.WAITING),
    (Status.CANCELLED, Status.WAITING),
}


@pytest.mark.parametrize("current", Status)
@pytest.mark.parametrize("wanted", Status)
def test_only_the_known_moves_are_legal(current, wanted):
    assert Transfer(status=current).can_move_to(wanted) is ((current, wanted) in LEGAL)


# ── pages ────────────────────────────────────────────────────────────────────────────────────────


def test_a_study_s_page_offers_the_machines_and_sends(client, study, technician):
    node = archive(port=104)
    client.force_login(technician)

    page = client.get(reverse("transfers:of_study", args=[study.study_instance_uid]))
    sent = client.post(
        reverse("transfers:send", args=[study.study_instance_uid]), {"node": node.pk}
    )

    assert b"Archive" in page.content
    assert sent.status_code == 302
    assert Transfer.objects.get().asked_by == technician
    listed = client.get(reverse("transfers:list"))
    assert b"Under way" in listed.content


def test_whoever_may_not_send_is_turned_away(client, study, person):
    client.force_login(person("Referrer"))

    for name in ("transfers:of_study", "transfers:send"):
        answer = client.post(reverse(name, args=[study.study_instance_uid]), {"node": 1})
        assert answer.status_code in {403, 405}
    assert client.get(reverse("transfers:list")).status_code == 403


def test_a_device_is_called_from_its_page(client, person):
    client.force_login(person("Engineer"))
    with machine() as server:
        device = DeviceFactory.create(ae_title="OTHER", address="127.0.0.1", port=port_of(server))
        answers = client.post(reverse("transfers:echo_device", args=[device.pk]))
    away = client.post(reverse("transfers:echo_device", args=[device.pk]))

    assert b"answered" in answers.content
    assert b"Nothing listens" in away.content
    device.refresh_from_db()
    assert device.answered_at is not None
    assert client.get(reverse("transfers:machines")).status_code == 200


# ── earlier examinations ─────────────────────────────────────────────────────────────────────────


@pytest.fixture
def other_archive(listener, study):
    """Another archive: our own listener, asked as if it were somebody else's."""
    NodeFactory.create(
        name="Ourselves",
        ae_title="IMAGING_DEPT",
        address="127.0.0.1",
        port=listener.port,
        may_store=True,
        may_retrieve=True,
        may_receive=True,
        is_archive=True,
    )
    return listener


def test_an_archive_is_asked_and_what_is_chosen_is_fetched(
    client, other_archive, study, technician
):
    client.force_login(technician)
    node = Node.objects.archives().get()
    asked = client.post(reverse("transfers:ask", args=[study.patient_id, node.pk]))
    [(there, ticket, is_here)] = asked.context["found"]

    fetched = client.post(
        reverse("transfers:fetch", args=[study.patient_id, node.pk]), {"study": ticket}
    )
    transfer = carried(Transfer.objects.get())

    assert (there.study_uid, is_here) == (study.study_instance_uid, True)
    assert there.name == "Phantom^Test"
    assert fetched.status_code == 302
    assert (transfer.status, transfer.done, transfer.reason) == (Status.DONE, 3, "")
    assert Entry.objects.filter(verb="study.fetched", actor=technician).exists()


def test_a_forged_choice_is_refused(client, other_archive, study, technician):
    client.force_login(technician)
    address = reverse("transfers:fetch", args=[study.patient_id, Node.objects.archives().get().pk])

    assert client.post(address, {"study": "1.2.3"}).status_code == 409
    assert client.post(address).status_code == 409
    assert not Transfer.objects.exists()


def test_an_archive_that_is_away_says_so_on_the_page(client, study, technician):
    with machine() as server:
        port = port_of(server)
    node = archive(port=port, is_archive=True)
    client.force_login(technician)

    answer = client.post(reverse("transfers:ask", args=[study.patient_id, node.pk]))

    assert b"Nothing listens" in answer.content


def test_one_archive_answers_in_its_own_line_and_what_others_said_stays(
    client, other_archive, study, technician, monkeypatch
):
    client.force_login(technician)
    node = Node.objects.archives().get()
    NodeFactory.create(name="The other one", address="127.0.0.1", port=104, is_archive=True)
    there = There("1.2.3", "P1", "", "Maier^Anna", "19700101", "F", "20240101", "MR", "MR", "", 9)
    monkeypatch.setattr("gateway.elsewhere.studies_of", lambda *_: [there])
    address, htmx = (study.patient_id, node.pk), {"HX-Request": "true"}
    line = client.post(reverse("transfers:ask", args=address), headers=htmx)
    [found] = line.context["found"]

    begun = client.post(
        reverse("transfers:fetch", args=address), {"study": found.ticket}, headers=htmx
    ).content.decode()
    again = client.post(reverse("transfers:ask", args=address), headers=htmx).content.decode()

    assert b"The other one" not in line.content
    assert "1 examination asked for" in begun
    assert 'id="on-its-way" hx-swap-oob="true"' in begun
    assert "The other one" not in begun
    assert "on its way" in again
    assert 'name="study"' not in again


def test_archives_stand_in_the_order_that_people_count_in(client, study, technician):
    for name in ("Archive 13", "archive 2", "Archive", "Ärzte 1"):
        NodeFactory.create(name=name, address="127.0.0.1", port=104, is_archive=True)
    client.force_login(technician)

    page = client.get(reverse("transfers:elsewhere", args=[study.patient_id]))

    names = [node.name for node in page.context["archives"]]
    assert names == ["Archive", "archive 2", "Archive 13", "Ärzte 1"]


def test_who_was_turned_away_is_shown_with_the_reason_to_who_cares_for_machines(client, person):
    note("ct01", "10.0.0.7", admission.UNKNOWN_CALLER)
    note("CT01", "10.0.0.8", admission.MUST_USE_TLS)
    record("association.refused", None, by=None, sender="OLD", reason="as it was once written")
    forget()
    client.force_login(person("Engineer"))

    page = client.get(reverse("transfers:machines")).content.decode()

    for words in (
        "<code>ct01</code>",
        "10.0.0.7",
        "another address",
        "must call by TLS",
        "once written",
    ):
        assert words in page


def test_every_refusal_is_noted_by_its_code_and_has_words():
    refusals = {name: it for name, it in vars(admission).items() if isinstance(it, Refusal)}

    assert set(refusals) == {it.code for it in refusals.values()} == set(WHY_TURNED_AWAY)
