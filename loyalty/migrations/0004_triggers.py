"""On which occasions members are given this by itself."""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import tenancy.base
import tenancy.ids
from tenancy.operations import MerchantTable

OCCASIONS = [
    ("member.enrolled", "Enrolment"),
    ("purchase.recorded", "Purchase"),
    ("reward.redeemed", "Reward redeemed"),
    ("claim.processed", "Claim processed"),
    ("member.birthday", "Birthday"),
]


class Migration(migrations.Migration):
    dependencies = [("loyalty", "0003_bulk")]

    operations = [
        migrations.CreateModel(
            name="RewardTrigger",
            fields=[
                ("id", models.UUIDField(default=tenancy.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("event", models.CharField(choices=OCCASIONS, max_length=40, verbose_name="Given on")),
                (
                    "minimum_amount",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=12,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="From a purchase of",
                    ),
                ),
                ("is_active", models.BooleanField(default=True)),
                ("active_since", models.DateTimeField()),
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
                (
                    "reward",
                    tenancy.base.MerchantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="triggers", to="loyalty.reward"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("merchant", "reward", "event"), name="reward_trigger_once"),
                    models.CheckConstraint(
                        condition=models.Q(("event__in", [value for value, _label in OCCASIONS])),
                        name="reward_trigger_event_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("minimum_amount__isnull", True),
                            models.Q(("event", "purchase.recorded"), ("minimum_amount__gte", 0)),
                            _connector="OR",
                        ),
                        name="reward_trigger_minimum_of_purchase",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("is_active", True)),
                        fields=["merchant", "event"],
                        name="reward_trigger_armed",
                    )
                ],
            },
        ),
        MerchantTable("rewardtrigger", poller=("is_active", "event")),
        migrations.AddField(model_name="redeemedreward", name="trigger_entry_id", field=models.UUIDField(null=True)),
        migrations.AddConstraint(
            model_name="redeemedreward",
            constraint=models.UniqueConstraint(
                condition=models.Q(("trigger_entry_id__isnull", False)),
                fields=("merchant", "reward", "trigger_entry_id"),
                name="redeemed_trigger_once",
            ),
        ),
    ]
