"""Tell from stored headers what series were made for, and when they were performed."""

import json
import zlib

from django.db import migrations

AT_ONCE = 500


def read_requests(apps, schema_editor):
    """One header of each series, a few hundred at a time; what is read stays read."""
    from studies.dicom.object_facts import series_facts
    from studies.ingest.placing import requests_told

    Series = apps.get_model("studies", "Series")
    InstanceHeader = apps.get_model("studies", "InstanceHeader")
    last = 0
    while True:
        page = list(Series.objects.filter(pk__gt=last).order_by("pk")[:AT_ONCE])
        if not page:
            return
        last = page[-1].pk
        headers = InstanceHeader.objects.filter(instance__series__in=page)
        first_of_each = headers.order_by("instance__series", "instance").distinct("instance__series")
        told = dict(first_of_each.values_list("instance__series", "json"))
        for series in page:
            if series.pk in told:
                facts = series_facts(json.loads(zlib.decompress(bytes(told[series.pk]))))
                series.performed_date = facts.performed_date
                series.performed_time = facts.performed_time
                series.requests = requests_told(facts)
        found = [one for one in page if one.requests or one.performed_date or one.performed_time]
        Series.objects.bulk_update(found, ["performed_date", "performed_time", "requests"])


class Migration(migrations.Migration):

    atomic = False  # a long table is not locked for long

    dependencies = [("studies", "0007_keys_of_searches")]

    operations = [migrations.RunPython(read_requests, migrations.RunPython.noop, elidable=True)]
