"""Whose numbers the sums by the hour go by, for servers that were restored from a dump."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_hour_sums")]

    operations = [
        migrations.AddField(
            model_name="hourstate",
            name="server",
            field=models.BigIntegerField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="hourstate",
            name="stood_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="hourstate",
            name="since",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="hourstate",
            name="former_until",
            field=models.DateTimeField(editable=False, null=True),
        ),
    ]
