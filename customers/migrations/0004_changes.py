"""Customers know by which transaction they were written last."""

from django.db import migrations, models

import tenancy.changes


class Migration(migrations.Migration):
    """Read by exports of what has changed."""

    dependencies = [("customers", "0003_birthdays")]

    operations = [
        migrations.AddField(model_name="customer", name="change_xid", field=tenancy.changes.ChangeField()),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(fields=["merchant", "change_xid", "id"], name="customer_changed"),
        ),
    ]
