import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Entries note the roles of that moment and the computer; every question walks in time."""

    dependencies = [("audit", "0001_entries_that_never_change")]

    operations = [
        migrations.AlterModelOptions(
            name="entry",
            options={
                "verbose_name_plural": "entries",
                "permissions": [
                    ("view_own_entry", "Can see what they did themselves"),
                    ("export_entry", "Can take the trail away as a file"),
                ],
            },
        ),
        migrations.AddField(
            model_name="entry",
            name="roles",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=80),
                blank=True,
                default=list,
                help_text="The roles this person held at that moment.",
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="entry",
            name="origin",
            field=models.CharField(
                blank=True, default="", help_text="The address of the computer.", max_length=45
            ),
        ),
        migrations.AlterField(
            model_name="entry",
            name="actor",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="audit_entries",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.RemoveIndex(model_name="entry", name="entry_of_subject"),
        migrations.RemoveIndex(model_name="entry", name="entry_of_patient"),
        migrations.RemoveIndex(model_name="entry", name="entry_of_actor"),
        migrations.RemoveIndex(model_name="entry", name="entry_of_verb"),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["-at", "-id"], name="entry_in_time"),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(
                fields=["subject_type", "subject_id", "-at", "-id"], name="entry_of_subject"
            ),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["patient_id", "-at", "-id"], name="entry_of_patient"),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["actor", "-at", "-id"], name="entry_of_actor"),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["verb", "-at", "-id"], name="entry_of_verb"),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=django.contrib.postgres.indexes.GinIndex(fields=["roles"], name="entry_in_role"),
        ),
    ]
