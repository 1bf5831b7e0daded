"""An index by which closed addresses are sorted; built while others are being closed."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Case, F, Value, When

BY_MESSAGE = Case(
    When(message_ref__isnull=True, then=Value(0)), default=Value(1), output_field=models.SmallIntegerField()
)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("messaging", "0004_whose_numbers")]

    operations = [
        AddIndexConcurrently(
            "suppression", models.Index(F("merchant"), BY_MESSAGE, F("id"), name="suppression_by_message")
        )
    ]
