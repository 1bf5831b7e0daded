"""What every act on a redeemed reward shares: the lock, the ledger's key, the row in the history."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypedDict

from ledger.services import record
from loyalty.models import RedeemedChange, RedeemedReward
from loyalty.states import Event
from tenancy.actors import Actor

ORIGIN = "redeemed_reward"
LONGEST_REASON = 500


class Facts(TypedDict):
    """What a ledger entry says of itself."""

    event: str
    origin: str
    origin_id: uuid.UUID
    subject_id: uuid.UUID
    customer_id: uuid.UUID
    actor: Actor
    key: str


def locked(*, redeemed_id: uuid.UUID) -> RedeemedReward:
    """Return the redeemed reward, held until the transaction ends. Raises RedeemedReward.DoesNotExist."""
    found: RedeemedReward = RedeemedReward.objects.select_for_update(no_key=True).get(id=redeemed_id)
    return found


def ledger_facts(*, redeemed: RedeemedReward, event: Event, actor: Actor) -> Facts:
    """Return what every ledger entry of this reward's next change says of itself.

    The key holds the change's number, so that the same change is one entry however often it is tried.
    """
    return {
        "event": event.value,
        "origin": ORIGIN,
        "origin_id": redeemed.id,
        "subject_id": redeemed.reward_id,
        "customer_id": redeemed.customer_id,
        "actor": actor,
        "key": f"{ORIGIN}:{redeemed.id}:{redeemed.version + 1}",
    }


def memo(*, redeemed: RedeemedReward, event: Event, actor: Actor) -> uuid.UUID:
    """Write an entry without movements for the next change, and return its id."""
    return record(**ledger_facts(redeemed=redeemed, event=event, actor=actor)).entry_id


def keep(
    *,
    redeemed: RedeemedReward,
    event: Event,
    fields: Iterable[str],
    actor: Actor,
    now: datetime,
    reason: str = "",
    detail: dict[str, Any] | None = None,
    entry_id: uuid.UUID | None = None,
) -> RedeemedReward:
    """Save the named fields of a locked redeemed reward and write the change into its history, with the next number."""
    redeemed.version += 1
    redeemed.save(update_fields={*fields, "version", "change_xid"})
    RedeemedChange.made_with(
        redeemed_id=redeemed.id,
        seq=redeemed.version,
        event=event,
        actor=str(actor),
        at=now,
        reason=reason.strip()[:LONGEST_REASON],
        detail=detail or {},
        entry_id=entry_id,
    ).save(force_insert=True)
    return redeemed
