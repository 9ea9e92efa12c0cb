"""Invented patients with names in several scripts. None of them exists."""

import datetime as dt
import random

from django.conf import settings

from patients.models import Alert, Patient

# alphabetic, ideographic, phonetic, sex, year of birth
NAMES = [
    ("Andersson^Maja", "", "", "F", 1987),
    ("Okonkwo^Chidi", "", "", "M", 1974),
    ("Yamada^Tarou", "山田^太郎", "やまだ^たろう", "M", 1958),
    ("Papadopoulou^Eleni", "Παπαδοπούλου^Ελένη", "", "F", 1966),
    ("Haddad^Layla", "حداد^ليلى", "", "F", 1992),
    ("Kowalska^Zofia", "", "", "F", 1949),
    ("García Núñez^José Luis", "", "", "M", 1961),
    ("Müller^Jürgen^^Dr.", "", "", "M", 1953),
    ("Hong^Gildong", "洪^吉洞", "홍^길동", "M", 1980),
    ("Nguyễn^Thị Hà", "", "", "F", 1995),
    ("Ivanova^Olga", "Иванова^Ольга", "", "F", 1944),
    ("O'Sullivan^Aoife", "", "", "F", 2001),
    ("Schröder-Bergström^Anna-Karin Elisabet", "", "", "F", 1938),
    ("Mbeki^Thandiwe", "", "", "F", 1983),
    ("Lefèvre^Étienne", "", "", "M", 1970),
    ("Wang^XiaoDong", "王^小东", "", "M", 1989),
    ("Petrov^Dimitar", "Петров^Димитър", "", "M", 1955),
    ("Da Silva^Marina", "", "", "F", 1978),
    ("Kaya^Emre", "", "", "M", 2010),
    ("Jensen^Liv", "", "", "F", 2019),
    ("Bauer^Theo", "", "", "M", 1947),
    ("Rossi^Giulia", "", "", "F", 1968),
    ("Cohen^Noa", "כהן^נועה", "", "F", 1991),
    ("Virtanen^Aino", "", "", "F", 1936),
    ("Singh^Harpreet", "", "", "M", 1976),
    ("Somchai^Niran", "สมชาย^นิรันดร์", "", "M", 1964),
    ("Fischer^Clara", "", "", "F", 2003),
    ("Mensah^Kwame", "", "", "M", 1959),
    ("Tanaka^Yuki", "田中^有紀", "たなか^ゆき", "F", 1999),
    ("Dubois^Manon", "", "", "F", 1985),
    ("Horvat^Ivan", "", "", "M", 1950),
    ("Karlsson^Nils", "", "", "M", 1942),
    ("Abara^Ngozi", "", "", "F", 1972),
    ("Marin^Ioana", "", "", "F", 1994),
    ("Brown^Ezekiel", "", "", "M", 1963),
    ("Chen^Mei-Ling", "陳^美玲", "", "F", 1957),
    ("Novotný^Petr", "", "", "M", 1981),
    ("Ferreira^Duarte", "", "", "M", 1997),
    ("Kim^Soo-jin", "金^秀珍", "김^수진", "F", 1969),
    ("Walsh^Declan", "", "", "M", 1933),
]

MAY_BE_PREGNANT = range(1976, 2010)  # years of birth

ALERTS = [
    ("ALLERGY", "DANGER", "Latex: anaphylaxis in 2019"),
    ("CONTRAST_REACTION", "DANGER", "Iodinated contrast: urticaria and wheeze"),
    ("IMPLANT", "DANGER", "Pacemaker, MR conditional at 1.5 T only"),
    ("IMPLANT", "CAUTION", "Hip prosthesis, left"),
    ("KIDNEY", "CAUTION", "eGFR 38, three weeks ago"),
    ("INFECTION", "CAUTION", "MRSA: contact precautions, last on the list"),
    ("MOBILITY", "INFO", "Wheelchair, needs two to transfer"),
    ("PREGNANCY", "CAUTION", "Possibly pregnant: ask again"),
]


def load_patients(chance: random.Random) -> list[Patient]:
    """Make the patients; about one in three has something to know beforehand."""
    patients = []
    for number, (alphabetic, ideographic, phonetic, sex, year) in enumerate(NAMES, start=1):
        patient = Patient.objects.create(
            patient_id=f"{240000 + number * 37}",
            issuer=settings.PATIENT_ID_ISSUER,
            name_alphabetic=alphabetic,
            name_ideographic=ideographic,
            name_phonetic=phonetic,
            sex=sex,
            birth_date=dt.date(year, chance.randint(1, 12), chance.randint(1, 28)),
        )
        if number % 3 == 0:
            for kind, severity, text in chance.sample(ALERTS, k=chance.choice([1, 1, 2, 3])):
                if kind == "PREGNANCY" and not (sex == "F" and year in MAY_BE_PREGNANT):
                    continue
                Alert.objects.create(
                    patient=patient, kind=kind, severity=severity, text=text, source="ward"
                )
        patients.append(patient)
    return patients
