"""How the appeals of a source come: of those that the house ships, as its files say."""

from django.db import migrations, models

SHIPPED = {
    "WEB": "web",
    "LETTER": "letter",
    "IMPORT": "sheet",
    "API": "platform",
    "OPEN311": "platform",
    "PATROL": "patrol",
}


def tell(apps, editor):
    rows = apps.get_model("catalogue", "Source").objects.using(editor.connection.alias)
    for code, channel in SHIPPED.items():
        rows.filter(code=code).update(channel=channel)


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0003_stamped")]

    operations = [
        migrations.AddField(
            model_name="source",
            name="channel",
            field=models.CharField(
                choices=[
                    ("phone", "电话"),
                    ("web", "网络"),
                    ("letter", "信函与来访"),
                    ("platform", "接口"),
                    ("sheet", "表格"),
                    ("patrol", "巡查"),
                ],
                default="phone",
                max_length=8,
            ),
        ),
        migrations.RunPython(tell, migrations.RunPython.noop),
    ]
