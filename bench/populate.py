"""A department of ten years: 100,000 patients, 300,000 procedures, 1,000,000 instances.

    DATABASE_URL=… SECRET_KEY=x .venv/bin/python bench/populate.py [--patients 100000]

Rows alone, no bytes on disk: enough for lists, searches and records, which is what
`bench/pages.py` measures. The database makes the rows itself, from a seed, in a minute or two.
Refuses a database that has patients already.
"""

# ruff: noqa: E402 — Django is set up before its models are imported

import argparse
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "imaging_dept.settings")

import django

django.setup()

from django.db import connection, models

from equipment.models import Device, Room
from patients.models import Alert, Patient
from reports.models import Report, ReportVersion
from staff.models import User
from studies.models import Instance, Match, Series, Study, Thumbnail
from worklist.models import Move, Order, ProcedureType, ScheduledProcedure

# Words that rows pick from.
FAMILY = "ba be bo da de do fe ga go ha he ka ke ko la le lo ma me mo na ne no pa pe ra re ro"
ENDING = "nn rg ck ller er rdt ski vic son ova idis ini ez aux berg mann stein"
GIVEN = "Anna Ben Carla David Elena Felix Greta Hugo Ines Jonas Lukas Maria Nikos"
MODALITIES = "CT MR DX US MG XA"
YEARS = 10


def insert(model: type[models.Model], source: str, **columns: str) -> None:
    """Make rows of `model`, one per row of `source`: SQL by column; the rest are the defaults."""
    names, values, parameters = [], [], []
    for field in model._meta.concrete_fields:
        if (
            field.generated
            or field.has_db_default()
            or (field.primary_key and field.column not in columns)
        ):
            continue
        names.append(f'"{field.column}"')
        if field.column in columns:
            values.append(columns[field.column].replace("%", "%%"))
        elif getattr(field, "auto_now_add", False) or getattr(field, "auto_now", False):
            values.append("now()")
        elif field.has_default() or not field.null:
            values.append("%s")
            default = field.get_default()
            parameters.append(
                "" if default is None else field.get_db_prep_save(default, connection)
            )
        else:
            values.append("NULL")
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} ({', '.join(names)}) "
            f"SELECT {', '.join(values)} FROM {source.replace('%', '%%')}",
            parameters,
        )
        print(f"{cursor.rowcount:>9,} {model._meta.verbose_name_plural}", flush=True)


def pick(words: str, number: str) -> str:
    """SQL: the word that a number falls on."""
    choices = words.split()
    quoted = ", ".join(f"'{word}'" for word in choices)
    return f"(ARRAY[{quoted}])[1 + mod(abs({number}), {len(choices)})]"


def mixed(number: str, salt: int) -> str:
    """SQL: a number that looks random but is always the same."""
    return f"abs(hashint8extended({number}, {salt}) % 1000000007)"


def machines() -> None:
    """Twelve devices of six modalities, and one procedure of each modality."""
    insert(Room, "generate_series(1, 12) n", code="'B' || n", name="'Bench room ' || n")
    insert(
        Device,
        f"{Room._meta.db_table} r",
        name="'Bench ' || r.code",
        ae_title="'BENCH' || r.code",
        room_id="r.id",
        modality=pick(MODALITIES, "r.id"),
        status="'AVAILABLE'",
    )
    insert(
        ProcedureType,
        f"unnest(ARRAY[{', '.join(repr(m) for m in MODALITIES.split())}]) m",
        code="'BENCH-' || m",
        meaning="'Procedure ' || m",
        modality="m",
    )


def people(patients: int) -> None:
    """Patients with names that differ, one alert for every fifth."""
    n = "n::bigint"
    family = " || ".join(pick(FAMILY, mixed(n, salt)) for salt in (1, 2, 3))
    insert(
        Patient,
        f"generate_series(1, {patients}) n",
        patient_id="'B' || lpad(n::text, 8, '0')",
        issuer="'BENCH'",
        name_alphabetic=(
            f"initcap({family} || {pick(ENDING, mixed(n, 4))}) || '^' || {pick(GIVEN, mixed(n, 5))}"
        ),
        name_ideographic="CASE WHEN n % 50 = 0 THEN '山田^太郎' ELSE '' END",
        birth_date=f"date '1930-01-01' + ({mixed(n, 6)} % 33000)::int",
        sex=pick("F M", mixed(n, 7)),
    )
    insert(
        Alert,
        f"{Patient._meta.db_table} p WHERE p.id % 5 = 0",
        patient_id="p.id",
        kind=pick("ALLERGY IMPLANT INFECTION", "p.id"),
        text="'Something to know'",
    )


def procedures(number: int, patients: int) -> None:
    """Orders over ten years, some of today, each with its step."""
    first = "(SELECT min(id) FROM patients_patient)"
    insert(
        Order,
        f"generate_series(1, {number}) n",
        accession_number="'B' || lpad(n::text, 9, '0')",
        requested_procedure_id="'R' || lpad(n::text, 9, '0')",
        study_instance_uid="'2.25.77' || n",
        patient_id=f"{first} + {mixed('n::bigint', 8)} % {patients}",
        procedure_type_id=(
            "(SELECT (array_agg(id ORDER BY id))[1 + n % 6] FROM worklist_proceduretype "
            "WHERE code LIKE 'BENCH-%')"
        ),
        priority="CASE WHEN n % 20 = 0 THEN 'STAT' WHEN n % 7 = 0 THEN 'HIGH' ELSE 'ROUTINE' END",
        clinical_question="'What is it?'",
        ordered_at=f"now() - interval '1 day' * ({YEARS * 365.0} * ({number} - n) / {number})",
        status=f"CASE WHEN n > {number - 200} THEN 'SCHEDULED' ELSE 'FULFILLED' END",
    )
    is_today = f"o.requested_procedure_id > 'R' || lpad(({number - 200})::text, 9, '0')"
    slot = "date_trunc('day', now()) + interval '7 minutes' * (o.id % 200)"
    insert(
        ScheduledProcedure,
        "worklist_order o JOIN worklist_proceduretype t ON t.id = o.procedure_type_id",
        order_id="o.id",
        procedure_type_id="o.procedure_type_id",
        device_id=(
            "(SELECT (array_agg(id ORDER BY id))[1 + o.id % 2] FROM equipment_device d "
            "WHERE d.modality = t.modality AND d.name LIKE 'Bench%')"
        ),
        step_id="'S' || substr(o.requested_procedure_id, 2)",
        scheduled_start=f"CASE WHEN {is_today} THEN {slot} ELSE o.ordered_at END",
        scheduled_end=(
            f"CASE WHEN {is_today} THEN {slot} ELSE o.ordered_at END + interval '7 minutes'"
        ),
        status=f"CASE WHEN {is_today} THEN 'SCHEDULED' ELSE 'COMPLETED' END",
        started_at=f"CASE WHEN {is_today} THEN NULL ELSE o.ordered_at END",
        ended_at=f"CASE WHEN {is_today} THEN NULL ELSE o.ordered_at + interval '15 minutes' END",
        images="'COMPLETE'",
        images_received="4",
    )
    insert(
        Move,
        "worklist_scheduledprocedure s WHERE s.status = 'COMPLETED'",
        procedure_id="s.id",
        from_status="'IN_PROGRESS'",
        to_status="'COMPLETED'",
        at="s.ended_at",
    )


def images(instances: int) -> None:
    """A study with one series for every completed procedure, and its instances, all drawn."""
    insert(
        Study,
        "worklist_order o JOIN worklist_proceduretype t ON t.id = o.procedure_type_id "
        "WHERE o.status = 'FULFILLED'",
        study_instance_uid="o.study_instance_uid",
        patient_id="o.patient_id",
        order_id="o.id",
        accession_number="o.accession_number",
        description="t.meaning",
        study_date="o.ordered_at::date",
        study_time="o.ordered_at::time",
        modalities="t.modality",
        series_count="1",
        instance_count="4",
        status="'READY'",
        last_image_at="o.ordered_at",
    )
    insert(
        Series,
        "studies_study s JOIN worklist_scheduledprocedure p ON p.order_id = s.order_id",
        study_id="s.id",
        series_instance_uid="s.study_instance_uid || '.1'",
        modality="s.modalities",
        number="1",
        instance_count="4",
        procedure_id="p.id",
    )
    insert(
        Match,
        "studies_series r",
        study_id="r.study_id",
        procedure_id="r.procedure_id",
        rule="'STUDY_UID'",
    )
    insert(
        Instance,
        f"studies_series r CROSS JOIN generate_series(1, 4) n ORDER BY r.id DESC LIMIT {instances}",
        series_id="r.id",
        sop_instance_uid="r.series_instance_uid || '.' || n",
        sop_class_uid="'1.2.840.10008.5.1.4.1.1.2'",
        transfer_syntax="'1.2.840.10008.1.2.1'",
        path="'bench/' || r.id || '-' || n",
        size="500000",
        sha256="md5(r.id::text)",
        number="n",
        rows="512",
        columns="512",
        kind="'IMAGE'",
        has_pixels="true",
    )
    insert(Thumbnail, "studies_instance i", instance_id="i.id", status="'MADE'", path="i.path")


def words(to_read: int) -> None:
    """A report for every study; the latest ones still wait to be read."""
    somebody, _made = User.objects.get_or_create(username="bench-radiologist")
    insert(
        Report,
        "(SELECT s.*, row_number() OVER (ORDER BY s.id DESC) AS age, o.priority "
        "FROM studies_study s "
        "JOIN worklist_order o ON o.id = s.order_id) s",
        study_id="s.id",
        status=f"CASE WHEN s.age <= {to_read} THEN 'READY_TO_READ' ELSE 'FINAL' END",
        urgency="CASE s.priority WHEN 'STAT' THEN 0 WHEN 'HIGH' THEN 1 ELSE 2 END",
        waiting_since="s.last_image_at",
    )
    insert(
        ReportVersion,
        "reports_report r WHERE r.status = 'FINAL'",
        report_id="r.id",
        number="1",
        kind="'FINAL'",
        findings="'Nothing unusual.'",
        impression="'Normal.'",
        signed_by_id=str(somebody.pk),
        signed_at="r.waiting_since",
    )


def main(patients: int) -> None:
    if Patient.objects.exists():
        sys.exit("This database has patients already: take an empty one.")
    started = time.perf_counter()
    machines()
    people(patients)
    procedures(patients * 3, patients)
    images(patients * 10)
    words(300)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    print(f"{time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patients", type=int, default=100_000)
    main(parser.parse_args().patients)
