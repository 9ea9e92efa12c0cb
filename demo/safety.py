"""What is known of the demonstration's patients beforehand: allergies, implants, kidneys."""

import datetime as dt

from django.utils import timezone

from demo.clock import Clock
from patients.models import Alert, Patient
from patients.services import Facts, confirm_alert, note_alert
from staff.models import User

Kind, Mr, Pregnancy = Alert.Kind, Alert.MrCondition, Alert.Pregnancy
NONE = Facts(is_absent=True)
ON_ITS_DAY = dt.date.min

# family name, kind, words, facts, severity, who says so, days ago
KNOWN: list[tuple[str, str, str, Facts, str, str, int]] = [
    ("Yamada", Kind.ALLERGY, "Latex: anaphylaxis", Facts(), "DANGER", "the patient", 40),
    ("Andersson", Kind.ALLERGY, "", NONE, "", "the patient", 12),
    ("Okonkwo", Kind.ALLERGY, "", NONE, "", "the patient", 3),
    ("Rossi", Kind.ALLERGY, "Penicillin: rash", Facts(), "CAUTION", "general practitioner", 300),
    ("Brown", Kind.ALLERGY, "Iodine tincture on the skin: blisters", Facts(), "INFO", "ward", 30),
    ("Singh", Kind.CONTRAST_REACTION, "Iodinated contrast: urticaria and wheeze", Facts(),
     "DANGER", "letter from Eastside hospital", 410),
    ("Abara", Kind.CONTRAST_REACTION, "", NONE, "", "the patient", 25),
    ("Horvat", Kind.IMPLANT, "Pacemaker or defibrillator", Facts(mr_condition=Mr.UNSAFE,
     mr_details="abandoned lead, maker unknown"), "DANGER", "device card", 200),
    ("Kowalska", Kind.IMPLANT, "Hip prosthesis, left", Facts(mr_condition=Mr.CONDITIONAL,
     mr_details="1.5 and 3 T, normal operating mode"), "", "implant passport", 150),
    ("Karlsson", Kind.IMPLANT, "Coronary stent, 2019", Facts(mr_condition=Mr.CONDITIONAL,
     mr_details="up to 3 T"), "", "discharge letter", 95),
    ("Dubois", Kind.IMPLANT, "Copper coil", Facts(mr_condition=Mr.SAFE), "", "the patient", 60),
    ("Marin", Kind.IMPLANT, "", NONE, "", "the patient", 9),
    ("Bauer", Kind.KIDNEY, "", Facts(egfr=27, observed_on=ON_ITS_DAY), "", "laboratory", 6),
    ("Müller", Kind.KIDNEY, "", Facts(egfr=64, observed_on=ON_ITS_DAY), "", "laboratory", 220),
    ("Müller", Kind.KIDNEY, "", Facts(egfr=58, observed_on=ON_ITS_DAY), "", "laboratory", 11),
    ("García Núñez", Kind.KIDNEY, "", Facts(egfr=41, observed_on=ON_ITS_DAY), "",
     "laboratory", 4),
    ("Mensah", Kind.KIDNEY, "", Facts(egfr=88, observed_on=ON_ITS_DAY), "", "laboratory", 160),
    ("Christodoulou", Kind.KIDNEY, "", Facts(egfr=72, observed_on=ON_ITS_DAY), "",
     "laboratory", 2),
    ("Nguyễn", Kind.PREGNANCY, "", Facts(pregnancy_status=Pregnancy.POSSIBLY), "",
     "the patient", 2),
    ("Fischer", Kind.PREGNANCY, "", Facts(pregnancy_status=Pregnancy.NOT), "", "the patient", 80),
    ("Haddad", Kind.PREGNANCY, "", Facts(pregnancy_status=Pregnancy.DEFINITELY), "",
     "the patient, week 18", 5),
    ("Virtanen", Kind.INFECTION, "MRSA: contact precautions, last on the list", Facts(), "CAUTION",
     "ward", 1),
    ("Dvořák", Kind.INFECTION, "Norovirus: isolation", Facts(), "CAUTION", "ward", 45),
    ("Schröder-Bergström", Kind.MOBILITY, "Wheelchair, needs two to transfer", Facts(), "INFO",
     "nursing home", 20),
    ("Walsh", Kind.MOBILITY, "Lies still for ten minutes at most", Facts(), "INFO", "daughter", 14),
    ("Laurent", Kind.MOBILITY, "Comes in her bed, lift needed", Facts(), "CAUTION", "ward", 8),
    ("Kaya", Kind.OTHER, "Afraid of needles: lie down first", Facts(), "INFO", "mother", 30),
    ("Ivanova", Kind.OTHER, "Hard of hearing, left ear better", Facts(), "INFO", "son", 500),
    ("Cohen", Kind.OTHER, "Interpreter for Hebrew, by telephone", Facts(), "INFO", "front desk", 7),
]  # fmt: skip
CONFIRMED = [("Yamada", Kind.ALLERGY, 10), ("Kowalska", Kind.IMPLANT, 15)]


def load_safety_records(patients: dict[str, Patient], clock: Clock, by: User) -> None:
    """Write down what is known, each on its day, so that some of it is due to be asked again."""
    now = clock.moment
    for family, kind, words, facts, severity, source, days in sorted(KNOWN, key=lambda k: -k[-1]):
        clock.moment = now - dt.timedelta(days=days, hours=2)
        note_alert(
            patients[family],
            kind=kind,
            text=words,
            by=by,
            facts=facts if facts.egfr is None else measured(facts.egfr, clock),
            severity=severity,
            source=source,
        )
    for family, kind, days in CONFIRMED:
        clock.moment = now - dt.timedelta(days=days)
        confirm_alert(patients[family].alerts.in_force().of_kind(kind).get(), by=by)
    clock.moment = now


def measured(egfr: int, clock: Clock) -> Facts:
    """A kidney value of that day."""
    return Facts(egfr=egfr, observed_on=timezone.localdate(clock.moment))
