"""Tell from stored headers how projections were taken. Cuts (CT, MR, PT) say it by their place."""

import json
import zlib

from django.db import migrations

PROJECTIONS = ("CR", "DX", "MG", "PX", "IO", "RF", "XA", "RG")
AT_ONCE = 500


def read_views(apps, schema_editor):
    """A few hundred rows at a time; what was read once is not read again."""
    from studies.dicom.views import laterality_of, view_position_of

    Instance = apps.get_model("studies", "Instance")
    rows = Instance.objects.filter(
        series__modality__in=PROJECTIONS, view_position="", laterality="", header__isnull=False
    )
    last = 0
    while True:
        page = list(rows.filter(pk__gt=last).select_related("header").order_by("pk")[:AT_ONCE])
        if not page:
            return
        last = page[-1].pk
        for instance in page:
            header = json.loads(zlib.decompress(bytes(instance.header.json)))
            instance.view_position = view_position_of(header)[:16]
            instance.laterality = laterality_of(header)[:1]
        told = [one for one in page if one.view_position or one.laterality]
        Instance.objects.bulk_update(told, ["view_position", "laterality"])


class Migration(migrations.Migration):

    atomic = False  # a long table is not locked for long

    dependencies = [("studies", "0005_counts_for_readers")]

    operations = [migrations.RunPython(read_views, migrations.RunPython.noop, elidable=True)]
