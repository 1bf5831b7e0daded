"""What funnels are published with: short and former addresses, more of the merchant's own words, and reminders."""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q
from django.db.models.functions import MD5, Cast, Left, Random

import claims_center.models.funnel
import tenancy.base
import tenancy.ids
from tenancy.operations import MerchantReference, MerchantTable

MANAGERS = {"abstract": False, "base_manager_name": "objects", "default_manager_name": "objects"}
KEY = models.UUIDField(default=tenancy.ids.new_id, editable=False, primary_key=True, serialize=False)


def merchant() -> models.Field:
    """Return the column that says whose row it is."""
    return models.ForeignKey(
        db_index=False,
        editable=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to="tenancy.merchant",
    )


def funnel(name: str, field: models.Field) -> migrations.AddField:
    """Return the operation that adds a column to funnels."""
    return migrations.AddField(model_name="funnel", name=name, field=field)


def held(model: str, constraint: models.BaseConstraint) -> migrations.AddConstraint:
    """Return the operation that adds a rule."""
    return migrations.AddConstraint(model_name=model, constraint=constraint)


class Migration(migrations.Migration):
    """What funnels are published with."""

    dependencies = [("claims_center", "0004_bulk")]

    operations = [
        funnel("archived_at", models.DateTimeField(blank=True, editable=False, null=True)),
        funnel(
            "short_code",
            models.CharField(
                db_default=Left(MD5(Cast(Random(), models.CharField())), 8),
                default=claims_center.models.funnel.new_short_code,
                editable=False,
                max_length=8,
            ),
        ),
        # The random default fills the rows that stand; new ones get theirs in Python, as everything volatile does.
        migrations.AlterField(
            "funnel",
            "short_code",
            models.CharField(default=claims_center.models.funnel.new_short_code, editable=False, max_length=8),
        ),
        funnel("version", models.PositiveIntegerField(db_default=1, default=1, editable=False)),
        funnel("ask_rating", models.BooleanField(db_default=True, default=True, verbose_name="Ask for a rating")),
        funnel("ask_feedback", models.BooleanField(db_default=True, default=True, verbose_name="Ask for feedback")),
        funnel("texts", models.JSONField(blank=True, db_default={}, default=dict)),
        funnel(
            "logo",
            models.FileField(
                blank=True, db_default="", default="", max_length=200, upload_to="logos/", verbose_name="Logo"
            ),
        ),
        funnel(
            "accent",
            models.CharField(blank=True, db_default="", default="", max_length=7, verbose_name="Accent colour"),
        ),
        funnel(
            "stop_when_sold_out",
            models.BooleanField(db_default=False, default=False, verbose_name="Stop when no code is left"),
        ),
        funnel(
            "remind_after_hours",
            models.PositiveSmallIntegerField(
                blank=True,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(120),
                ],
                verbose_name="Remind after",
            ),
        ),
        held("funnel", models.UniqueConstraint(fields=("merchant", "short_code"), name="funnel_short_code_once")),
        held("funnel", models.CheckConstraint(condition=~Q(short_code=""), name="funnel_has_short_code")),
        held(
            "funnel",
            models.CheckConstraint(
                condition=Q(ask_feedback=True) | Q(min_feedback=0), name="funnel_measures_what_it_asks"
            ),
        ),
        held(
            "funnel",
            models.CheckConstraint(condition=Q(accent__regex="^(#[0-9a-f]{6})?$"), name="funnel_accent_colour"),
        ),
        held(
            "funnel",
            models.CheckConstraint(
                condition=Q(remind_after_hours__isnull=True)
                | Q(remind_after_hours__gte=1, remind_after_hours__lte=120),
                name="funnel_reminds_in_time",
            ),
        ),
        held(
            "funnel",
            models.CheckConstraint(
                condition=Q(archived_at__isnull=True) | Q(published_at__isnull=True) | Q(closed_at__isnull=False),
                name="funnel_archived_when_over",
            ),
        ),
        migrations.AddField(
            model_name="journey",
            name="via",
            field=models.CharField(
                choices=[("insert", "Product insert"), ("link", "Link"), ("direct", "Direct")],
                db_default="direct",
                default="direct",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="journey",
            name="product",
            field=tenancy.base.MerchantForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="claims_center.product",
            ),
        ),
        migrations.AddField(model_name="journey", name="remind_at", field=models.DateTimeField(null=True)),
        migrations.AddField(model_name="journey", name="reminded_at", field=models.DateTimeField(null=True)),
        MerchantReference("journey", "product"),
        held(
            "journey",
            models.CheckConstraint(condition=Q(via__in=["insert", "link", "direct"]), name="journey_via_known"),
        ),
        migrations.RemoveIndex(model_name="journey", name="journey_of_funnel"),
        migrations.AddIndex(
            model_name="journey",
            index=models.Index(
                fields=["merchant", "funnel", "visited_at"],
                include=(
                    "via",
                    "product",
                    "started_at",
                    "order_at",
                    "feedback_at",
                    "contact_at",
                    "submitted_at",
                    "shared_at",
                ),
                name="journey_of_funnel",
            ),
        ),
        migrations.RemoveIndex(model_name="claim", name="claim_funnel_new"),
        migrations.AddIndex(
            model_name="claim",
            index=models.Index(
                fields=["merchant", "funnel", "submitted_at", "id"],
                include=("product", "status", "did_redirect"),
                name="claim_funnel_new",
            ),
        ),
        migrations.AddField(
            model_name="product",
            name="image_url",
            field=models.URLField(
                blank=True, db_default="", default="", max_length=500, verbose_name="Address of the picture"
            ),
        ),
        migrations.AddField(model_name="product", name="image_fetched_at", field=models.DateTimeField(null=True)),
        migrations.AddField(
            model_name="product",
            name="image_problem",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.CreateModel(
            name="FormerAddress",
            fields=[
                ("id", KEY.clone()),
                ("slug", models.CharField(max_length=60)),
                ("created_at", models.DateTimeField()),
                (
                    "funnel",
                    tenancy.base.MerchantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="former_addresses",
                        to="claims_center.funnel",
                    ),
                ),
                ("merchant", merchant()),
            ],
            options=MANAGERS,
        ),
        migrations.AddIndex(
            model_name="formeraddress",
            index=models.Index(fields=["merchant", "funnel"], name="former_address_of_funnel"),
        ),
        held("formeraddress", models.UniqueConstraint(fields=("merchant", "slug"), name="former_address_once")),
        MerchantTable("formeraddress"),
        migrations.CreateModel(
            name="ReminderRefusal",
            fields=[
                ("id", KEY.clone()),
                ("email_norm", models.CharField(max_length=254)),
                ("created_at", models.DateTimeField()),
                ("merchant", merchant()),
            ],
            options=MANAGERS,
        ),
        held(
            "reminderrefusal",
            models.UniqueConstraint(fields=("merchant", "email_norm"), name="reminder_refusal_once"),
        ),
        held(
            "reminderrefusal",
            models.CheckConstraint(condition=~Q(email_norm=""), name="reminder_refusal_has_address"),
        ),
        MerchantTable("reminderrefusal"),
    ]
