"""What the lists of endpoints and of their log are sorted by where a cell shows words, or a part of an id."""

from typing import Any

from django.db.models import Case, CharField, IntegerField, TextField, Value, When
from django.db.models.functions import Cast, Coalesce, Lower, Right

from messaging.webhooks.words import ERRORS
from ui.sorting import empty_first, empty_last, worded


def about() -> Coalesce:
    """Return the end of the id of what a message is about, as the list shows it; nothing where it is about nothing."""
    return Coalesce(Right(Cast("subject_id", TextField()), 8), Value(""), output_field=CharField())


def _state() -> Case:
    """On, failing, off."""
    return Case(
        When(is_active=False, then=2), When(failing_since__isnull=False, then=1), default=0, output_field=IntegerField()
    )


def _answer() -> Case:
    """Return what came of the last attempt: nothing yet, then the statuses by number, then what kept us from one."""
    status = Cast("last_status", TextField())
    return Case(
        When(last_status__isnull=False, then=status),
        default=worded("last_error", lambda: ERRORS),
        output_field=TextField(),
    )


ENDPOINTS: dict[str, Any] = {
    "name": "name",
    "state": _state(),
    "events": "events__len",
    "delivered": empty_first("delivered_at"),
    "created": "created_at",
}
DELIVERIES: dict[str, Any] = {
    "event": "event",
    "status": "status",
    "answer": _answer(),
    "endpoint": Lower("endpoint__name"),
    "about": about(),
    "attempts": "attempts",
    "created": "created_at",
    "next": empty_last("next_at"),
}
