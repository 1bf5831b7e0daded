"""Who has their birthday on a day is found by an index."""

import django.db.models.functions.comparison
import django.db.models.functions.datetime
from django.db import migrations, models
from django.db.models import F


class Migration(migrations.Migration):
    dependencies = [("customers", "0002_list_speed")]

    operations = [
        migrations.AddField(
            model_name="customer",
            name="birthday_key",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.functions.comparison.Cast(
                    django.db.models.functions.datetime.ExtractMonth(F("birthday")) * 100
                    + django.db.models.functions.datetime.ExtractDay(F("birthday")),
                    models.SmallIntegerField(),
                ),
                output_field=models.SmallIntegerField(null=True),
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                condition=models.Q(("birthday__isnull", False)),
                fields=["merchant", "birthday_key", "id"],
                name="customer_by_birthday",
            ),
        ),
    ]
