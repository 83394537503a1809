from django.db import migrations


def start(apps, schema_editor):
    """What was promised before there were clocks gets one too; it ends with the day that was named."""
    from suqiu.base import clock

    owner = schema_editor.connection.alias  # the application has no rights to a new table yet
    rows = apps.get_model('visits', 'Obligation').objects.using(owner)
    for one in apps.get_model('visits', 'Commitment').objects.using(owner).filter(kept=None, obligation=None):
        due = clock.end_of(one.until)
        rows.create(
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
