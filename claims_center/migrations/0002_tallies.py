"""Counts of claims by day, for the overview."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import tenancy.ids
from tenancy.operations import MerchantTable

MERCHANT = models.ForeignKey(
    db_index=False,
    editable=False,
    on_delete=django.db.models.deletion.PROTECT,
    related_name="+",
    to="tenancy.merchant",
)
ID = models.UUIDField(default=tenancy.ids.new_id, editable=False, primary_key=True, serialize=False)
OPTIONS = {"abstract": False, "base_manager_name": "objects", "default_manager_name": "objects"}


class Migration(migrations.Migration):
    """Counts of claims by day, for the overview. Until a merchant's are made, its figures are counted live."""

    dependencies = [("claims_center", "0001_start")]

    operations = [
        migrations.CreateModel(
            name="ClaimTally",
            fields=[
                ("id", ID.clone()),
                ("generation", models.PositiveIntegerField()),
                ("dimension", models.CharField(max_length=12)),
                ("key", models.CharField(blank=True, max_length=36)),
                ("span", models.CharField(max_length=5)),
                ("day", models.DateField()),
                ("new", models.IntegerField(default=0)),
                ("needs_info", models.IntegerField(default=0)),
                ("verified", models.IntegerField(default=0)),
                ("processed", models.IntegerField(default=0)),
                ("rejected", models.IntegerField(default=0)),
                ("redirected", models.IntegerField(default=0)),
                ("visited", models.IntegerField(default=0)),
                ("started", models.IntegerField(default=0)),
                ("waiting", models.IntegerField(default=0)),
                ("done", models.IntegerField(default=0)),
                (
                    "took_minutes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), default=list, size=None
                    ),
                ),
                (
                    "took_numbers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), default=list, size=None
                    ),
                ),
                ("merchant", MERCHANT.clone()),
            ],
            options={
                **OPTIONS,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("merchant", "generation", "dimension", "span", "day", "key"), name="claim_tally_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("dimension__in", ("all", "funnel", "product", "marketplace"))),
                        name="claim_tally_dimension_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("span__in", ("day", "month", "ever"))), name="claim_tally_span_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TallyChange",
            fields=[
                ("id", ID.clone()),
                ("kind", models.CharField(max_length=10)),
                ("at", models.DateTimeField()),
                ("done_at", models.DateTimeField(null=True)),
                ("funnel_ref", models.UUIDField(null=True)),
                ("product_ref", models.UUIDField(null=True)),
                ("marketplace", models.CharField(blank=True, max_length=10)),
                ("status", models.CharField(blank=True, max_length=20)),
                ("flag", models.BooleanField(default=False)),
                ("number", models.IntegerField()),
                ("merchant", MERCHANT.clone()),
            ],
            options={
                **OPTIONS,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ("claim", "visit", "waiting"))), name="tally_change_kind_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("number", 0), _negated=True), name="tally_change_changes"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TallyState",
            fields=[
                ("id", ID.clone()),
                ("zone", models.CharField(max_length=60)),
                ("generation", models.PositiveIntegerField(default=0)),
                ("rebuilt_at", models.DateTimeField(null=True)),
                ("merchant", MERCHANT.clone()),
            ],
            options={
                **OPTIONS,
                "constraints": [models.UniqueConstraint(fields=("merchant",), name="tally_state_once")],
            },
        ),
        MerchantTable("claimtally"),
        MerchantTable("tallychange", poller=("id",)),
        MerchantTable("tallystate", poller=("zone", "generation")),
    ]
