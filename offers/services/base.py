"""What every act on a response shares: the lock, who may do it, the ledger's key, the row in the history."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, TypedDict

from django.db import connection
from django.utils.translation import gettext_lazy as _

from ledger.services import record
from offers.errors import KeyReused, ReasonNeeded, TransitionNotAllowed
from offers.models import Offer, OfferChange, OfferResponse
from offers.states import TRANSITIONS, Event, Status
from offers.usage import status_of
from tenancy import rows
from tenancy.actors import Actor
from tenancy.ids import new_id
from tenancy.prepared import prepared_cursor
from tenancy.scope import current_merchant_id

ORIGIN = "offer_response"
LONGEST_REASON = 500
# Held against a change of the offer, not against other responses: the foreign key would take this lock anyway.
HOLD = "SELECT id FROM offers_offer WHERE merchant_id = %s AND id = %s FOR KEY SHARE"
# What a till is told of an offer.
TOLD = frozenset(
    (
        "id",
        "merchant_id",
        "name",
        "terms",
        "offer_type",
        "percent",
        "amount",
        "multiplier",
        "buy_quantity",
        "get_quantity",
        "items",
        "minimum_amount",
        "currency",
    )
)
# Every till goes through here, so the statement is written out; the offer is read along, and not held.
LOCK = f"""
SELECT {rows.columns(OfferResponse, "r")}, {rows.columns(Offer, "o", TOLD)}
FROM offers_offerresponse AS r JOIN offers_offer AS o ON o.merchant_id = r.merchant_id AND o.id = r.offer_id
WHERE r.merchant_id = %s AND r.id = %s FOR NO KEY UPDATE OF r
"""  # noqa: S608 - names of the models' columns
# Both by one statement.
KEEP = "WITH kept AS (UPDATE offers_offerresponse SET {sets} WHERE merchant_id = %s AND id = %s) {insertion}"


class Facts(TypedDict):
    """What a ledger entry says of itself."""

    event: str
    origin: str
    origin_id: uuid.UUID
    subject_id: uuid.UUID
    customer_id: uuid.UUID
    actor: Actor
    key: str


@dataclass(frozen=True, slots=True)
class Act:
    """Who does what to a response, when and why; `op_key` is the caller's own name of it, one act one name."""

    event: Event
    actor: Actor
    now: datetime
    reason: str = ""
    op_key: str = ""


def locked(*, response_id: uuid.UUID) -> OfferResponse:
    """Return the response with its offer, held until the transaction ends. Raises OfferResponse.DoesNotExist."""
    with prepared_cursor() as cursor:
        cursor.execute(LOCK, [current_merchant_id(), response_id])
        found = cursor.fetchone()
    if found is None:
        raise OfferResponse.DoesNotExist
    size = len(OfferResponse._meta.concrete_fields)
    response = rows.loaded(OfferResponse, found[:size])
    response.offer = rows.loaded(Offer, found[size:], TOLD)
    return response


def held_offer(*, offer_id: uuid.UUID) -> Offer:
    """Return the offer, held against changes until the transaction ends. Raises Offer.DoesNotExist."""
    with connection.cursor() as cursor:
        cursor.execute(HOLD, [current_merchant_id(), offer_id])
    found: Offer = Offer.objects.get(id=offer_id)
    return found


def held_offer_of(*, response_id: uuid.UUID) -> Offer:
    """Return a response's offer, held as `held_offer` does: before the response, as everywhere that both are locked."""
    offer_id = OfferResponse.objects.values_list("offer_id", flat=True).get(id=response_id)
    return held_offer(offer_id=offer_id)


def is_done(*, response: OfferResponse, act: Act) -> bool:
    """Say whether this very act was done before. Raises KeyReused where its name stands for another act."""
    # The first version is what issuing it left: nothing was done to it since.
    if not act.op_key or response.version <= 1:
        return False
    known = OfferChange.objects.filter(response=response, op_key=act.op_key).values_list("event", flat=True).first()
    if known is not None and known != act.event:
        raise KeyReused
    return known is not None


def check_may(*, response: OfferResponse, act: Act) -> None:
    """Raise TransitionNotAllowed unless the table lets this actor do it now, ReasonNeeded where a reason is missing."""
    row, status = TRANSITIONS[act.event], status_of(response, at=act.now)
    if act.actor.kind not in row.doors:
        raise TransitionNotAllowed(_("Only your staff can do this."))
    if status not in row.sources:
        raise TransitionNotAllowed(status=status.label)
    if act.actor.kind in row.needs_reason and not act.reason.strip():
        raise ReasonNeeded


def ledger_facts(*, response: OfferResponse, act: Act) -> Facts:
    """Return what every ledger entry of this response's next change says of itself.

    The key holds the change's number, so that the same change is one entry however often it is tried.
    """
    return {
        "event": act.event.value,
        "origin": ORIGIN,
        "origin_id": response.id,
        "subject_id": response.offer_id,
        "customer_id": response.customer_id,
        "actor": act.actor,
        "key": f"{ORIGIN}:{response.id}:{response.version + 1}",
    }


def memo(*, response: OfferResponse, act: Act) -> uuid.UUID:
    """Write an entry without movements for the next change, and return its id."""
    return record(**ledger_facts(response=response, act=act)).entry_id


def close(*, response: OfferResponse, status: Status, act: Act, entry_id: uuid.UUID) -> set[str]:
    """Set what every closed response has, where it stood before and which entry closed it; return the fields."""
    response.status_before, response.status = response.status, status
    response.closed_at, response.closed_entry_id = act.now, entry_id
    return {"status", "status_before", "closed_at", "closed_entry_id", *let_go(response=response)}


def reopen_to(*, response: OfferResponse, status: str) -> set[str]:
    """Set what every open response has; return the fields."""
    response.status, response.status_before = status, ""
    response.closed_at = response.closed_entry_id = response.completed_at = None
    return {"status", "status_before", "closed_at", "closed_entry_id", "completed_at"}


def let_go(*, response: OfferResponse) -> set[str]:
    """End the reservation, if there is one; return the fields."""
    response.reserved_until, response.reservation = None, ""
    return {"reserved_until", "reservation"}


def keep(
    *,
    response: OfferResponse,
    act: Act,
    was: str,
    fields: Iterable[str],
    entry_id: uuid.UUID,
    detail: dict[str, Any] | None = None,
) -> OfferResponse:
    """Save the named fields of a locked response and write the change into its history, with the next number."""
    response.version += 1
    merchant_id = current_merchant_id()
    change = {
        "merchant_id": merchant_id,
        "id": new_id(),
        "response_id": response.id,
        "seq": response.version,
        "event": act.event,
        "from_status": was,
        "to_status": response.status,
        "actor": str(act.actor),
        "at": act.now,
        "reason": act.reason.strip()[:LONGEST_REASON],
        "detail": detail or {},
        "op_key": act.op_key,
        "entry_id": entry_id,
    }
    statement, given, columns = _keeping(frozenset(fields))
    values = [*rows.values_of(response, given), merchant_id, response.id, *rows.values_by_name(change, columns)]
    with prepared_cursor() as cursor:
        cursor.execute(statement, values)
    return response


@cache
def _keeping(fields: frozenset[str]) -> tuple[str, Any, Any]:
    """Return the statement that saves these fields with a change, and the fields of both whose values it takes."""
    sets, given = rows.assignments(OfferResponse, fields | {"version", "change_xid"})
    insertion, columns = rows.insertion(OfferChange)
    return KEEP.format(sets=sets, insertion=insertion), given, columns
