"""The index by which old events at the gates are found; built while events go on being written."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("tenancy", "0009_retention")]

    operations = [AddIndexConcurrently("securityevent", models.Index(fields=["at"], name="security_event_age"))]
