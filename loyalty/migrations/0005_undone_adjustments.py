"""Adjustments that came by a file can be taken back with it."""

from django.db import migrations, models
from django.db.models import Q

STATES = [
    ("waiting", "Waiting for approval"),
    ("done", "Done"),
    ("declined", "Declined"),
    ("undone", "Taken back"),
]


class Migration(migrations.Migration):
    """The state of what was taken back; its entry stands, reversed, where it had one."""

    dependencies = [("loyalty", "0004_triggers")]

    operations = [
        migrations.RemoveConstraint(model_name="pointadjustment", name="adjustment_state_known"),
        migrations.RemoveConstraint(model_name="pointadjustment", name="adjustment_done_has_entry"),
        migrations.AlterField(
            model_name="pointadjustment", name="state", field=models.CharField(choices=STATES, max_length=10)
        ),
        migrations.AddConstraint(
            model_name="pointadjustment",
            constraint=models.CheckConstraint(
                condition=Q(state__in=[state for state, _label in STATES]), name="adjustment_state_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="pointadjustment",
            constraint=models.CheckConstraint(
                condition=Q(state="done", entry_id__isnull=False)
                | Q(state="undone")
                | Q(state__in=["waiting", "declined"], entry_id__isnull=True),
                name="adjustment_done_has_entry",
            ),
        ),
    ]
