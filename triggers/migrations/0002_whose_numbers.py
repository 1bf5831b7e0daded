"""Whose numbers the place in the journal goes by, for servers that were restored from a dump."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("triggers", "0001_start")]

    operations = [
        migrations.AddField(
            model_name="triggerstate",
            name="server",
            field=models.BigIntegerField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="triggerstate",
            name="stood_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="triggerstate",
            name="since",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="triggerstate",
            name="former_until",
            field=models.DateTimeField(editable=False, null=True),
        ),
    ]
