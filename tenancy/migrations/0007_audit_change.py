"""The name of an event's first change, by which the log is sorted. Its table is written anew: a minute for a million."""

from django.db import migrations, models
from django.db.models import F, Value
from django.db.models.functions import Coalesce, Least, Replace, Substr

FILLED = """'$.keyvalue() ? (@.value != null && ((@.value == "") is unknown || @.value != "")).key'"""
KEY = f"jsonb_path_query_first(%(expressions)s, {FILLED}) #>> '{{}}'"
PLACED = f"(lpad(length({KEY})::text, 3, '0') || ({KEY}))"
BEFORE, AFTER = (
    models.Func(F(column), template=PLACED, output_field=models.TextField()) for column in ("before", "after")
)
CHANGE = Coalesce(
    Replace(Substr(Least(BEFORE, AFTER), 4), Value("_"), Value(" ")), Value(""), output_field=models.TextField()
)


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0006_idempotency_by_key")]

    operations = [
        migrations.AddField(
            model_name="auditevent",
            name="first_change",
            field=models.GeneratedField(expression=CHANGE, output_field=models.TextField(), db_persist=True),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["merchant", "first_change", "id"], name="audit_sort_change"),
        ),
    ]
