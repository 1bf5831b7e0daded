"""Points: what one is worth, reminders before they end, and the order of the lists of purchases and adjustments."""

import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
from django.db import migrations, models

import tenancy.base
import tenancy.ids
from tenancy.operations import MerchantTable


class Migration(migrations.Migration):
    """Values, reminders and the order of lists."""

    dependencies = [
        ("customers", "0002_list_speed"),
        ("ledger", "0005_hour_sums"),
        ("loyalty", "0001_start"),
        ("tenancy", "0003_lists"),
    ]

    operations = [
        migrations.CreateModel(
            name="PointReminder",
            fields=[
                ("id", models.UUIDField(default=tenancy.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("expires_at", models.DateTimeField()),
                ("points", models.PositiveIntegerField()),
                ("reminded_at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.AddField(
            model_name="loyaltysettings",
            name="point_value",
            field=models.DecimalField(
                blank=True,
                decimal_places=4,
                max_digits=12,
                null=True,
                validators=[django.core.validators.MinValueValidator(0)],
                verbose_name="Value of a point",
            ),
        ),
        migrations.AddField(
            model_name="loyaltysettings",
            name="reminds",
            field=models.BooleanField(
                db_default=False, default=False, verbose_name="Remind customers by e-mail before points expire"
            ),
        ),
        migrations.AddField(
            model_name="purchase",
            name="amount_cents",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.functions.comparison.Cast(
                    django.db.models.expressions.CombinedExpression(models.F("amount"), "*", models.Value(100)),
                    models.BigIntegerField(),
                ),
                output_field=models.BigIntegerField(),
            ),
        ),
        migrations.AddIndex(
            model_name="pointadjustment",
            index=models.Index(fields=["merchant", "asked_at", "id"], name="adjustment_by_time"),
        ),
        migrations.AddIndex(
            model_name="pointadjustment",
            index=models.Index(fields=["merchant", "points", "id"], name="adjustment_by_points"),
        ),
        migrations.AddIndex(
            model_name="purchase",
            index=models.Index(fields=["merchant", "amount_cents", "id"], name="purchase_by_amount"),
        ),
        migrations.AddIndex(
            model_name="purchase",
            index=models.Index(fields=["merchant", "points_earned", "id"], name="purchase_by_points"),
        ),
        migrations.AddIndex(
            model_name="purchase",
            index=models.Index(fields=["merchant", "points_returned", "id"], name="purchase_by_returned"),
        ),
        migrations.AddConstraint(
            model_name="loyaltysettings",
            constraint=models.CheckConstraint(
                condition=models.Q(("point_value__isnull", True), ("point_value__gte", 0), _connector="OR"),
                name="loyalty_settings_value_positive",
            ),
        ),
        migrations.AddField(
            model_name="pointreminder",
            name="customer",
            field=tenancy.base.MerchantForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="point_reminders", to="customers.customer"
            ),
        ),
        migrations.AddField(
            model_name="pointreminder",
            name="merchant",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.merchant",
            ),
        ),
        migrations.AddIndex(
            model_name="pointreminder",
            index=models.Index(fields=["merchant", "expires_at"], name="point_reminder_by_end"),
        ),
        migrations.AddConstraint(
            model_name="pointreminder",
            constraint=models.UniqueConstraint(
                fields=("merchant", "customer", "expires_at"), name="point_reminder_once"
            ),
        ),
        MerchantTable("pointreminder"),
        migrations.CreateModel(
            name="ReminderStop",
            fields=[
                ("id", models.UUIDField(default=tenancy.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("stopped_at", models.DateTimeField()),
                (
                    "customer",
                    tenancy.base.MerchantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reminder_stops",
                        to="customers.customer",
                    ),
                ),
                (
                    "merchant",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.merchant",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("merchant", "customer"), name="reminder_stop_once"),
                ],
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        MerchantTable("reminderstop"),
    ]
