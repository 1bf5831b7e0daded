"""Whose numbers the cursor of webhooks goes by, for servers that were restored from a dump; attempts that were begun."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("messaging", "0003_webhooks")]

    operations = [
        migrations.AddField(
            model_name="webhookcursor",
            name="server",
            field=models.BigIntegerField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="webhookcursor",
            name="stood_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="webhookcursor",
            name="since",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="webhookcursor",
            name="former_until",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(model_name="webhookendpoint", name="from_at", field=models.DateTimeField(null=True)),
        migrations.AddField(model_name="webhookdelivery", name="sending_at", field=models.DateTimeField(null=True)),
    ]
