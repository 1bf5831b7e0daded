"""Orders know by which transaction they were written last."""

from django.db import migrations, models

import tenancy.changes


class Migration(migrations.Migration):
    """Read by exports of what has changed."""

    dependencies = [("claims_center", "0008_marks")]

    operations = [
        migrations.AddField(model_name="order", name="change_xid", field=tenancy.changes.ChangeField()),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(fields=["merchant", "change_xid", "id"], name="order_changed"),
        ),
    ]
