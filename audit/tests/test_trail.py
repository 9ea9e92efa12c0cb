"""The trail: written once, narrowed, read by few."""

import datetime as dt

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from audit import codes
from audit.models import Entry
from audit.services import record
from audit.verbs import Group

TRAIL = reverse("audit:trail")
OWN = reverse("audit:own")

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client, person):
    administrator = person("Administrator")
    client.force_login(administrator)
    return administrator


def found(client, address=TRAIL, **params):
    return [entry.pk for entry in client.get(address, params).context["trail"].entries]


# ── never changed ────────────────────────────────────────────────────────────────────────────────


def by_sql(statement):
    def run():
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(statement)

    return run


@pytest.mark.parametrize(
    "attempt",
    [
        lambda: Entry.objects.update(verb="x"),
        lambda: Entry.objects.all().delete(),
        lambda: Entry(pk=Entry.objects.latest("pk").pk, verb="x").save(),
        by_sql("UPDATE audit_entry SET verb = 'x'"),
        by_sql("DELETE FROM audit_entry"),
        by_sql("TRUNCATE audit_entry"),
        by_sql("TRUNCATE staff_user CASCADE"),
    ],
    ids=["update", "delete", "save", "UPDATE", "DELETE", "TRUNCATE", "TRUNCATE … CASCADE"],
)
def test_the_database_refuses_to_change_or_lose_an_entry(person, attempt):
    entry = record("patient.viewed", person(), by=None)

    refusal = r"Cannot update or delete|never emptied"
    with pytest.raises(DatabaseError, match=refusal), transaction.atomic():
        attempt()

    entry.refresh_from_db()
    assert entry.verb == "patient.viewed"


def test_an_entry_keeps_the_roles_of_its_moment(person):
    somebody = person("Technician")
    before = record("patient.viewed", None, by=somebody)
    somebody.groups.clear()
    after = record("patient.viewed", None, by=somebody)

    before.refresh_from_db()

    assert (before.roles, after.roles) == (["Technician"], [])
    assert list(Entry.objects.in_role("Technician")) == [before]


# ── narrowed ─────────────────────────────────────────────────────────────────────────────────────


def test_every_filter_narrows_the_trail(client, administrator, person):
    technician, engineer = person("Technician"), person("Engineer")
    with time_machine.travel("2026-03-05T10:00:00Z", tick=False):
        wanted = record("patient.viewed", engineer, by=technician, patient=engineer)
    record("procedure.started", administrator, by=administrator)

    for params in (
        {"person": technician.pk},
        {"role": "Technician"},
        {"patient": engineer.pk},
        {"kind": "staff.user", "key": engineer.pk},
        {"verb": "patient.viewed"},
        {"group": "openings"},
        {"until": "2026-03-05"},
        {"since": "2026-03-05", "until": "2026-03-06"},
        {"day": "2026-03-05", "verb": "patient.viewed", "person": technician.pk},
    ):
        assert found(client, **params) == [wanted.pk], params

    assert found(client, day="2026-03-04") == []
    assert found(client, since="2026-03-06", role="Technician") == []


def test_groups_part_the_trail_without_gap_or_overlap(person):
    administrator = person("Administrator")
    Entry.objects.bulk_create(
        [
            Entry(verb="patient.viewed", actor=administrator),
            Entry(verb="patient.corrected", actor=administrator),
            Entry(verb="study.ready", actor_label="CT01"),
            Entry(verb="study.viewed", actor_label="WORKSTATION"),
            Entry(verb="person.signed_in", actor=administrator),
            Entry(verb="person.failed_to_sign_in"),
            Entry(verb="trail.viewed", actor=administrator),
        ]
    )
    verbs = {
        group: sorted(entry.verb for entry in Entry.objects.of_group(group))
        for group in Group.values
    }

    assert verbs == {
        "openings": ["patient.viewed", "study.viewed"],
        "changes": ["patient.corrected"],
        "machines": ["study.ready"],
        "sign-ins": ["person.failed_to_sign_in", "person.signed_in"],
        "trail": ["trail.viewed"],
    }
    assert all(entry.group == group for group in verbs for entry in Entry.objects.of_group(group))


def test_a_day_is_the_departments_day(client, administrator, settings):
    settings.TIME_ZONE = "Pacific/Auckland"
    with time_machine.travel("2026-03-05T12:00:00Z", tick=False):  # the sixth, in Auckland
        late = record("patient.viewed", None, by=administrator)

    assert found(client, day="2026-03-06", verb="patient.viewed") == [late.pk]
    assert found(client, day="2026-03-05", verb="patient.viewed") == []


def test_machines_and_words_are_named_as_people_read_them(client, administrator):
    record("association.refused", None, by=None, sender="STRANGER")
    record("person.signed_in", administrator, by=administrator, how="passkey")
    record("something.unheard_of", administrator, by=administrator)

    page = client.get(TRAIL).content.decode()

    for words in ("STRANGER", "Machine refused", "Signed in", "Something unheard of", "passkey"):
        assert words in page
    assert reverse("audit:person", args=[administrator.pk]) in page


@pytest.mark.parametrize(
    ("verb", "code", "words"),
    [
        ("association.refused", "UNKNOWN_CALLER", "No machine is registered under this AE title"),
        ("procedure.discontinued", "110514", "Wrong worklist entry"),
        ("image.rejected", "111210", "motion"),
        ("incoming.set_aside", "same_uid_other_content", "Same identifier, other content"),
        ("incoming.refused", "not_dicom", "Not a DICOM file"),
        ("incoming.refused", "OF_AN_EARLIER_VERSION", "OF_AN_EARLIER_VERSION"),
    ],
)
def test_codes_are_said_in_words(client, administrator, verb, code, words):
    record(verb, None, by=None, sender="CT01", reason_code=code)

    assert words in client.get(TRAIL).content.decode()


@pytest.mark.parametrize(
    ("verb", "details", "words"),
    [
        ("device.status_changed", {"was": "AWAITING_QC"}, "Awaiting QC"),
        ("study.matched", {"rule": "STUDY_UID"}, "the study identifier of the worklist"),
        ("fault.reported", {"effect": "DOWN"}, "DOWN"),  # of what, nobody can say
    ],
)
def test_choices_are_said_as_their_fields_say_them(client, administrator, verb, details, words):
    record(verb, None, by=None, sender="CT01", **details)

    assert words in client.get(TRAIL).content.decode()


def test_a_choice_is_said_as_the_record_it_is_about_says_it():
    assert codes.word_of("DOWN", "equipment.device") == "Down"
    assert codes.word_of("DOWN", "equipment.maintenanceentry") == "Does not work"


def test_pages_follow_each_other_both_ways(client, administrator):
    for number in range(250):
        record("patient.viewed", None, by=None, number=number)
    numbers = lambda trail: [entry.details["number"] for entry in trail.entries]  # noqa: E731

    def turn(**params):
        return client.get(TRAIL, {"verb": "patient.viewed"} | params).context["trail"]

    first = turn()
    second = turn(before=first.next_before)
    third = turn(before=second.next_before)
    back = turn(after=third.next_after)
    front = turn(after=back.next_after)

    assert numbers(first) == numbers(front) == list(range(249, 149, -1))
    assert numbers(second) == numbers(back) == list(range(149, 49, -1))
    assert numbers(third) == list(range(49, -1, -1))
    assert (third.next_before, first.next_after, front.next_after) == (None, None, None)


def test_what_happened_in_one_moment_is_neither_lost_nor_shown_twice(client, administrator):
    with time_machine.travel("2026-03-05T10:00:00Z", tick=False):
        pks = [record("patient.viewed", None, by=None).pk for _ in range(150)]

    first = client.get(TRAIL, {"day": "2026-03-05"}).context["trail"]
    rest = found(client, day="2026-03-05", before=first.next_before)

    assert [entry.pk for entry in first.entries] + rest == pks[::-1]


def test_the_strip_counts_every_day_of_the_question(client, administrator):
    for day, times in (("2026-03-01", 2), ("2026-03-04", 5)):
        with time_machine.travel(f"{day}T09:00:00Z"):
            for _ in range(times):
                record("patient.viewed", None, by=None)

    bars = client.get(TRAIL, {"day": "2026-03-04"}).context["trail"].days

    assert [(bar.day.day, bar.count) for bar in bars if bar.count] == [(1, 2), (4, 5)]
    assert [bar.day for bar in bars if bar.is_chosen] == [dt.date(2026, 3, 4)]
    assert len(bars) == 30


def test_longer_lists_need_no_more_questions(
    client, administrator, person, django_assert_num_queries, django_assert_max_num_queries
):
    for _ in range(2):
        record("person.signed_in", person("Technician"), by=administrator)
    with django_assert_max_num_queries(22) as few:
        client.get(TRAIL)

    for _ in range(60):
        record("person.signed_in", person("Technician"), by=person("Engineer"))

    with django_assert_num_queries(len(few)):
        client.get(TRAIL)


@pytest.mark.parametrize(
    "params",
    [
        {"person": "x"},
        {"patient": "9" * 40},
        {"day": "soon"},
        {"since": "0001-01-01"},
        {"until": "9999-12-31"},
        {"verb": "\0"},
        {"role": "\0"},
        {"kind": "no.such", "key": "Müller"},
        {"group": "everything else"},
    ],
)
def test_a_filter_that_cannot_be_read_is_said_and_breaks_nothing(client, administrator, params):
    page = client.get(TRAIL, params)

    assert page.status_code == 200
    assert "could not be read" in page.content.decode()


@pytest.mark.parametrize(
    "params", [{"before": "x"}, {"after": "9" * 18}, {"kind": "no.such", "key": "1"}]
)
def test_what_was_never_there_is_no_accident(client, administrator, params):
    assert client.get(TRAIL, params).status_code == 200


# ── who reads it ─────────────────────────────────────────────────────────────────────────────────

ROLES = ["Technician", "Radiologist", "Referrer", "Scheduler", "Engineer"]


@pytest.mark.parametrize("role", ROLES)
def test_nobody_else_reads_the_trail(client, person, role):
    client.force_login(person(role))
    pages = [
        TRAIL,
        reverse("audit:person", args=[1]),
        reverse("audit:record", args=["staff.user", 1]),
        reverse("audit:day", args=[timezone.localdate()]),
        reverse("audit:today"),
        "/api/audit-entries/",
    ]

    assert {client.get(page).status_code for page in pages} == {403}
    assert client.post(reverse("audit:export"), {"format": "csv"}).status_code == 403
    assert client.post(reverse("audit:find"), {"q": "a"}).status_code == 403


@pytest.mark.parametrize("role", [*ROLES, "Administrator"])
def test_everybody_sees_what_they_did_and_nothing_of_others(client, person, role):
    me, other = person(role), person("Technician")
    mine = record("patient.viewed", None, by=me)
    record("patient.viewed", me, by=other, patient=me)
    client.force_login(me)

    seen = client.get(OWN).context["trail"].entries

    assert mine in seen
    assert {entry.actor for entry in seen} == {me}
    for params in ({"person": other.pk}, {"patient": me.pk}):
        assert {entry.actor for entry in client.get(OWN, params).context["trail"].entries} <= {me}


def test_who_holds_no_role_sees_nothing_at_all(client, person):
    client.force_login(person())

    assert client.get(OWN).status_code == 403


def test_signing_in_out_and_failing_to_leaves_a_trace_with_the_computers_address(client, person):
    word = "a long enough password"
    technician = person("Technician", password=word)
    client.post(reverse("account_login"), {"login": technician.username, "password": "wrong one"})
    client.post(
        reverse("account_login"),
        {"login": technician.username, "password": word},
        REMOTE_ADDR="192.0.2.7",
    )
    client.post(reverse("account_logout"))

    verbs = list(Entry.objects.order_by("pk").values_list("verb", "origin"))

    assert verbs == [
        ("person.failed_to_sign_in", "127.0.0.1"),
        ("person.signed_in", "192.0.2.7"),
        ("person.signed_out", "127.0.0.1"),
    ]
    failed = Entry.objects.get(verb="person.failed_to_sign_in")
    assert failed.details == {}


@pytest.mark.parametrize(
    ("behind_proxy", "noted"), [(None, "127.0.0.1"), (("X", "https"), "192.0.2.9")]
)
def test_a_forwarded_address_is_believed_only_behind_our_proxy(rf, settings, behind_proxy, noted):
    from audit.origin import address_of  # noqa: PLC0415

    settings.SECURE_PROXY_SSL_HEADER = behind_proxy
    request = rf.get("/", headers={"X-Forwarded-For": "10.1.1.1, 192.0.2.9"})

    assert address_of(request) == noted
    assert address_of(rf.get("/", REMOTE_ADDR="")) == ""
