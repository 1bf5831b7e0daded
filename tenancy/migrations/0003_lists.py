"""Saved views and preferences."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

import tenancy.ids
from tenancy.operations import MerchantTable


def key() -> models.UUIDField:
    """The row's id."""
    return models.UUIDField(default=tenancy.ids.new_id, editable=False, primary_key=True, serialize=False)


def owner() -> models.ForeignKey:
    """The merchant."""
    return models.ForeignKey(
        db_index=False,
        editable=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to="tenancy.merchant",
    )


def person() -> models.ForeignKey:
    """The member of staff."""
    return models.ForeignKey(
        db_index=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
    )


OURS = {"abstract": False, "base_manager_name": "objects", "default_manager_name": "objects"}


class Migration(migrations.Migration):
    """Saved views and preferences."""

    dependencies = [("tenancy", "0002_cache_and_rights")]

    operations = [
        migrations.CreateModel(
            name="UserPreference",
            fields=[
                ("id", key()),
                ("name", models.CharField(max_length=120)),
                ("value", models.JSONField(null=True)),
                ("updated_at", models.DateTimeField()),
                ("merchant", owner()),
                ("user", person()),
            ],
            options={
                **OURS,
                "constraints": [
                    models.UniqueConstraint(fields=("merchant", "user", "name"), name="user_preference_once"),
                    models.CheckConstraint(condition=~Q(name=""), name="user_preference_named"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", key()),
                ("list_name", models.CharField(max_length=80)),
                ("name", models.CharField(max_length=60)),
                ("shared", models.BooleanField(default=False)),
                ("query", models.CharField(blank=True, max_length=4_000)),
                ("display", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("merchant", owner()),
                ("user", person()),
            ],
            options={
                **OURS,
                "indexes": [models.Index(fields=["merchant", "list_name", "id"], name="saved_view_of_list")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(shared=False),
                        fields=("merchant", "list_name", "user", "name"),
                        name="saved_view_own_once",
                    ),
                    models.UniqueConstraint(
                        condition=Q(shared=True),
                        fields=("merchant", "list_name", "name"),
                        name="saved_view_shared_once",
                    ),
                    models.CheckConstraint(condition=~Q(name=""), name="saved_view_named"),
                ],
            },
        ),
        MerchantTable("userpreference"),
        MerchantTable("savedview"),
    ]
