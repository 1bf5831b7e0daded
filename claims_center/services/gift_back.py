"""Taking a gift back that was sent: the code and the voucher."""

import uuid
from datetime import datetime
from typing import Any

from claims_center.models import Claim
from claims_center.search import write_words
from claims_center.services.base import ledger_facts
from claims_center.states import Event
from codes.normalise import masked
from codes.services import burn, put_back
from ledger.services import revoke
from tenancy.actors import Actor


def take_gift_back(
    *, claim: Claim, event: Event, return_code: bool, reason: str, actor: Actor, now: datetime
) -> tuple[uuid.UUID, dict[str, Any], set[str]]:
    """Take the issued gift of a locked claim back; the caller saves the claim.

    1. A code of a pool goes back to it with ``return_code``, else it is burnt.
    2. Revokes the voucher in one entry for ``event``.
    3. Clears the gift on the claim in memory; it is not found by its code any more.

    Returns the entry's id, what the history says of it (the code masked), and the fields to save.
    """
    detail = facts_of_gift(claim=claim, return_code=return_code)
    if claim.code_id is not None:
        give_up = put_back if return_code else burn
        give_up(code_id=claim.code_id, actor=actor, now=now, reason=reason)
    facts = ledger_facts(claim=claim, event=event, actor=actor)
    posted = revoke(grant_id=claim.grant_id, **facts)
    clear_gift(claim=claim)
    write_words(claim=claim)
    return posted.entry_id, detail, {"grant", "code", "gift_code", "gift_item", "gift_sent_at"}


def facts_of_gift(*, claim: Claim, return_code: bool) -> dict[str, Any]:
    """Return what the history says of a gift that is taken back: the voucher, the code masked, what becomes of it."""
    facts = {"code": masked(claim.gift_code), "grant": str(claim.grant_id)}
    return facts | {"code_returned": "yes" if return_code else "no"} if claim.code_id is not None else facts


def clear_gift(*, claim: Claim) -> None:
    """Take the gift off a claim in memory; how often it was mailed stays counted."""
    claim.grant_id, claim.code_id, claim.gift_code = None, None, ""
    claim.gift_item, claim.gift_sent_at = "", None
