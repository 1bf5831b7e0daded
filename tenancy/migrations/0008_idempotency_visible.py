"""Visible characters alone in the key of a request, said in a way that costs a till's call nothing.

The new constraint holds before the old one goes.
"""

from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models
from django.db.models import Q

VISIBLE = models.CheckConstraint(
    condition=~Q(key="") & ~Q(key__regex=r"[^\x21-\x7e]"), name="idempotency_key_is_visible"
)


class Migration(migrations.Migration):
    # Each step by itself: rows are looked at under a lock that lets others write.
    atomic = False
    dependencies = [("tenancy", "0007_audit_change")]

    operations = [
        AddConstraintNotValid("idempotencyrecord", VISIBLE),
        ValidateConstraint("idempotencyrecord", VISIBLE.name),
        migrations.RemoveConstraint("idempotencyrecord", "idempotency_key_visible"),
    ]
