"""Canceling a redeemed reward, with its points given back or not."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from codes.services import burn, put_back
from ledger.errors import NotReversible
from ledger.models import Movement
from ledger.services import reverse as reverse_entry
from ledger.services import revoke
from loyalty.coupon import status_of
from loyalty.errors import AlreadyUsed, NotActive, NotAllowed
from loyalty.models import RedeemedReward, Reward
from loyalty.services import stock
from loyalty.services.base import keep, ledger_facts, locked
from loyalty.services.regained import missing_by_lot, settle_regained
from loyalty.services.using import NOT_ACTIVE
from loyalty.states import CashbackStatus, CouponStatus, Event
from tenancy.actors import Actor


@dataclass(frozen=True, slots=True)
class LotBack:
    """One lot that points go back to: which, how many, when it was earned, when it ends, whether it has ended already."""

    grant_id: uuid.UUID
    points: int
    earned_at: datetime
    expires_at: datetime | None
    has_ended: bool


@dataclass(frozen=True, slots=True)
class Effect:
    """What canceling would do now: points that come back, of them those whose lot has ended, and the code's fate.

    `clawed_back`: of the points that come back those that returned goods were still waiting for.
    """

    points: int
    lapsing: int
    clawed_back: int
    burns_code: bool
    has_code: bool
    lots: tuple[LotBack, ...] = ()


def effect_of(*, redeemed: RedeemedReward, now: datetime) -> Effect:
    """Return what canceling this reward with its points given back would do at ``now`` (UTC), lot by lot."""
    paid = Movement.objects.filter(entry_id=redeemed.entry_id, unit="POINT").select_related("grant")
    lots = tuple(_lot_back(one, now) for one in paid.order_by("position"))
    burns = Reward.objects.values_list("burns_code", flat=True).get(id=redeemed.reward_id)
    lapsing = sum(lot.points for lot in lots if lot.has_ended)
    missing = missing_by_lot(grant_ids=[lot.grant_id for lot in lots if not lot.has_ended])
    clawed_back = sum(min(lot.points, missing.get(lot.grant_id, 0)) for lot in lots)
    return Effect(redeemed.cost_in_points, lapsing, clawed_back, burns, redeemed.code_id is not None, lots)


def _lot_back(paid: Movement, now: datetime) -> LotBack:
    ends = paid.grant.expires_at
    return LotBack(paid.grant_id, paid.amount, paid.grant.earned_at, ends, has_ended=ends is not None and ends <= now)


def check_cancelable(*, redeemed: RedeemedReward, now: datetime) -> None:
    """Raise what stands in the way: NotActive (expired), AlreadyUsed, NotAllowed (a cashback that is paid or on its way)."""
    status = status_of(redeemed, at=now)
    if status == CouponStatus.EXPIRED:
        raise NotActive(NOT_ACTIVE[status])
    if redeemed.used_at is not None:
        raise AlreadyUsed(_("This reward is marked as used. Mark it as unused first."))
    if redeemed.cashback_status in (CashbackStatus.SUCCESS, CashbackStatus.PENDING, CashbackStatus.INIT):
        raise NotAllowed(_("The cashback is paid, or its payment is on its way."))


def cancel(
    *, redeemed_id: uuid.UUID, refund: bool, actor: Actor, now: datetime, reason: str = "", is_strict: bool = False
) -> RedeemedReward:
    """Cancel a redeemed reward, once.

    1. Holds its reward against changes, and locks it. A canceled one is returned as it is, or with ``is_strict`` refused (NotActive).
    2. With ``refund`` reverses the redemption: the points go back to the very lots that they came from, with their
       own end (what has ended meanwhile expires again at once, and so do points of a customer who was erased; returns
       take what they had not found there). Without, revokes the voucher alone.
    3. Burns the code, or frees it, as the reward says; gives its place in the limits back.
    4. Writes state and history.

    Raises NotActive, AlreadyUsed, NotAllowed.
    """
    stock.hold(redeemed_ids=[redeemed_id])
    redeemed = locked(redeemed_id=redeemed_id)
    if redeemed.canceled_at is not None:
        if is_strict:
            raise NotActive(NOT_ACTIVE[CouponStatus.CANCELED])
        return redeemed
    check_cancelable(redeemed=redeemed, now=now)
    reward = Reward.objects.get(id=redeemed.reward_id)
    stock.give_back(reward=reward, customer_id=redeemed.customer_id)
    if redeemed.code_id is not None:
        (burn if reward.burns_code else put_back)(code_id=redeemed.code_id, actor=actor, now=now, reason=reason)
    entry_id = _give_back(redeemed, refund=refund, actor=actor)
    if refund and redeemed.cost_in_points:
        settle_regained(customer_ids=[redeemed.customer_id], actor=actor, now=now)
    redeemed.canceled_at, redeemed.coupon_status, redeemed.is_refunded = now, CouponStatus.CANCELED, refund
    return keep(
        redeemed=redeemed,
        event=Event.CANCELED,
        fields={"canceled_at", "coupon_status", "is_refunded"},
        actor=actor,
        now=now,
        reason=reason,
        detail={"refunded": redeemed.cost_in_points if refund else 0},
        entry_id=entry_id,
    )


def _give_back(redeemed: RedeemedReward, *, refund: bool, actor: Actor) -> uuid.UUID:
    facts = ledger_facts(redeemed=redeemed, event=Event.CANCELED, actor=actor)
    if refund:
        try:
            return reverse_entry(reverses=redeemed.entry_id, **facts).entry_id
        except NotReversible as refusal:
            # The voucher expired while this waited for the sweep.
            raise NotActive(NOT_ACTIVE[CouponStatus.EXPIRED]) from refusal
    return revoke(grant_id=redeemed.grant_id, **facts).entry_id
