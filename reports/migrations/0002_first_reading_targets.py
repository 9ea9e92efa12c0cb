from django.db import migrations

# Where a department begins, in minutes from the last image; it sets its own in the admin.
MINUTES = {"STAT": 30, "HIGH": 240, "ROUTINE": 1440}

# What is ready to be read already gets its report, so that it stands on the list.
READY = """
INSERT INTO reports_report (
    study_id, status, urgency, is_flagged, waiting_since, technique, findings, impression,
    draft_number, created_at
)
SELECT study.id,
       CASE WHEN study.status = 'READY' THEN 'READY_TO_READ' ELSE 'NOT_READY' END,
       CASE asked.priority WHEN 'STAT' THEN 0 WHEN 'HIGH' THEN 1 ELSE 2 END,
       false, COALESCE(study.last_image_at, study.created_at), '', '', '', 0, now()
FROM studies_study study
LEFT JOIN worklist_order asked ON asked.id = study.order_id
"""


def fill(apps, schema_editor):
    ReadingTarget = apps.get_model("reports", "ReadingTarget")
    for priority, minutes in MINUTES.items():
        ReadingTarget.objects.get_or_create(priority=priority, defaults={"minutes": minutes})


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_reports")]
    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunSQL(READY, migrations.RunSQL.noop),
    ]
