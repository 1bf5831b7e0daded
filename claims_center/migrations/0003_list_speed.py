"""Indexes of the lists at a million claims."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """A state together with any other filter is counted in an index alone; so is a word of a row."""

    dependencies = [("claims_center", "0002_tallies")]

    operations = [
        migrations.RemoveIndex(model_name="claim", name="claim_status_new"),
        migrations.AddIndex(
            model_name="claim",
            index=models.Index(
                fields=["merchant", "status", "submitted_at", "id"],
                include=[
                    "verification",
                    "marketplace",
                    "funnel",
                    "product",
                    "promotion_kind",
                    "assignee",
                    "delivery_status",
                    "did_redirect",
                    "is_repeat",
                ],
                name="claim_status_new",
            ),
        ),
        migrations.RemoveIndex(model_name="claimtoken", name="claim_token_row"),
        migrations.AddIndex(
            model_name="claimtoken",
            index=models.Index(fields=["merchant", "row", "token"], name="claim_token_row"),
        ),
    ]
