"""Links to sign in by, sessions of customers and their wishes to be forgotten, behind the walls of their merchant."""

import django.db.models.deletion
from django.db import migrations, models

import tenancy.base
import tenancy.ids
from tenancy.operations import MerchantTable


def _merchant() -> models.ForeignKey:
    return models.ForeignKey(
        db_index=False,
        editable=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to="tenancy.merchant",
    )


def _id() -> models.UUIDField:
    return models.UUIDField(default=tenancy.ids.new_id, editable=False, primary_key=True, serialize=False)


MANAGED = {"abstract": False, "base_manager_name": "objects", "default_manager_name": "objects"}


class Migration(migrations.Migration):
    initial = True

    dependencies = [("customers", "0002_list_speed"), ("tenancy", "0003_lists")]

    operations = [
        migrations.CreateModel(
            name="SignInLink",
            fields=[
                ("id", _id()),
                ("address", models.CharField(max_length=254)),
                ("token_hash", models.CharField(max_length=64)),
                ("requested_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "customer",
                    tenancy.base.MerchantForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                ("merchant", _merchant()),
            ],
            options=MANAGED
            | {
                "indexes": [
                    models.Index(fields=["merchant", "customer"], name="sign_in_link_of"),
                    models.Index(fields=["merchant", "expires_at"], name="sign_in_link_age"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("merchant", "token_hash"), name="sign_in_link_once"),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("requested_at"))), name="sign_in_link_has_time"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ClientSession",
            fields=[
                ("id", _id()),
                ("device", models.CharField(blank=True, max_length=120)),
                ("began_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                (
                    "customer",
                    tenancy.base.MerchantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.customer"
                    ),
                ),
                ("merchant", _merchant()),
            ],
            options=MANAGED
            | {
                "indexes": [
                    models.Index(fields=["merchant", "customer"], name="client_session_of"),
                    models.Index(fields=["merchant", "expires_at"], name="client_session_age"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("began_at"))), name="client_session_has_time"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ErasureRequest",
            fields=[
                ("id", _id()),
                ("customer_name", models.CharField(blank=True, max_length=254, verbose_name="Customer")),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="Note")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("withdrawn", "Withdrawn"),
                            ("done", "Done"),
                            ("declined", "Declined"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="State",
                    ),
                ),
                ("requested_at", models.DateTimeField(verbose_name="Asked")),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by", models.CharField(blank=True, max_length=60)),
                ("answer", models.CharField(blank=True, max_length=500, verbose_name="Answer")),
                (
                    "customer",
                    tenancy.base.MerchantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="erasure_requests",
                        to="customers.customer",
                    ),
                ),
                ("merchant", _merchant()),
            ],
            options=MANAGED
            | {
                "indexes": [
                    models.Index(fields=["merchant", "requested_at", "id"], name="erasure_newest"),
                    models.Index(fields=["merchant", "customer_name", "id"], name="erasure_by_name"),
                    models.Index(fields=["merchant", "state", "id"], name="erasure_by_state"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "waiting")),
                        fields=("merchant", "customer"),
                        name="erasure_asked_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["waiting", "withdrawn", "done", "declined"])),
                        name="erasure_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("decided_at__isnull", True), ("state", "waiting"))
                        | (~models.Q(("state", "waiting")) & models.Q(("decided_at__isnull", False))),
                        name="erasure_decided_has_time",
                    ),
                ],
            },
        ),
        MerchantTable("signinlink"),
        MerchantTable("clientsession"),
        MerchantTable("erasurerequest"),
    ]
