from django.db import migrations


def start(apps, schema_editor):
    """What was promised before there were clocks gets one too; it ends with the day that was named."""
    from suqiu.base import clock

    rows = apps.get_model('visits', 'Obligation')
    for one in apps.get_model('visits', 'Commitment').objects.filter(kept=None):
        due = clock.end_of(one.until)
        rows.objects.create(
            commitment=one, code='commitment', name='承诺兑现', round=1,
            limit_n=max((one.until - clock.local(one.at).date()).days, 1), limit_unit='natural_day',
            started=one.at, due_original=due, due=due,
        )


class Migration(migrations.Migration):

    dependencies = [
        ('visits', '0002_clocks'),
    ]

    operations = [
        migrations.RunPython(start, migrations.RunPython.noop),
    ]
