"""Claims that wait for a code of an empty pool: joining and leaving the line, and what happens when a code comes."""

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.contrib.humanize.templatetags.humanize import ordinal
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from claims_center.errors import NotAllowed, NothingToGive, Refused
from claims_center.models import Claim, Promotion
from claims_center.services.base import ORIGIN, keep, locked
from claims_center.services.gifts import check_sendable, send_gift
from claims_center.states import Event, Status
from codes.errors import PoolArchived
from codes.models import Waiting
from codes.waiting import Place, leave, may_take, place_of, serve, wait
from tenancy.actors import Actor


def join_line(*, claim_id: uuid.UUID, actor: Actor, now: datetime) -> Claim:
    """Let a verified claim wait for a code of its promotion's pool.

    1. Locks the claim. One that waits already is returned as it is.
    2. Puts it at the end of the pool's line, and writes the history. When a code comes, the gift is sent by the system.

    Raises NotAllowed for a claim that is not verified, whose gift was sent, or needs no code of a pool, and what stands
    in the way of sending (`check_sendable`). ``now`` is UTC.
    """
    claim = locked(claim_id=claim_id)
    if where(claim) is not None:
        return claim
    pool = claim.promotion.pool
    if pool is None or claim.is_gift_issued or claim.status != Status.VERIFIED:
        raise NotAllowed(_("Only a verified claim whose gift needs a code can wait for one."))
    check_sendable(claim=claim, promotion=claim.promotion)
    try:
        wait(pool_id=pool.id, origin=ORIGIN, origin_id=claim.id, now=now, actor=actor)
    except PoolArchived as error:
        raise NotAllowed(_("The code pool “%(pool)s” is archived: no code will come."), pool=pool.name) from error
    keep(claim=claim, event=Event.CODE_AWAITED, fields=(), actor=actor, now=now, detail={"item": pool.name})
    return claim


def leave_line(*, claim_id: uuid.UUID, actor: Actor, now: datetime, reason: str = "") -> Claim:
    """Take a claim out of the line, with history. One that does not wait is returned as it is."""
    claim = locked(claim_id=claim_id)
    if leave(origin=ORIGIN, origin_ids=[claim.id]):
        keep(claim=claim, event=Event.WAIT_ENDED, fields=(), actor=actor, now=now, reason=reason)
    return claim


def change_lines(*, promotion: Promotion, actor: Actor, now: datetime) -> None:
    """Let the claims that wait for a code of a promotion's former pool wait for one of its present pool, as long as before.

    Puts down the jobs that serve both lines. Where the promotion takes its codes from no pool any more, nothing is
    waited for: they leave the line, each with history, and can be sent.
    """
    claims: QuerySet[Claim] = Claim.objects.filter(promotion_id=promotion.id)
    rows = Waiting.objects.filter(origin=ORIGIN, origin_id__in=claims.values("id")).exclude(pool_id=promotion.pool_id)
    pools = set(rows.values_list("pool_id", flat=True))
    if not pools:
        return
    if promotion.pool_id is None:
        for claim_id in sorted(rows.values_list("origin_id", flat=True)):
            leave_line(claim_id=claim_id, actor=actor, now=now)
    else:
        rows.update(pool_id=promotion.pool_id)
        pools.add(promotion.pool_id)
    for pool_id in sorted(pools):
        serve(pool_id=pool_id, now=now)


def where(claim: Claim) -> Place | None:
    """Return where a claim stands in line, None where it does not wait."""
    return None if claim.is_gift_issued else place_of(origin=ORIGIN, origin_id=claim.id)


def could_wait(claim: Claim) -> bool:
    """Say whether this claim's gift needs a code that its pool does not have for it now."""
    pool = claim.promotion.pool
    if pool is None or claim.is_gift_issued or claim.status != Status.VERIFIED or pool.archived_at is not None:
        return False
    is_free = pool.codes.filter(state="free").exists()
    return not is_free or not may_take(pool_id=pool.id, origin=ORIGIN, origin_ids=[claim.id])


def shown(claim: Claim) -> dict[str, Any]:
    """Return what the claim's page says about waiting: its place in words, or that it could wait."""
    place = where(claim)
    if place is None:
        return {"could_wait": could_wait(claim)}
    text = _("Waiting for a code, %(place)s in line") % {"place": ordinal(place.number)}
    return {"waiting": place, "waiting_words": text}


def hold(*, origin_id: uuid.UUID) -> None:
    """Hold the claim until the transaction ends: it comes before its place in the line."""
    locked(claim_id=origin_id)


def give(*, origin_id: uuid.UUID, now: datetime) -> None:
    """Send the gift of a claim whose turn it is, as the system; what cannot be sent any more leaves the line.

    Raises PoolEmpty or PoolBusy where no code can be had after all: then the claim goes on waiting.
    """
    try:
        with transaction.atomic():
            send_gift(claim_id=origin_id, actor=Actor.system(), now=now)
    except NothingToGive as refusal:
        if _changed_over(origin_id, now=now):
            return
        if refusal.__cause__ is not None:
            raise refusal.__cause__ from None
        raise
    except Refused as refusal:
        leave_line(claim_id=origin_id, actor=Actor.system(), now=now, reason=refusal.sentence)


def _changed_over(claim_id: uuid.UUID, *, now: datetime) -> bool:
    """Let a claim that came into the line of a pool which its promotion does not use any more change over."""
    claim = Claim.objects.select_related("promotion").get(id=claim_id)
    place, pool_id = where(claim), claim.promotion.pool_id
    if place is None or pool_id is None or place.pool_id == pool_id:
        return False
    try:
        wait(pool_id=pool_id, origin=ORIGIN, origin_id=claim.id, now=place.asked_at, actor=Actor.parse(place.actor))
    except PoolArchived:
        leave_line(claim_id=claim_id, actor=Actor.system(), now=now, reason=_("Its code pool is archived."))
    return True


def named(*, origin_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, tuple[str, str]]:
    """Return what each claim is called, and the name of its page's address."""
    rows = Claim.objects.filter(id__in=origin_ids).values_list("id", "customer_name", "customer_email")
    return {claim: (name or email, "claims:claim") for claim, name, email in rows}
