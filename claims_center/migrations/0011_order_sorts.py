"""Indexes by which the order history is sorted; built while orders go on being imported."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("claims_center", "0010_order_cents")]

    operations = [
        AddIndexConcurrently("order", models.Index(fields=["merchant", "item_count", "id"], name="order_by_items")),
        AddIndexConcurrently("order", models.Index(fields=["merchant", "amount_cents", "id"], name="order_by_amount")),
        AddIndexConcurrently("order", models.Index(fields=["merchant", "buyer_name", "id"], name="order_by_buyer")),
    ]
