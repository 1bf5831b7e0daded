"""Signals and what customers said, as the list of claims sorts and filters by them."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Which signals are open stands on the claim; the column is added without rewriting the table."""

    dependencies = [("claims_center", "0007_notices")]

    operations = [
        migrations.AddField(
            model_name="claim",
            name="signals",
            field=models.PositiveSmallIntegerField(db_default=0, default=0, editable=False, verbose_name="Signals"),
        ),
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.CheckConstraint(condition=Q(signals__lt=32), name="claim_signals_known"),
        ),
        migrations.AddIndex(
            model_name="claim",
            index=models.Index(fields=["merchant", "attention", "id"], name="claim_by_attention"),
        ),
        migrations.AddIndex(
            model_name="claim",
            index=models.Index(fields=["merchant", "signals", "id"], name="claim_by_signals"),
        ),
        migrations.AddIndex(
            model_name="claim",
            index=models.Index(
                condition=Q(signals__gt=0),
                fields=["merchant", "signals", "submitted_at", "id"],
                name="claim_signals_new",
            ),
        ),
    ]
