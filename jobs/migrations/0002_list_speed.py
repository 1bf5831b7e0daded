"""Indexes of the list of jobs."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One index for each column that the list sorts by."""

    dependencies = [("jobs", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="job",
            index=models.Index(fields=["merchant", "kind", "id"], name="job_by_kind"),
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(fields=["merchant", "state", "id"], name="job_by_state"),
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(fields=["merchant", "attempts", "id"], name="job_by_attempts"),
        ),
    ]
