"""Reads: messages, their timelines, how many are in trouble, closed addresses."""

import uuid

from django.db.models import QuerySet

from customers.normalise import email_norm
from messaging.models import Message, MessageEvent, Suppression
from messaging.states import PROBLEMS


def messages_for_list() -> QuerySet[Message]:
    """Return the merchant's messages."""
    found: QuerySet[Message] = Message.objects.defer("context")
    return found


def messages_of(*, origin: str, origin_id: uuid.UUID) -> QuerySet[Message]:
    """Return a document's messages, the latest first."""
    found: QuerySet[Message] = Message.objects.filter(origin=origin, origin_id=origin_id).order_by("-seq")
    return found


def events_of(message_id: uuid.UUID) -> QuerySet[MessageEvent]:
    """Return what happened to a message, in order."""
    found: QuerySet[MessageEvent] = MessageEvent.objects.filter(message_id=message_id).order_by("at", "id")
    return found


def follower_of(message_id: uuid.UUID) -> Message | None:
    """Return the message that was sent in this one's place, the latest of them."""
    found: Message | None = Message.objects.filter(follows=message_id).order_by("-seq").first()
    return found


def problem_count() -> int:
    """Return how many messages bounced, failed, were complained about or are uncertain, and nobody has handled."""
    return int(Message.objects.filter(status__in=PROBLEMS, is_handled=False).count())


def suppressions_for_list() -> QuerySet[Suppression]:
    """Return the addresses that the merchant writes to no more."""
    found: QuerySet[Suppression] = Suppression.objects.all()
    return found


def suppressed(addresses: list[str]) -> dict[str, str]:
    """Return reason by normalised address for those of the addresses that we write to no more."""
    wanted = {email_norm(address) for address in addresses}
    return dict(Suppression.objects.filter(email_norm__in=wanted).values_list("email_norm", "reason"))
