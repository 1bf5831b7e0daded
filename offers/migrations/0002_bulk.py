"""Bulk acts on responses, and offers given to many members, with their results row by row."""

from typing import Any

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import tenancy.base
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
ACTS = ["clip", "process", "ship", "complete", "expire", "cancel", "reopen", "reverse"]
STATES = [("draft", "Preview"), ("running", "Running"), ("done", "Done"), ("stopped", "Stopped"), ("failed", "Failed")]
Fields = list[tuple[str, Any]]


def cascade(to: str, name: str) -> models.ForeignKey:
    """Return a reference that goes with what it refers to."""
    return tenancy.base.MerchantForeignKey(
        on_delete=django.db.models.deletion.CASCADE, related_name=name, to=f"offers.{to}"
    )


def act_fields(act: str) -> Fields:
    """Return the columns of a table of acts."""
    undoes = tenancy.base.MerchantForeignKey(
        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="undone_by", to=f"offers.{act}"
    )
    return [
        ("id", ID.clone()),
        ("act", models.CharField(max_length=20)),
        ("undoes", undoes),
        ("actor", models.CharField(max_length=60)),
        ("everything", models.BooleanField(default=False)),
        ("query", models.TextField(blank=True)),
        ("given", models.JSONField(default=dict)),
        ("state", models.CharField(choices=STATES, default="draft", max_length=10)),
        ("job_id", models.UUIDField(null=True)),
        ("total", models.PositiveIntegerField(default=0)),
        ("position", models.PositiveIntegerField(default=0)),
        ("done", models.PositiveIntegerField(default=0)),
        ("outcomes", models.JSONField(default=dict)),
        ("created_at", models.DateTimeField()),
        ("started_at", models.DateTimeField(null=True)),
        ("finished_at", models.DateTimeField(null=True)),
        ("undo_until", models.DateTimeField(null=True)),
        ("merchant", MERCHANT.clone()),
    ]


def act_rules(prefix: str) -> dict[str, Any]:
    """Return the constraints and indexes of a table of acts."""
    did_nothing = models.Q(
        models.Q(("position", 0), ("started_at__isnull", True), ("state", "draft")),
        models.Q(models.Q(("state", "draft"), _negated=True), ("started_at__isnull", False)),
        _connector="OR",
    )
    constraints = [
        models.CheckConstraint(
            condition=models.Q(("state__in", [state for state, _label in STATES])), name=f"{prefix}_state_known"
        ),
        models.CheckConstraint(condition=did_nothing, name=f"{prefix}_draft_did_nothing"),
        models.UniqueConstraint(
            condition=models.Q(("undoes__isnull", False)), fields=("merchant", "undoes"), name=f"{prefix}_undone_once"
        ),
    ]
    indexes = [
        models.Index(fields=["merchant", "created_at", "id"], name=f"{prefix}_by_time"),
        models.Index(fields=["merchant", "finished_at"], name=f"{prefix}_by_end"),
    ]
    return {"constraints": constraints, "indexes": indexes}


def selection(act: str, name: str, prefix: str) -> migrations.CreateModel:
    """Return the making of a table of what acts go through."""
    ids = django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None)
    versions = django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), default=list, size=None)
    once = models.UniqueConstraint(fields=("merchant", "bulk"), name=f"{prefix}_selection_once")
    return migrations.CreateModel(
        name=name,
        fields=[
            ("id", ID.clone()),
            ("ids", ids),
            ("versions", versions),
            ("bulk", cascade(act, "selections")),
            ("merchant", MERCHANT.clone()),
        ],
        options={**OPTIONS, "constraints": [once]},
    )


def rows(act: str, name: str, prefix: str, link: str, to: Any) -> migrations.CreateModel:
    """Return the making of a table of results."""
    constraints = [
        models.UniqueConstraint(fields=("merchant", "bulk", "position"), name=f"{prefix}_row_in_order"),
        models.CheckConstraint(condition=models.Q(("outcome", ""), _negated=True), name=f"{prefix}_row_has_outcome"),
        models.UniqueConstraint(fields=("merchant", "bulk", link), name=f"{prefix}_row_once"),
    ]
    indexes = [
        models.Index(fields=["merchant", "bulk", "outcome", "position"], name=f"{prefix}_row_outcome"),
        models.Index(fields=["merchant", link], name=f"{prefix}_row_of"),
    ]
    return migrations.CreateModel(
        name=name,
        fields=[
            ("id", ID.clone()),
            ("position", models.PositiveIntegerField()),
            ("seen", models.PositiveIntegerField()),
            ("outcome", models.CharField(max_length=1)),
            ("reason", models.CharField(blank=True, max_length=300)),
            ("seq", models.PositiveIntegerField(null=True)),
            ("before", models.JSONField(null=True)),
            ("bulk", cascade(act, "rows")),
            (link, to),
            ("merchant", MERCHANT.clone()),
        ],
        options={**OPTIONS, "constraints": constraints, "indexes": indexes},
    )


def acts(name: str, prefix: str, known: models.Q, more: Fields, *, index: models.Index | None = None) -> Any:
    """Return the making of a table of acts."""
    rules = act_rules(prefix)
    rules["constraints"].append(models.CheckConstraint(condition=known, name=f"{prefix}_act_known"))
    rules["indexes"] += [index] if index else []
    return migrations.CreateModel(name=name, fields=[*act_fields(name.lower()), *more], options={**OPTIONS, **rules})


ASSIGNMENT: Fields = [
    ("starts_clipped", models.BooleanField(default=False)),
    ("again", models.BooleanField(default=False)),
    ("reason", models.CharField(blank=True, max_length=500)),
    ("file_name", models.CharField(blank=True, max_length=200)),
    ("unknown", models.PositiveIntegerField(default=0)),
    (
        "unknown_lines",
        django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), default=list, size=None),
    ),
    (
        "offer",
        tenancy.base.MerchantForeignKey(
            on_delete=django.db.models.deletion.PROTECT, related_name="assignments", to="offers.offer"
        ),
    ),
]
MEMBER = tenancy.base.MerchantForeignKey(
    on_delete=django.db.models.deletion.CASCADE, related_name="+", to="customers.customer"
)


class Migration(migrations.Migration):
    """Bulk acts on responses, and offers given to many members, with their results row by row."""

    dependencies = [("customers", "0002_list_speed"), ("offers", "0001_start"), ("tenancy", "0003_lists")]

    operations = [
        acts("BulkAct", "offers_bulk", models.Q(("act__in", ACTS)), []),
        selection("bulkact", "BulkSelection", "offers_bulk"),
        rows("bulkact", "BulkRow", "offers_bulk", "response", cascade("offerresponse", "bulk_rows")),
        acts(
            "Assignment",
            "offers_assign",
            models.Q(("act", "assign")),
            ASSIGNMENT,
            index=models.Index(fields=["merchant", "offer", "created_at"], name="offers_assign_of_offer"),
        ),
        selection("assignment", "AssignmentSelection", "offers_assign"),
        rows("assignment", "AssignmentRow", "offers_assign", "customer", MEMBER),
        MerchantTable("bulkact"),
        MerchantTable("bulkselection"),
        MerchantTable("bulkrow"),
        MerchantTable("assignment"),
        MerchantTable("assignmentselection"),
        MerchantTable("assignmentrow"),
    ]
