"""Where exported files go."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import tenancy.ids
from tenancy.operations import MerchantTable


class Migration(migrations.Migration):
    """Destinations."""

    dependencies = [
        ("exports", "0001_initial"),
        ("tenancy", "0003_lists"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Destination",
            fields=[
                ("id", models.UUIDField(default=tenancy.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=80, verbose_name="Name")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("sftp", "File Transfer (SFTP)"),
                            ("s3", "S3-compatible storage"),
                            ("email", "E-mail with a link"),
                        ],
                        max_length=10,
                        verbose_name="Kind",
                    ),
                ),
                ("settings", models.JSONField(default=dict)),
                ("secret_sealed", models.TextField(blank=True, editable=False)),
                ("test_asked_at", models.DateTimeField(editable=False, null=True)),
                ("tested_at", models.DateTimeField(editable=False, null=True)),
                ("test_words", models.CharField(blank=True, editable=False, max_length=300)),
                ("created_at", models.DateTimeField(verbose_name="Created")),
                ("archived_at", models.DateTimeField(editable=False, null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
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
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["merchant", "name", "id"], name="destination_by_name"),
                    models.Index(fields=["merchant", "kind", "id"], name="destination_by_kind"),
                    models.Index(fields=["merchant", "-created_at", "-id"], name="destination_newest"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("archived_at__isnull", True)),
                        fields=("merchant", "name"),
                        name="destination_name_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="destination_has_name"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["sftp", "s3", "email"])), name="destination_kind_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind", "email"), models.Q(("secret_sealed", ""), _negated=True), _connector="OR"
                        ),
                        name="destination_has_secret",
                    ),
                ],
            },
        ),
        MerchantTable("destination"),
    ]
