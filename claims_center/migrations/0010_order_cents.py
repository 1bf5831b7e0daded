"""What an order came to in whole cents. The table of orders is written anew: some seconds for a million."""

from django.db import migrations, models
from django.db.models import F, Value
from django.db.models.functions import Cast, Coalesce

NO_AMOUNT = -(10**15)


class Migration(migrations.Migration):
    dependencies = [("claims_center", "0009_changes")]

    operations = [
        migrations.AddField(
            model_name="order",
            name="amount_cents",
            field=models.GeneratedField(
                expression=Coalesce(Cast(F("amount") * 100, models.BigIntegerField()), Value(NO_AMOUNT)),
                output_field=models.BigIntegerField(),
                db_persist=True,
            ),
        ),
    ]
