"""Invented patients with names in several scripts. None of them exists."""

import datetime as dt
import random
from decimal import Decimal

from django.utils import timezone

from demo.clock import Clock
from patients.models import Identifier, Patient
from patients.services import Contact, Identity, add_identifier, register_patient
from staff.models import User

# alphabetic, ideographic, phonetic, sex, age, language
NAMES = [
    ("Andersson^Maja", "", "", "F", 39, "sv"),
    ("Okonkwo^Chidi", "", "", "M", 52, "en"),
    ("Yamada^Tarou", "山田^太郎", "やまだ^たろう", "M", 68, "ja"),
    ("Papadopoulou^Eleni", "Παπαδοπούλου^Ελένη", "", "F", 60, "el"),
    ("Haddad^Layla", "حداد^ليلى", "", "F", 34, "ar"),
    ("Kowalska^Zofia", "", "", "F", 77, "pl"),
    ("García Núñez^José Luis", "", "", "M", 65, "es"),
    ("Müller^Jürgen^^Dr.", "", "", "M", 73, "de"),
    ("Hong^Gildong", "洪^吉洞", "홍^길동", "M", 46, "ko"),
    ("Nguyễn^Thị Hà", "", "", "F", 31, "vi"),
    ("Ivanova^Olga", "Иванова^Ольга", "", "F", 82, "ru"),
    ("O'Sullivan^Aoife", "", "", "F", 25, "en"),
    ("Schröder-Bergström^Anna-Karin Elisabet", "", "", "F", 88, "sv"),
    ("Mbeki^Thandiwe", "", "", "F", 43, "en"),
    ("Lefèvre^Étienne", "", "", "M", 56, "fr"),
    ("Wang^XiaoDong", "王^小东", "", "M", 37, "zh-hans"),
    ("Petrov^Dimitar", "Петров^Димитър", "", "M", 71, "bg"),
    ("Da Silva^Marina", "", "", "F", 48, "pt"),
    ("Kaya^Emre", "", "", "M", 16, "tr"),
    ("Jensen^Liv", "", "", "F", 7, "da"),
    ("Bauer^Theo", "", "", "M", 79, "de"),
    ("Rossi^Giulia", "", "", "F", 58, "it"),
    ("Cohen^Noa", "כהן^נועה", "", "F", 35, "he"),
    ("Virtanen^Aino", "", "", "F", 90, "fi"),
    ("Singh^Harpreet", "", "", "M", 50, "en"),
    ("Somchai^Niran", "สมชาย^นิรันดร์", "", "M", 62, "th"),
    ("Fischer^Clara", "", "", "F", 23, "de"),
    ("Mensah^Kwame", "", "", "M", 67, "en"),
    ("Tanaka^Yuki", "田中^有紀", "たなか^ゆき", "F", 27, "ja"),
    ("Dubois^Manon", "", "", "F", 41, "fr"),
    ("Horvat^Ivan", "", "", "M", 76, "hr"),
    ("Karlsson^Nils", "", "", "M", 84, "sv"),
    ("Abara^Ngozi", "", "", "F", 54, "en"),
    ("Marin^Ioana", "", "", "F", 32, "ro"),
    ("Brown^Ezekiel", "", "", "M", 63, "en"),
    ("Chen^Mei-Ling", "陳^美玲", "", "F", 69, "zh-hant"),
    ("Novotný^Petr", "", "", "M", 45, "cs"),
    ("Ferreira^Duarte", "", "", "M", 29, "pt"),
    ("Kim^Soo-jin", "金^秀珍", "김^수진", "F", 57, "ko"),
    ("Walsh^Declan", "", "", "M", 93, "en"),
    ("Mueller^Juergen", "", "", "M", 73, "de"),  # perhaps the same as the doctor above
    ("Al-Rashid^Omar", "الراشد^عمر", "", "M", 49, "ar"),
    ("van der Berg^Sanne", "", "", "F", 36, "nl"),
    ("Suzuki^Hanako", "鈴木^花子", "すずき^はなこ", "F", 74, "ja"),
    ("Castillo de la Vega^María Fernanda", "", "", "F", 53, "es"),
    ("Shevchenko^Taras", "Шевченко^Тарас", "", "M", 40, "uk"),
    ("Ólafsdóttir^Sigríður", "", "", "F", 61, "is"),
    ("Christodoulou^Nikos", "Χριστοδούλου^Νίκος", "", "M", 70, "el"),
    ("Fernández-Ortiz^Lucía", "", "", "F", 19, "es"),
    ("Park^Min-ho", "朴^敏浩", "박^민호", "M", 33, "ko"),
    ("Hansen^Baby", "", "", "M", 0, "da"),
    ("Łukasiewicz^Grażyna", "", "", "F", 66, "pl"),
    ("Li^Na", "李^娜", "", "F", 47, "zh-hans"),
    ("Osei^Abena", "", "", "F", 12, "en"),
    ("Şahin^Ayşe", "", "", "F", 55, "tr"),
    ("Bianchi^Luca^^^Jr.", "", "", "M", 22, "it"),
    ("Dvořák^Antonín", "", "", "M", 81, "cs"),
    ("Kuznetsova^Irina", "Кузнецова^Ирина", "", "F", 51, "ru"),
    ("Popescu^Andrei", "", "", "M", 59, "ro"),
    ("Laurent^Camille", "", "", "F", 95, "fr"),
]
CONFIDENTIAL = "Lefèvre"
TWINS = ("Müller", "Mueller")
STREETS = (
    "Linden Street",
    "Harbour Road",
    "Mill Lane",
    "Station Square",
    "Orchard Way",
    "Kirkgate",
)
RELATIVES = ("Daughter", "Son", "Wife", "Husband", "Sister", "Neighbour")
GROWN_UP, OLD = 18, 75


def load_patients(chance: random.Random, clock: Clock, by: User) -> dict[str, Patient]:
    """Register them over the last years; returns them by family name."""
    today = timezone.localdate()
    day = clock.moment
    patients: dict[str, Patient] = {}
    for number, (alphabetic, ideographic, phonetic, sex, age, language) in enumerate(NAMES):
        family = alphabetic.split("^")[0]
        clock.moment = day - dt.timedelta(days=chance.randint(95, 900))
        born = birth_date(chance, today, age)
        if family == TWINS[1]:
            born = patients[TWINS[0]].birth_date or born
        patients[family] = register_patient(
            f"{240000 + (number + 1) * 37}",
            Identity(alphabetic, ideographic, phonetic, born, sex),
            by=by,
            contact=contact_of(chance, alphabetic, age, language),
        )
        add_numbers(patients[family], number, by)
    clock.moment = day
    return patients


def birth_date(chance: random.Random, today: dt.date, age: int) -> dt.date:
    """A day that makes somebody `age` today; the youngest are weeks old."""
    latest = today.replace(year=today.year - age, day=min(today.day, 28))
    return latest - dt.timedelta(
        days=chance.randint(20, 60) if age == 0 else chance.randint(0, 360)
    )


def contact_of(chance: random.Random, alphabetic: str, age: int, language: str) -> Contact:
    """How to reach them: numbers and addresses that belong to nobody."""
    family = alphabetic.split("^", maxsplit=1)[0]
    is_child, is_old = age < GROWN_UP, age > OLD
    kilograms = 4 + age * 3.2 if is_child else chance.gauss(76, 12)
    has_relative = is_child or is_old or chance.random() < 0.2  # noqa: PLR2004 — one in five
    relative = "Mother" if is_child else chance.choice(RELATIVES)
    return Contact(
        language=language,
        phone=f"+1 555 01{chance.randint(0, 99):02d}",
        email="" if is_old or is_child else f"patient{chance.randint(1000, 9999)}@example.org",
        address=f"{chance.choice(STREETS)} {chance.randint(1, 98)}, Northhaven",
        contact_person=f"{relative} of {family}" if has_relative else "",
        contact_phone=f"+1 555 01{chance.randint(0, 99):02d}" if has_relative else "",
        weight_kg=Decimal(f"{min(max(kilograms, 3.4), 128):.1f}"),
        height_cm=round(52 + age * 6.9) if is_child else round(chance.gauss(170, 8)),
        is_confidential=family == CONFIDENTIAL,
    )


def add_numbers(patient: Patient, number: int, by: User) -> None:
    """Many have a national or an insurance number; some were known elsewhere."""
    kinds = Identifier.Kind
    if number % 2 == 0:
        value = f"9{number * 7919 % 10**9:09d}"
        add_identifier(patient, kind=kinds.NATIONAL, value=value, by=by, issuer="DEMO-STATE")
    if number % 3 == 0:
        value = f"INS-{number * 104729 % 10**6:06d}"
        add_identifier(patient, kind=kinds.INSURANCE, value=value, by=by, issuer="DEMO-INSURANCE")
    if number % 7 == 0:
        value = f"H{5000 + number}"
        add_identifier(patient, kind=kinds.HOSPITAL, value=value, by=by, issuer="EASTSIDE")
