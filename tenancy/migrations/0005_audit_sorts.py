"""Indexes by which the audit log is sorted; built while events go on being written."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import F, Value
from django.db.models.functions import Coalesce, Left, Lower

REASON = Lower(Left("reason", 200))
ORIGIN = Coalesce("ip", Value("0.0.0.0", output_field=models.GenericIPAddressField()))  # noqa: S104 - nothing listens


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("tenancy", "0004_request_log")]

    operations = [
        AddIndexConcurrently("auditevent", models.Index(F("merchant"), REASON, F("id"), name="audit_sort_reason")),
        AddIndexConcurrently("auditevent", models.Index(F("merchant"), ORIGIN, F("id"), name="audit_sort_ip")),
    ]
