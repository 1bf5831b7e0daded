"""Taking a gift back that was sent: the code and the voucher."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from claims_center.errors import NotAllowed
from claims_center.models import Claim
from claims_center.search import write_words
from claims_center.services.base import GIFT_MAIL, ORIGIN, ledger_facts
from claims_center.states import Delivery, Event
from codes.normalise import masked
from codes.services import burn, put_back
from ledger.services import revoke
from messaging.many import hold_queued, withdraw
from messaging.models import Message
from tenancy.actors import Actor

TAKEN_BACK = "gift_taken_back"


def hold_gift_mail(*, claim_id: uuid.UUID) -> Message | None:
    """Lock the mails of a claim's gift, before the claim; return the latest where it still waits in the outbox."""
    return hold_queued(origin=ORIGIN, origin_ids=[claim_id], kind=GIFT_MAIL).get(claim_id)


def take_gift_back(
    *,
    claim: Claim,
    event: Event,
    mail: Message | None,
    return_code: bool,
    reason: str,
    actor: Actor,
    now: datetime,
) -> tuple[uuid.UUID, dict[str, Any], set[str]]:
    """Take the issued gift of a locked claim back; the caller saves the claim.

    1. Takes its ``mail`` (see `hold_gift_mail`) out of the outbox where it still waits there.
    2. A code of a pool goes back to it with ``return_code``, else it is burnt.
    3. Revokes the voucher in one entry for ``event``.
    4. Clears the gift on the claim in memory; it is not found by its code any more.

    Returns the entry's id, what the history says of it (the code masked), and the fields to save. Raises NotAllowed
    where the code is to go back while its mail is on its way: the next customer would get what this one reads.
    """
    if return_code and is_leaving(claim=claim, mail=mail):
        raise NotAllowed(
            _("The e-mail with this code is on its way. Try again in a minute, or do not return the code.")
        )
    detail = facts_of_gift(claim=claim, return_code=return_code)
    if mail is not None:
        stop_mails(claims=[claim], mails={claim.id: mail}, now=now)
    if claim.code_id is not None:
        give_up = put_back if return_code else burn
        give_up(code_id=claim.code_id, actor=actor, now=now, reason=reason)
    facts = ledger_facts(claim=claim, event=event, actor=actor)
    posted = revoke(grant_id=claim.grant_id, **facts)
    clear_gift(claim=claim)
    write_words(claim=claim)
    fields = {"grant", "code", "gift_code", "gift_item", "gift_sent_at", "delivery_status", "delivery_at"}
    return posted.entry_id, detail, fields


def is_leaving(*, claim: Claim, mail: Message | None) -> bool:
    """Say whether the mail with a claim's own code has left the outbox, and nobody knows yet whether it arrived."""
    return claim.code_id is not None and claim.delivery_status == Delivery.QUEUED and mail is None


def stop_mails(*, claims: Sequence[Claim], mails: Mapping[uuid.UUID, Message], now: datetime) -> None:
    """Take the held mails of these claims' gifts out of the outbox.

    On the claims, in memory, stands then what became of the mail before, if the same gift was mailed before.
    """
    stopped = [claim for claim in claims if claim.id in mails]
    withdraw(messages=[mails[claim.id] for claim in stopped], code=TAKEN_BACK, now=now)
    rows = Message.objects.filter(origin=ORIGIN, kind=GIFT_MAIL, origin_id__in=[claim.id for claim in stopped])
    told = rows.filter(status__in=Delivery.values).order_by("seq").values_list("origin_id", "queued_at", "status")
    latest = {found: (queued_at, status) for found, queued_at, status in told}
    for claim in stopped:
        queued_at, status = latest.get(claim.id, (None, ""))
        is_this_gift = queued_at is not None and claim.gift_sent_at is not None and queued_at >= claim.gift_sent_at
        claim.delivery_status, claim.delivery_at = status if is_this_gift else Delivery.NOT_SENT, now


def facts_of_gift(*, claim: Claim, return_code: bool) -> dict[str, Any]:
    """Return what the history says of a gift that is taken back: the voucher, the code masked, what becomes of it."""
    facts = {"code": masked(claim.gift_code), "grant": str(claim.grant_id)}
    return facts | {"code_returned": "yes" if return_code else "no"} if claim.code_id is not None else facts


def clear_gift(*, claim: Claim) -> None:
    """Take the gift off a claim in memory; how often it was mailed stays counted."""
    claim.grant_id, claim.code_id, claim.gift_code = None, None, ""
    claim.gift_item, claim.gift_sent_at = "", None
