"""Mails about a claim that are not the gift itself."""

from datetime import datetime

from claims_center.models import Claim
from claims_center.services.base import ORIGIN
from messaging.models import Message
from messaging.services import queue_message, suppressed
from messaging.texts import is_on
from tenancy.actors import Actor

RECEIVED = "claim.received"
NEEDS_INFO = "claim.needs_info"
REJECTED = "claim.rejected"
REOPENED = "claim.reopened"
SHIPPED = "claim.shipped"
PROCESSED = "claim.processed"
DELIVERED = "claim.delivered"


def queue_notice(*, claim: Claim, kind: str, actor: Actor, now: datetime) -> Message | None:
    """Queue a mail that tells the customer of the change that was written last; its words are made when it is sent.

    Once for each change. Queues nothing where the merchant has switched this kind of mail off, and where the customer
    has no address that takes mail.
    """
    if not is_on(kind) or not takes_mail(claim=claim):
        return None
    return queue_message(
        kind=kind,
        origin=ORIGIN,
        origin_id=claim.id,
        customer_id=claim.customer_id,
        to_address=claim.customer_email,
        to_name=claim.customer_name,
        context={"change": claim.version},
        actor=actor,
        now=now,
        once_key=f"{kind}:{claim.id}:{claim.version}",
    )


def takes_mail(*, claim: Claim) -> bool:
    """Say whether the customer has an address, and mail to it does not come back."""
    return bool(claim.customer_email) and not suppressed([claim.customer_email])


def kind_when_processed(*, claim: Claim) -> str:
    """Return which mail tells the customer that the claim is done: the gift is shipped, or has come by e-mail."""
    return SHIPPED if claim.is_physical else PROCESSED
