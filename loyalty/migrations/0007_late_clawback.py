"""A return may take later what it had not found: how much it took, and what is still missing, can be changed."""

from django.db import migrations


class Migration(migrations.Migration):
    """The rest of a return stays as it was written, and no row goes."""

    dependencies = [("loyalty", "0006_paid_after_all")]

    operations = [
        migrations.RunSQL(
            "GRANT UPDATE (points_returned, shortfall) ON loyalty_purchasereturn TO app_rw",
            "REVOKE UPDATE (points_returned, shortfall) ON loyalty_purchasereturn FROM app_rw",
        ),
    ]
