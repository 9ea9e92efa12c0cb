from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reports", "0002_first_reading_targets")]
    operations = [
        migrations.AddField(
            model_name="report",
            name="draft_kind",
            field=models.CharField(
                blank=True,
                default="",
                help_text="What the draft is to become when it follows a signed version.",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="report",
            name="reason",
            field=models.CharField(
                blank=True,
                default="",
                help_text="Why it stands as it does: taken over, read as it is, no report required.",
                max_length=200,
            ),
        ),
    ]
