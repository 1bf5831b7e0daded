"""Whether a customer wants to hear of points that end soon."""

import uuid
from datetime import datetime

from loyalty.models import LoyaltySettings, ReminderStop
from loyalty.services.reminders import is_stopped, stop


def wants_reminders(*, customer_id: uuid.UUID) -> bool | None:
    """Say whether the customer is reminded; None where the shop reminds nobody."""
    rules: LoyaltySettings | None = LoyaltySettings.objects.first()
    return None if rules is None or not rules.reminds else not is_stopped(customer_id=customer_id)


def choose_reminders(*, customer_id: uuid.UUID, wanted: bool, now: datetime) -> None:
    """Remind the customer of ending points again, or no more; other mails go on. Choosing twice is once."""
    if wanted:
        ReminderStop.objects.filter(customer_id=customer_id).delete()
    else:
        stop(customer_id=customer_id, now=now)
