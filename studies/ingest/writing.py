"""The rows of one study's new objects, in one statement: instance, header, picture, and the
received object's own row.

Four statements for each object is what filing costs otherwise, and a scanner sends hundreds a
second (bench/index.py). What the columns are is asked of the models: a new column of `Instance`
travels along by itself.
"""

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Field, Model
from django.utils import timezone

from studies.ingest.reading import Reading
from studies.models import IncomingFile, Instance, InstanceHeader, Study, Thumbnail

Row = tuple[Reading, Instance]
Status = IncomingFile.Status

WRITE = """
WITH arrived AS MATERIALIZED (
    SELECT nextval(pg_get_serial_sequence('{instance}', 'id')) AS id, one.*
    FROM json_to_recordset(%(rows)s)
    AS one (incoming_id bigint, procedure_id bigint, header text, {typed})
), made AS (
    INSERT INTO {instance} (id, {columns}) SELECT id, {columns} FROM arrived
), headed AS (
    INSERT INTO {header} (instance_id, json) SELECT id, decode(header, 'hex') FROM arrived
), pictured AS (
    INSERT INTO {thumbnail} ({picture_columns}) SELECT id, {picture_values} FROM arrived
)
UPDATE {incoming} incoming SET
    status = %(filed)s, settled_at = %(now)s, study_id = %(study)s, patient_id = %(patient)s,
    instance_id = arrived.id, procedure_id = arrived.procedure_id,
    sop_instance_uid = arrived.sop_instance_uid,
    sop_class_uid = arrived.sop_class_uid, transfer_syntax = arrived.transfer_syntax
FROM arrived
WHERE incoming.id = arrived.incoming_id
RETURNING incoming.id, arrived.id
"""


def write_rows(study: Study, rows: Sequence[Row]) -> None:
    """Make the instances of these readings, and settle their rows as filed.

    The study must be locked and the rows of the received objects with it. Rows go in sorted by
    identifier, so that two workers cannot meet in a circle. Each instance gets its key.
    """
    rows = sorted(rows, key=lambda row: row[1].sop_instance_uid)
    for reading, _instance in rows:
        reading.incoming.move_to(Status.FILED)
    now = timezone.now()
    asked: dict[str, Any] = {
        "rows": json.dumps(
            [_said(reading, instance, now.isoformat()) for reading, instance in rows]
        ),
        "filed": Status.FILED,
        "now": now,
        "study": study.pk,
        "patient": study.patient_id,
        **_new_picture(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_statement(), asked)
        made = dict(cursor.fetchall())
    for reading, instance in rows:
        instance.pk = made[reading.pk]


def _said(reading: Reading, instance: Instance, now: str) -> dict[str, Any]:
    """One object as a JSON record: its instance's columns, and what stands beside them."""
    row: dict[str, Any] = {
        column: getattr(instance, field.attname) for column, field in _columns(Instance)
    }
    row["filed_at"] = now
    row["incoming_id"] = reading.pk
    row["procedure_id"] = instance.series.procedure_id
    row["header"] = reading.header.hex()
    return row


def _new_picture() -> dict[str, Any]:
    """A thumbnail that is to be drawn, by column."""
    picture = Thumbnail()
    return {
        f"picture_{column}": field.pre_save(picture, add=True)
        for column, field in _columns(Thumbnail)
    }


@cache
def _columns(model: type[Model]) -> tuple[tuple[str, "Field[Any, Any]"], ...]:
    """What is written by us: neither the key nor what the database works out itself."""
    fields = model._meta.concrete_fields
    written = (field for field in fields if not (field.primary_key or field.generated))
    return tuple((str(field.column), field) for field in written)


@cache
def _statement() -> str:
    columns, pictures = _columns(Instance), _columns(Thumbnail)
    return WRITE.format(
        typed=", ".join(f"{name} {field.db_type(connection)}" for name, field in columns),
        columns=", ".join(name for name, _field in columns),
        picture_columns=", ".join(["instance_id", *(name for name, _field in pictures)]),
        picture_values=", ".join(f"%(picture_{name})s" for name, _field in pictures),
        instance=Instance._meta.db_table,
        header=InstanceHeader._meta.db_table,
        thumbnail=Thumbnail._meta.db_table,
        incoming=IncomingFile._meta.db_table,
    )
