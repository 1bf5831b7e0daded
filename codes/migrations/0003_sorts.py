"""Indexes by which a pool's codes are sorted as the list shows them; built while codes go on being taken."""

import django.db.models.functions.comparison
import django.db.models.functions.text
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import F, Value

ENDING = models.Func(
    F("value"),
    template="CASE WHEN length(%(expressions)s) >= 8 THEN right(%(expressions)s, 4) ELSE '' END",
    output_field=models.CharField(),
)
HOLDER = models.Case(
    models.When(holder_id__isnull=True, then=Value("")),
    default=django.db.models.functions.text.Concat(
        "holder_origin",
        Value(" …"),
        django.db.models.functions.text.Right(
            django.db.models.functions.comparison.Cast("holder_id", models.TextField()), 6
        ),
        output_field=models.TextField(),
    ),
    output_field=models.TextField(),
)
TAKEN = django.db.models.functions.comparison.Coalesce(
    "taken_at", Value("1970-01-01T00:00:00+00:00", output_field=models.DateTimeField())
)


def sorted_by(part: models.Expression, name: str) -> AddIndexConcurrently:
    """An index of a pool's codes by one part."""
    return AddIndexConcurrently("code", models.Index(F("merchant"), F("pool"), part, F("id"), name=name))


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("codes", "0002_waiting")]

    operations = [
        sorted_by(ENDING, "code_sort_ending"),
        sorted_by(HOLDER, "code_sort_holder"),
        sorted_by(TAKEN, "code_sort_taken"),
    ]
