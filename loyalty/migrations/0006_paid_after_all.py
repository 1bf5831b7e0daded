"""An order that had failed, and turns out to be paid while another is open, can be told so."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """One order of a reward is open at most; before, none could be open beside one that is paid."""

    dependencies = [("loyalty", "0005_undone_adjustments")]

    operations = [
        migrations.RemoveConstraint(model_name="cashbackpayment", name="cashback_one_open"),
        migrations.AddConstraint(
            model_name="cashbackpayment",
            constraint=models.UniqueConstraint(
                fields=["merchant", "redeemed"],
                condition=Q(status__in=["init", "pending"]),
                name="cashback_one_open",
            ),
        ),
    ]
