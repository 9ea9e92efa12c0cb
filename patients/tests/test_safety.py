"""The safety record: what is noted, what contradicts it, how old it is, and who may touch it."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import Entry
from common.refusals import Refused
from patients.models import Alert, AskAgain
from patients.safety_record import SafetyRecord
from patients.services import Facts, confirm_alert, end_alert, note_alert
from patients.tests.factories import AlertFactory, PatientFactory

pytestmark = pytest.mark.django_db
NONE = Facts(is_absent=True)


def value(egfr: int, days_ago: int) -> Facts:
    return Facts(egfr=egfr, observed_on=timezone.localdate() - dt.timedelta(days=days_ago))


# ── noting ───────────────────────────────────────────────────────────────────────────────────────


def test_an_entry_is_noted_with_its_author_and_leaves_its_kind_in_the_trail(person):
    technician = person("Technician")

    alert = note_alert(
        PatientFactory.create(),
        kind="ALLERGY",
        text=" Latex: rash ",
        by=technician,
        source="a letter",
    )

    assert (alert.text, alert.noted_by, alert.source) == ("Latex: rash", technician, "a letter")
    entry = Entry.objects.get(verb="alert.noted")
    assert entry.details == {"kind": "ALLERGY"}
    assert entry.patient_id == alert.patient_id


def test_no_known_allergies_cannot_stand_beside_an_allergy():
    patient = AlertFactory.create(text="Latex").patient

    with pytest.raises(Refused, match="“Latex” is on the record"):
        note_alert(patient, kind="ALLERGY", by=None, facts=NONE)

    assert Alert.objects.absent().count() == 0


def test_what_is_found_takes_the_place_of_the_note_that_there_is_nothing():
    patient = PatientFactory.create()
    nothing = note_alert(patient, kind="ALLERGY", by=None, facts=NONE)

    found = note_alert(patient, kind="ALLERGY", text="Latex", by=None)

    nothing.refresh_from_db()
    assert nothing.text == "No known allergies"
    assert not nothing.is_active
    assert nothing.replaced_by == found


def test_saying_again_that_there_is_nothing_confirms_it(person):
    patient, technician = PatientFactory.create(), person("Technician")
    first = note_alert(patient, kind="IMPLANT", by=None, facts=NONE)

    again = note_alert(patient, kind="IMPLANT", by=technician, facts=NONE)

    assert again.pk == first.pk
    assert again.confirmed_by == technician


def test_an_answer_about_pregnancy_replaces_the_one_before():
    patient = PatientFactory.create()
    maybe = note_alert(patient, kind="PREGNANCY", by=None, facts=Facts(pregnancy_status=2))

    no = note_alert(patient, kind="PREGNANCY", by=None, facts=Facts(pregnancy_status=1))

    maybe.refresh_from_db()
    assert no.is_absent
    assert not maybe.is_active
    assert list(Alert.objects.in_force()) == [no]


def test_kidney_values_make_a_history_in_which_a_late_letter_replaces_nothing():
    patient = PatientFactory.create()
    for egfr, days_ago in ((60, 90), (25, 5), (50, 40)):
        note_alert(patient, kind="KIDNEY", by=None, facts=value(egfr, days_ago))

    (standing,) = Alert.objects.in_force()

    assert standing.egfr == 25
    assert standing.severity == Alert.Severity.DANGER
    assert [one.egfr for one in Alert.objects.kidney_values()] == [60, 50, 25]


def test_a_mistaken_value_leaves_the_curve(person):
    patient = PatientFactory.create()
    wrong = note_alert(patient, kind="KIDNEY", by=None, facts=value(6, 3))
    end_alert(wrong, reason="Another patient's blood", by=person("Technician"))
    note_alert(patient, kind="KIDNEY", by=None, facts=value(60, 2))

    assert SafetyRecord(patient).trend is None
    assert [one.egfr for one in Alert.objects.kidney_values()] == [60]


@pytest.mark.parametrize(
    ("kind", "facts", "text", "sentence"),
    [
        ("ALLERGY", Facts(egfr=40, observed_on=dt.date(2026, 1, 1)), "x", "other facts"),
        ("KIDNEY", Facts(mr_condition="SAFE"), "x", "other facts"),
        ("ALLERGY", Facts(), "  ", "Say in a few words"),
        ("ALLERGY", Facts(observed_on=dt.date(9999, 1, 1)), "x", "future"),
        ("KIDNEY", Facts(is_absent=True, egfr=9, observed_on=dt.date(2026, 1, 1)), "", "absence"),
    ],
)
def test_senseless_entries_are_refused_with_a_sentence(kind, facts, text, sentence):
    with pytest.raises(Refused, match=sentence):
        note_alert(PatientFactory.create(), kind=kind, text=text, by=None, facts=facts)

    assert not Alert.objects.exists()


@pytest.mark.parametrize(
    ("kind", "facts", "severity"),
    [
        ("IMPLANT", Facts(mr_condition="UNSAFE"), "DANGER"),
        ("IMPLANT", Facts(mr_condition="UNKNOWN"), "CAUTION"),
        ("IMPLANT", Facts(mr_condition="SAFE"), "INFO"),
        ("PREGNANCY", Facts(pregnancy_status=3), "DANGER"),
        ("KIDNEY", Facts(egfr=44, observed_on=dt.date(2026, 1, 1)), "CAUTION"),
        ("KIDNEY", Facts(egfr=90, observed_on=dt.date(2026, 1, 1)), "INFO"),
    ],
)
def test_how_grave_it_is_follows_from_the_facts(kind, facts, severity):
    patient = PatientFactory.create()

    assert note_alert(patient, kind=kind, text="x", by=None, facts=facts).severity == severity


# ── confirming, ending, growing old ──────────────────────────────────────────────────────────────


def test_an_old_entry_is_asked_again_until_somebody_confirms_it(person):
    long_ago = timezone.now() - dt.timedelta(days=400)
    alert = AlertFactory.create(noted_at=long_ago, observed_on=dt.date(2001, 1, 1))
    assert Alert.objects.with_ages().get().needs_asking

    confirm_alert(alert, by=person("Technician"))

    assert not Alert.objects.with_ages().get().needs_asking
    assert Entry.objects.get(verb="alert.confirmed").details == {"kind": "ALLERGY"}


def test_the_department_says_when_an_entry_is_old():
    AlertFactory.create(noted_at=timezone.now() - dt.timedelta(days=10))
    AskAgain.objects.filter(kind="ALLERGY").update(valid_days=9)
    assert Alert.objects.with_ages().get().needs_asking

    AskAgain.objects.filter(kind="ALLERGY").update(valid_days=0)
    assert not Alert.objects.with_ages().get().needs_asking


def test_a_value_is_as_old_as_its_measurement():
    patient = PatientFactory.create()
    note_alert(patient, kind="KIDNEY", by=None, facts=value(60, 91))

    assert Alert.objects.with_ages().get().needs_asking


def test_a_measured_value_is_not_confirmed(person):
    alert = note_alert(PatientFactory.create(), kind="KIDNEY", by=None, facts=value(60, 91))

    with pytest.raises(Refused, match="measured, not confirmed"):
        confirm_alert(alert, by=person("Technician"))


def test_an_entry_ends_with_a_reason_and_stays_readable(person):
    technician, alert = person("Technician"), AlertFactory.create()
    with pytest.raises(Refused, match="Say why"):
        end_alert(alert, reason="  ", by=technician)

    ended = end_alert(alert, reason="Tested negative", by=technician)

    assert (ended.is_active, ended.end_reason, ended.ended_by) == (
        False,
        "Tested negative",
        technician,
    )
    entry = Entry.objects.get(verb="alert.ended")
    assert entry.details == {"kind": "ALLERGY"}
    for again in (
        lambda: end_alert(alert, reason="x", by=technician),
        lambda: confirm_alert(alert, by=technician),
    ):
        with pytest.raises(Refused, match="has ended"):
            again()


# ── pages ────────────────────────────────────────────────────────────────────────────────────────


def test_the_record_shows_what_is_known_how_old_it_is_and_what_nobody_asked(client, person):
    client.force_login(person("Technician"))
    patient = PatientFactory.create(sex="M")
    AlertFactory.create(patient=patient, noted_at=timezone.now() - dt.timedelta(days=400))
    note_alert(patient, kind="KIDNEY", by=None, facts=value(60, 80))
    note_alert(patient, kind="KIDNEY", by=None, facts=value(38, 2))
    note_alert(patient, kind="INFECTION", by=None, facts=NONE)

    page = client.get(reverse("patients:safety", args=[patient.pk])).content.decode()

    assert "Ask again" in page
    assert "<polyline" in page
    assert "No infection precautions" in page
    not_asked = page.split("Not asked yet", 1)[1]
    assert "Contrast reaction" in not_asked
    assert "Pregnancy" not in not_asked


def test_the_record_of_many_entries_asks_as_few_questions(
    client, person, django_assert_num_queries, django_assert_max_num_queries
):
    client.force_login(person("Technician"))
    patient = AlertFactory.create().patient
    address = reverse("patients:patient", args=[patient.pk])
    client.get(address)
    with django_assert_max_num_queries(24) as few:
        client.get(address)
    AlertFactory.create_batch(20, patient=patient)

    with django_assert_num_queries(len(few)):
        client.get(address)


def test_an_entry_is_noted_in_the_dialog_and_the_panel_comes_back(client, person):
    client.force_login(person("Radiologist"))
    patient = PatientFactory.create()
    address = reverse("patients:note_alert", args=[patient.pk])
    form = client.get(address, {"kind": "IMPLANT"}, headers={"HX-Request": "true"})
    assert 'name="mr_condition"' in form.content.decode()

    empty = client.post(
        address, {"kind": "IMPLANT", "text": "Stent"}, headers={"HX-Request": "true"}
    )
    noted = client.post(
        address,
        {"kind": "IMPLANT", "text": "Stent", "mr_condition": "CONDITIONAL", "mr_details": "3 T"},
        headers={"HX-Request": "true"},
    )

    assert empty.status_code == 422
    assert noted["HX-Retarget"] == "#safety"
    assert "Stent" in noted.content.decode()
    assert Alert.objects.get().words == "Stent (MR conditional: 3 T)"


def test_no_implant_is_mr_safe_because_nobody_chose(client, person):
    client.force_login(person("Technician"))
    patient = PatientFactory.create()

    page = client.get(reverse("patients:note_alert", args=[patient.pk]), {"kind": "IMPLANT"})

    assert '<option value="" selected>–</option>' in page.content.decode()


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ({"kind": "KIDNEY", "egfr": "45"}, 422),
        ({"kind": "KIDNEY"}, 422),
        ({"kind": "KIDNEY", "egfr": "45", "observed_on": "1 May 2026"}, 302),
        ({"kind": "KIDNEY", "text": "On dialysis"}, 302),
        ({"kind": "PREGNANCY"}, 422),
        ({"kind": "PREGNANCY", "pregnancy_status": "3"}, 302),
        ({"kind": "ALLERGY", "is_absent": "on"}, 302),
        ({"kind": "ALLERGY"}, 422),
        ({"kind": "nonsense", "text": "x"}, 422),
        ({"kind": "ALLERGY", "text": "x\0"}, 422),
    ],
)
def test_each_kind_asks_for_its_own_facts(client, person, typed, status):
    client.force_login(person("Technician"))
    patient = PatientFactory.create()

    answer = client.post(reverse("patients:note_alert", args=[patient.pk]), typed)

    assert answer.status_code == status
    assert Alert.objects.count() == (1 if status == 302 else 0)


def test_one_tap_confirms_and_a_reason_ends(client, person):
    client.force_login(person("Technician"))
    alert = AlertFactory.create()

    confirmed = client.post(reverse("patients:confirm_alert", args=[alert.pk]))
    asked = client.post(reverse("patients:end_alert", args=[alert.pk]), {"reason": ""})
    ended = client.post(reverse("patients:end_alert", args=[alert.pk]), {"reason": "No longer"})

    assert (confirmed.status_code, asked.status_code, ended.status_code) == (302, 422, 302)
    alert.refresh_from_db()
    assert alert.confirmed_at is not None
    assert alert.end_reason == "No longer"


@pytest.mark.parametrize("verb", ["confirm_alert", "end_alert"])
@pytest.mark.parametrize("role", ["Administrator", "Engineer", "Referrer"])
def test_only_those_who_care_for_patients_touch_the_safety_record(client, person, role, verb):
    client.force_login(person(role))
    alert = AlertFactory.create()

    assert client.post(reverse(f"patients:{verb}", args=[alert.pk])).status_code == 403
    assert client.post(reverse("patients:note_alert", args=[alert.patient_id])).status_code == 403


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (None, "Allergies: not asked"),
        (NONE, "No known allergies"),
    ],
)
def test_the_banner_tells_nothing_known_from_nothing_asked(client, person, facts, words):
    client.force_login(person("Technician"))
    patient = PatientFactory.create()
    if facts:
        note_alert(patient, kind="ALLERGY", by=None, facts=facts)

    page = client.get(reverse("patients:banner", args=[patient.pk])).content.decode()

    assert words in page
    assert ("not asked" in page) is (facts is None)


def test_the_banner_says_what_is_too_old_to_rely_on(client, person):
    client.force_login(person("Technician"))
    alert = AlertFactory.create(noted_at=timezone.now() - dt.timedelta(days=400))

    page = client.get(reverse("patients:banner", args=[alert.patient_id])).content.decode()

    assert "ask again" in page
    assert alert.text in page
