"""Checking claims against the order history again, in bounded batches, and what follows from a Match."""

import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from claims_center.checking import Found, find_orders, results
from claims_center.errors import NothingToGive, Refused
from claims_center.models import Claim, ClaimChange
from claims_center.services.base import keep
from claims_center.services.marks import mark_later, mark_processed_siblings
from claims_center.services.numbers import hold_numbers
from claims_center.states import Event, Status, Verification
from claims_center.verification import Result
from jobs.services import enqueue, enqueue_many
from tenancy.actors import Actor

BATCH = 200
CHECKED = ("verification", "verification_reason", "matched_order", "order_number_norm", "number_turn")


def recheck(*, claim_ids: Sequence[uuid.UUID], now: datetime) -> int:
    """Check claims against the orders as they are now, a batch at a time; return how many changed.

    1. Finds the orders, holds their numbers, then locks those claims whose outcome differs, by id.
    2. Writes outcome and reason, with a history row by the system. The state stays what it is.
    3. Puts down a job for each new claim that matches now and whose funnel verifies by itself (`follow_up`), so that
       each is done in a transaction of its own.

    A claim that nothing changes for is not touched, nor is one whose customer was erased: nobody knows any more what was
    typed, and the number by which its order counts as claimed stays.
    """
    known = Claim.objects.exclude(~Q(order_number_norm=""), order_number="")
    rows = known.filter(id__in=claim_ids).select_related("funnel", "product", "customer")
    claims = {claim.id: claim for claim in rows.order_by("id")}
    found = find_orders(claims.values())
    take_turns(claims=claims.values(), found=found)
    outcome = results(list(claims.values()), found)
    changed = [one.id for one in claims.values() if _differs(one, found[one.id], outcome[one.id])]
    ready = []
    renumbered = []
    for claim in rows.filter(id__in=changed).select_for_update(of=("self",), no_key=True).order_by("id"):
        seen = claims[claim.id]
        if claim.order_number != seen.order_number:
            # Corrected meanwhile; that put down a job of its own.
            continue
        claim.number_turn = seen.number_turn
        if claim.order_number_norm != found[claim.id].number:
            renumbered.append(claim.id)
        _write(claim, found[claim.id], outcome[claim.id], now=now)
        if claim.status == Status.NEW and claim.verification == Verification.MATCH and claim.funnel.auto_verify:
            ready.append((f"{claim.id}:{claim.version}", {"claim": str(claim.id)}))
    if ready:
        enqueue_many(kind="claims.follow_up", payloads=ready, now=now)
    mark_later(claim_ids=renumbered, now=now)
    return len(changed)


def follow_up(*, claim_id: uuid.UUID, now: datetime) -> None:
    """Verify a new claim that matches, and then send its gift, where its funnel does so by itself; as the system.

    Each act in a savepoint. Where the pool has no code for it, the claim waits in line for one; whatever else is
    refused is left for a person, and the claim as it is.
    """
    from claims_center.services.gifts import send_gift  # noqa: PLC0415 - these lean on this module
    from claims_center.services.verdicts import verify  # noqa: PLC0415
    from claims_center.waiting import join_line  # noqa: PLC0415

    claim = Claim.objects.select_related("funnel").get(id=claim_id)
    matches = claim.status == Status.NEW and claim.verification == Verification.MATCH
    if not matches or not claim.funnel.auto_verify:
        return
    acts: list[Callable[..., Claim]] = (
        [verify, send_gift] if claim.funnel.auto_send and not claim.is_physical else [verify]
    )
    for act in acts:
        try:
            with transaction.atomic():
                act(claim_id=claim_id, actor=Actor.system(), now=now)
        except NothingToGive:
            acts.append(join_line)
        except Refused:
            return


def recheck_later(*, claim_ids: Iterable[uuid.UUID], now: datetime) -> None:
    """Put down a job that checks these claims again."""
    ids = sorted(str(one) for one in claim_ids)
    if ids:
        enqueue(kind="claims.rematch", payload={"claims": ids}, now=now)


def recheck_siblings(*, claim: Claim, now: datetime, itself: bool = False) -> None:
    """Have the other claims with this claim's order number checked again by a job, since it counts no more, or again."""
    if not claim.order_number_norm:
        return
    mark_processed_siblings(claims=[claim], now=now)
    same = Claim.objects.filter(order_number_norm=claim.order_number_norm, marketplace=claim.marketplace)
    ids = same.exclude(id=claim.id).exclude(status=Status.PROCESSED).values_list("id", flat=True)[:BATCH]
    recheck_later(claim_ids=[*ids, claim.id] if itself else ids, now=now)


def take_turns(*, claims: Iterable[Claim], found: dict[uuid.UUID, Found]) -> None:
    """Hold the numbers of these claims; on those in memory that come to a number newly, note the turn they take.

    Somebody else may have brought a claim to its number while we waited for the number: then it keeps that turn, and
    does not come after itself.
    """
    claims = list(claims)
    turns = hold_numbers(numbers=[(claim.marketplace, found[claim.id].number) for claim in claims])
    coming = [claim for claim in claims if found[claim.id].number not in ("", claim.order_number_norm)]
    rows = Claim.objects.filter(id__in=[claim.id for claim in coming if claim.version])
    there = {row[0]: row[1:] for row in rows.values_list("id", "order_number_norm", "number_turn")}
    for claim in coming:
        number = found[claim.id].number
        norm, turn = there.get(claim.id, ("", 0))
        claim.number_turn = turn if norm == number else turns[(claim.marketplace, number)]


def set_outcome(*, claim: Claim, hit: Found, result: Result) -> None:
    """Put an outcome onto a claim in memory."""
    claim.verification, claim.verification_reason = result.verification, result.reason[:300]
    claim.matched_order = hit.order
    claim.order_number_norm = hit.number


def _differs(claim: Claim, hit: Found, result: Result) -> bool:
    known = (claim.verification, claim.verification_reason, claim.matched_order_id, claim.order_number_norm)
    return known != (result.verification, result.reason[:300], hit.order.id if hit.order else None, hit.number)


def _write(claim: Claim, hit: Found, result: Result, *, now: datetime) -> ClaimChange | None:
    before = claim.verification
    set_outcome(claim=claim, hit=hit, result=result)
    if before == claim.verification:
        # Only the words are new: nothing happened that the history should tell.
        claim.save(update_fields=CHECKED)
        return None
    detail = {"from": before, "to": str(claim.verification)}
    return keep(
        claim=claim,
        event=Event.RECHECKED,
        fields=CHECKED,
        actor=Actor.system(),
        now=now,
        reason=claim.verification_reason,
        detail=detail,
    )
