"""The query codes come from the public pages: the same table, and who issued the code."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0001_initial"),
        ("orders", "0003_queue_order"),
        ("portal", "0002_key_to_intake"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="Key",
                    fields=[
                        (
                            "order",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                primary_key=True,
                                related_name="query_key",
                                serialize=False,
                                to="orders.order",
                            ),
                        ),
                        ("salt", models.CharField(max_length=32)),
                        ("hashed", models.CharField(max_length=64)),
                        ("issued_at", models.DateTimeField()),
                    ],
                    options={"db_table": "portal_key"},
                )
            ]
        ),
        migrations.AddField(
            "key", "issued_by", models.CharField(max_length=64, default="", db_default="")
        ),
    ]
