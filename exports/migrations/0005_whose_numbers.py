"""Whose numbers runs of changes go by, for servers that were restored from a dump."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exports", "0004_import_lines")]

    operations = [
        migrations.AddField(
            model_name="export", name="server", field=models.BigIntegerField(editable=False, null=True)
        ),
        migrations.AddField(model_name="exportrun", name="server", field=models.BigIntegerField(null=True)),
    ]
