"""Mails about a claim that are not the gift itself."""

from datetime import datetime

from claims_center.models import Claim
from claims_center.services.base import ORIGIN
from messaging.models import Message
from messaging.services import queue_message, suppressed
from tenancy.actors import Actor


def queue_notice(*, claim: Claim, kind: str, actor: Actor, now: datetime) -> Message | None:
    """Queue a mail that tells the customer of the claim's present state; its words are written when it is sent.

    Once for each change. Queues nothing where the customer has no address that takes mail.
    """
    if not claim.customer_email or suppressed([claim.customer_email]):
        return None
    return queue_message(
        kind=kind,
        origin=ORIGIN,
        origin_id=claim.id,
        customer_id=claim.customer_id,
        to_address=claim.customer_email,
        to_name=claim.customer_name,
        context={},
        actor=actor,
        now=now,
        once_key=f"{kind}:{claim.id}:{claim.version}",
    )
