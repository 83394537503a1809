"""The index by which a leader's open orders are found asks what they are asked by, and no more."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0008_signatures")]

    operations = [
        migrations.RemoveIndex("order", "orders_to_sign"),
        migrations.AddIndex(
            "order",
            models.Index(
                fields=["leader"],
                condition=models.Q(("ended_at__isnull", True), ("conduct", True)),
                name="orders_led_by",
            ),
        ),
    ]
