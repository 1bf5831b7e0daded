"""The checks of responses and of their history, said in fewer words: the server reads them with each statement.

The new ones hold before the old ones go.
"""

from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations
from django.db.models import CheckConstraint, Q

from tenancy.words import IsOneOf

WAITING = ("pending", "clipped")
OPEN = (*WAITING, "processing", "shipping")
CLOSED = ("expired", "canceled", "completed")
SOURCES = ("member", "pos", "staff", "bulk", "trigger", "import")
TYPES = ("percent_off", "amount_off", "buy_x_get_y", "free_item", "gift_with_purchase", "points_multiplier")
ACTS = (
    "issued",
    "clipped",
    "reserved",
    "released",
    "processing",
    "shipped",
    "completed",
    "expired",
    "canceled",
    "reopened",
    "reversed",
    "undone",
)
CHECKS = (
    ("offerresponse", "response_source_known", "response_source_is_known", IsOneOf("source", SOURCES)),
    ("offerresponse", "response_type_known", "response_type_is_known", IsOneOf("offer_type", TYPES)),
    (
        "offerresponse",
        "response_closed_has_entry",
        "response_closed_by_entry",
        Q(IsOneOf("status", OPEN), status_before="", closed_at__isnull=True, closed_entry_id__isnull=True)
        | Q(
            IsOneOf("status", CLOSED),
            IsOneOf("status_before", OPEN),
            closed_at__isnull=False,
            closed_entry_id__isnull=False,
        ),
    ),
    (
        "offerresponse",
        "response_reserved_waits",
        "response_reserved_is_waiting",
        Q(reserved_until__isnull=True, reservation="")
        | Q(IsOneOf("status", WAITING), reserved_until__isnull=False) & ~Q(reservation=""),
    ),
    (
        "offerchange",
        "response_change_event_known",
        "response_change_event_is_known",
        IsOneOf("event", [f"offer.{act}" for act in ACTS]),
    ),
)


class Migration(migrations.Migration):
    # Each step by itself: rows are looked at under a lock that lets others write.
    atomic = False
    dependencies = [("offers", "0004_token_rows"), ("tenancy", "0008_idempotency_visible")]

    operations = [
        step
        for model, old, new, condition in CHECKS
        for step in (
            AddConstraintNotValid(model, CheckConstraint(condition=condition, name=new)),
            ValidateConstraint(model, new),
            migrations.RemoveConstraint(model, old),
        )
    ]
