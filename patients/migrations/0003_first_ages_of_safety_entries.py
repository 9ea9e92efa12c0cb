from django.db import migrations

# Where a department begins; it sets its own in the admin. 0: never grows old.
VALID_DAYS = {
    "ALLERGY": 365,
    "CONTRAST_REACTION": 365,
    "IMPLANT": 365,
    "PREGNANCY": 7,
    "KIDNEY": 90,
    "INFECTION": 30,
    "MOBILITY": 180,
    "OTHER": 365,
}


def fill(apps, schema_editor):
    AskAgain = apps.get_model("patients", "AskAgain")
    for kind, days in VALID_DAYS.items():
        AskAgain.objects.get_or_create(kind=kind, defaults={"valid_days": days})


class Migration(migrations.Migration):
    dependencies = [("patients", "0002_safety_record_and_corrections")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
