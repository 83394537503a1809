"""The hour of acceptance, beside the facts that are there and as sums of their own."""

from django.conf import settings
from django.db import migrations, models

HOURS = """
UPDATE figures_figurefact f SET accepted_hour = extract(hour FROM o.accepted_at AT TIME ZONE %s)
FROM orders_order o WHERE o.id = f.order_id AND o.accepted_at IS NOT NULL
"""
SUMS = """
INSERT INTO figures_figuredaily (basis, cut, key, day, rate, reason, pack, n, weight)
SELECT 'accepted_in', 'hour', lpad(accepted_hour::text, 2, '0'), accepted_in, 'orders', '', 0,
       count(*), 1000000 * count(*)
FROM figures_figurefact WHERE accepted_in IS NOT NULL AND accepted_hour IS NOT NULL
GROUP BY accepted_hour, accepted_in
"""


def fill(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(HOURS, [settings.TIME_ZONE])
        cursor.execute(SUMS)


class Migration(migrations.Migration):
    dependencies = [("figures", "0003_walls")]

    operations = [
        migrations.AddField(
            model_name="figurefact",
            name="accepted_hour",
            field=models.SmallIntegerField(null=True),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
