"""What customers are told, and what they say on the tracker."""

from django.db import migrations, models
from django.db.models import Q

EVENTS = [
    ("claim.submitted", "Claim submitted"),
    ("claim.shared", "Feedback shared"),
    ("claim.rechecked", "Checked against orders"),
    ("claim.verified", "Verified"),
    ("claim.unverified", "Verification taken back"),
    ("claim.info_asked", "Information asked"),
    ("claim.rejected", "Rejected"),
    ("claim.reopened", "Reopened"),
    ("claim.gift_sent", "Gift sent by e-mail"),
    ("claim.gift_resent", "Gift sent again"),
    ("claim.gift_changed", "Gift changed"),
    ("claim.gift_withdrawn", "Gift withdrawn before it went out"),
    ("claim.code_awaited", "Waits for a code"),
    ("claim.wait_ended", "No longer waits for a code"),
    ("claim.delivery", "Delivery status changed"),
    ("claim.processed", "Marked as processed"),
    ("claim.unprocessed", "Unprocessed"),
    ("claim.email_corrected", "E-mail address corrected"),
    ("claim.address_changed", "Mailing address changed"),
    ("claim.shipping_changed", "Carrier and tracking changed"),
    ("claim.order_corrected", "Order number corrected"),
    ("claim.assigned", "Assigned"),
    ("claim.answered", "Customer answered"),
    ("claim.mail_missed", "Customer did not get the e-mail"),
]
ATTENTION = [("", "—"), ("answered", "Customer answered"), ("mail_missed", "E-mail not received")]


class Migration(migrations.Migration):
    """What customers are told, and what they say on the tracker."""

    dependencies = [("claims_center", "0006_signals")]

    operations = [
        migrations.RemoveConstraint(model_name="claimchange", name="claim_change_event_known"),
        migrations.AlterField(
            model_name="claimchange", name="event", field=models.CharField(choices=EVENTS, max_length=40)
        ),
        migrations.AddConstraint(
            model_name="claimchange",
            constraint=models.CheckConstraint(
                condition=Q(event__in=[event for event, _label in EVENTS]), name="claim_change_event_known"
            ),
        ),
        migrations.AddField(
            model_name="claim",
            name="attention",
            field=models.CharField(
                blank=True,
                choices=ATTENTION,
                db_default="",
                default="",
                max_length=20,
                verbose_name="From the customer",
            ),
        ),
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.CheckConstraint(
                condition=Q(attention__in=[value for value, _label in ATTENTION]), name="claim_attention_known"
            ),
        ),
        migrations.AddIndex(
            model_name="claim",
            index=models.Index(
                condition=~Q(attention=""),
                fields=["merchant", "attention", "submitted_at", "id"],
                name="claim_attention_new",
            ),
        ),
    ]
