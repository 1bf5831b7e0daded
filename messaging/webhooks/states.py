"""Where a webhook stands, and how long we keep trying."""

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    """What became of one message to one endpoint."""

    WAITING = "waiting", _("Waiting")
    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Failed")
    DROPPED = "dropped", _("Not sent")


class OffReason(models.TextChoices):
    """Why nothing is sent to an endpoint."""

    NONE = "", "—"
    BY_HAND = "by_hand", _("Switched off by hand")
    FAILING = "failing", _("Nothing was delivered for days")
    GONE = "gone", _("The address answered that it is gone (410)")


# How long to wait after the n-th failed attempt: about three and a half days in all.
PAUSES = (
    timedelta(seconds=5),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
MOST_ATTEMPTS = len(PAUSES) + 1
# An endpoint to which nothing could be delivered for so long is switched off.
OFF_AFTER = timedelta(days=5)
# After so many failures in a row an endpoint rests, so that its backlog does not hold up the others.
RESTS_AFTER = 3
LONGEST_REST = timedelta(minutes=5)
# How long a secret that was replaced still signs beside the new one.
BOTH_SECRETS = timedelta(hours=24)
MOST_ENDPOINTS = 10
LARGEST_BODY = 64 * 1024
TEST_EVENT = "webhook.test"
