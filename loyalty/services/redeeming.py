"""Redeeming a reward: points, code, voucher and row in one transaction, or nothing at all and the reason why."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from codes.errors import PoolBusy, PoolEmpty
from codes.minting import mint
from codes.models import Code
from codes.services import take as take_code
from customers.models import Customer
from ledger.acts import Posted, Step, digest_of
from ledger.errors import NotEnough
from ledger.services import post
from ledger.units import Unit
from loyalty import search
from loyalty.errors import CostChanged, KeyReused, NotActive, NotEnoughPoints, ReasonNeeded, SoldOut
from loyalty.models import RedeemedChange, RedeemedReward, Reward
from loyalty.services import cashback, rows, stock
from loyalty.services.base import ORIGIN
from loyalty.states import CashbackStatus, CodeSource, CouponStatus, Event, RewardType, Source
from tenancy.actors import Actor
from tenancy.days import add_days
from tenancy.ids import new_id
from tenancy.selectors import merchant_zone
from triggers.acts import Happened
from triggers.services import answer

CASHBACK_INIT = "0: INIT: INIT"
# Through these doors a reward comes free of points.
FREE = (Source.GRANTED, Source.RULE)


@dataclass(frozen=True, slots=True)
class Taking:
    """What one redemption is about, before it stands."""

    reward: Reward
    customer: Customer
    redeemed_id: uuid.UUID
    op_key: str
    source: Source
    cost: int
    actor: Actor
    now: datetime
    active_from: datetime
    expires_at: datetime | None
    reason: str
    # What the customer could spend a moment ago; the ledger judges again.
    active: int
    trigger_entry_id: uuid.UUID | None = None


def redeem(
    *,
    reward_id: uuid.UUID,
    customer_id: uuid.UUID,
    op_key: str,
    source: Source,
    actor: Actor,
    now: datetime,
    reason: str = "",
    trigger_entry_id: uuid.UUID | None = None,
    agreed_cost: int | None = None,
) -> RedeemedReward:
    """Let a customer have a reward for its cost in points, or free where ``source`` is GRANTED or RULE.

    1. A redemption with this ``op_key`` (1 to 120 characters, one act one key) is returned as it stands.
    2. Holds the reward against changes; it has to be within its active period, and to cost ``agreed_cost`` where
       somebody agreed to a cost that was shown.
    3. Takes one from the limits, and a code from the pool (or makes one).
    4. In one ledger entry draws the points, soonest to expire first, and issues the voucher with the code, usable
       from ``days_until_active`` calendar days after ``now`` (UTC; days of the merchant's zone) for ``days_valid`` days.
    5. Writes the row with the customer's active points right after, the history, and the words it is found by; for a
       cashback opens its first payment.
    6. Lets triggers answer a redemption that cost something, or would have; what was granted free is no occasion.

    All but the last in a savepoint: a refusal leaves nothing behind. ``trigger_entry_id`` is the act that a trigger
    answers with this reward. Raises NotActive, CostChanged, SoldOut, LimitReached,
    NotEnoughPoints (with `missing`), ReasonNeeded (granted by hand without one), KeyReused, Reward.DoesNotExist,
    Customer.DoesNotExist.
    """
    try:
        with transaction.atomic():
            about: dict[str, Any] = {"actor": actor, "now": now, "reason": reason, "trigger_entry_id": trigger_entry_id}
            redeemed, has_triggers = _redeem(reward_id, customer_id, op_key, source, agreed_cost=agreed_cost, **about)
    except _StandsAlready:
        # It stood before, or the same request came a moment earlier and had committed before the ledger let us in.
        return _same(RedeemedReward.objects.get(op_key=op_key), reward_id, customer_id)
    if has_triggers and source not in FREE:
        answer(happened=[_happened(redeemed)], now=now)
    return redeemed


def check_open(*, reward: Reward, now: datetime) -> None:
    """Raise NotActive unless the reward can be redeemed at this instant."""
    begun = reward.active_from is None or reward.active_from <= now
    ended = reward.active_to is not None and reward.active_to <= now
    if reward.archived_at is not None or not begun or ended:
        raise NotActive


class _StandsAlready(Exception):  # noqa: N818
    """The same redemption was made meanwhile."""


def _same(found: RedeemedReward, reward_id: uuid.UUID, customer_id: uuid.UUID) -> RedeemedReward:
    if (found.reward_id, found.customer_id) != (reward_id, customer_id):
        raise KeyReused
    return found


def _redeem(
    reward_id: uuid.UUID,
    customer_id: uuid.UUID,
    op_key: str,
    source: Source,
    *,
    actor: Actor,
    now: datetime,
    reason: str,
    trigger_entry_id: uuid.UUID | None,
    agreed_cost: int | None,
) -> tuple[RedeemedReward, bool]:
    found = rows.read(reward_id=reward_id, customer_id=customer_id, op_key=op_key, at=now)
    if found.known_id is not None:
        raise _StandsAlready
    if source == Source.GRANTED and not reason.strip():
        raise ReasonNeeded(_("Say what the customer gets this reward for."))
    check_open(reward=found.reward, now=now)
    if agreed_cost is not None and agreed_cost != found.reward.cost_in_points:
        raise CostChanged
    if found.customer is None:
        raise Customer.DoesNotExist
    active_from, expires_at = _validity(found.reward, now)
    taking = Taking(
        reward=found.reward,
        customer=found.customer,
        redeemed_id=new_id(),
        op_key=op_key,
        source=source,
        cost=0 if source in FREE else found.reward.cost_in_points,
        actor=actor,
        now=now,
        active_from=active_from,
        expires_at=expires_at,
        reason=reason.strip()[:500],
        active=found.active,
        trigger_entry_id=trigger_entry_id,
    )
    stock.take(reward=taking.reward, customer_id=customer_id)
    code = _code(taking)
    grant_id, posted = _post(taking, code)
    if posted.replayed:
        raise _StandsAlready
    return _write(taking, code, grant_id, posted), found.has_triggers


def _validity(reward: Reward, now: datetime) -> tuple[datetime, datetime | None]:
    """Return when the coupon becomes active, and when it ends."""
    if not reward.days_until_active and reward.days_valid is None:
        return now, None
    zone = merchant_zone()
    active_from = add_days(now, reward.days_until_active, zone) if reward.days_until_active else now
    return active_from, None if reward.days_valid is None else add_days(active_from, reward.days_valid, zone)


def _code(taking: Taking) -> Code | None:
    """Take the reward's code. What the customer cannot pay for is not taken from the pool, only to be put back."""
    reward = taking.reward
    if reward.code_source == CodeSource.NONE:
        return None
    _check_points(taking)
    take = {CodeSource.POOL: _from_pool, CodeSource.GENERATED: _made}[CodeSource(reward.code_source)]
    try:
        return take(taking)
    except (PoolEmpty, PoolBusy) as error:
        raise SoldOut from error


def _from_pool(taking: Taking) -> Code:
    return take_code(
        pool_id=_pool(taking),
        origin=ORIGIN,
        origin_id=taking.redeemed_id,
        now=taking.now,
        actor=taking.actor,
        is_new=True,
    )


def _made(taking: Taking) -> Code:
    return mint(pool_id=_pool(taking), origin=ORIGIN, origin_id=taking.redeemed_id, now=taking.now)


def _pool(taking: Taking) -> Any:
    return taking.reward.pool_id


def _check_points(taking: Taking) -> None:
    if taking.active < taking.cost:
        raise NotEnoughPoints(taking.cost - taking.active)


def _post(taking: Taking, code: Code | None) -> tuple[uuid.UUID, Posted]:
    """Draw the points and issue the voucher, in one entry."""
    grant_id = new_id()
    paid = [Step.draw(unit=Unit.POINT, amount=taking.cost)] if taking.cost else []
    voucher = Step.grant(
        unit=Unit.VOUCHER,
        amount=1,
        grant_id=grant_id,
        code=code.value if code else None,
        valid_from=taking.active_from if taking.active_from > taking.now else None,
        expires_at=taking.expires_at,
    )
    try:
        posted = post(
            steps=[*paid, voucher],
            event=(Event.REDEEMED if taking.cost or not _is_free(taking) else Event.GRANTED).value,
            origin=ORIGIN,
            origin_id=taking.redeemed_id,
            subject_id=taking.reward.id,
            customer_id=taking.customer.id,
            actor=taking.actor,
            key=f"redeem:{taking.op_key}",
            # Code and times differ from one try to the next; who gets what for how much does not.
            digest=digest_of("redeem", taking.reward.id, taking.customer.id, taking.cost),
        )
    except NotEnough as refusal:
        raise NotEnoughPoints(refusal.missing) from refusal
    return grant_id, posted


def _is_free(taking: Taking) -> bool:
    return taking.source in FREE


def _write(taking: Taking, code: Code | None, grant_id: uuid.UUID, posted: Posted) -> RedeemedReward:
    reward, customer = taking.reward, taking.customer
    is_cashback = reward.reward_type == RewardType.CASHBACK
    redeemed: RedeemedReward = RedeemedReward.made_with(
        id=taking.redeemed_id,
        reward=reward,
        customer=customer,
        op_key=taking.op_key,
        source=taking.source,
        trigger_entry_id=taking.trigger_entry_id,
        entry_id=posted.entry_id,
        grant_id=grant_id,
        code=code,
        code_value=code.value if code else "",
        reward_name=reward.name,
        reward_type=reward.reward_type,
        cost_in_points=taking.cost,
        tax_value=reward.tax_value,
        amount=reward.amount,
        currency=reward.currency,
        redeemed_at=taking.now,
        active_from=taking.active_from,
        expires_at=taking.expires_at,
        coupon_status=CouponStatus.INACTIVE if taking.active_from > taking.now else CouponStatus.ACTIVE,
        cashback_status=CashbackStatus.INIT if is_cashback else CashbackStatus.NONE,
        cashback_text=CASHBACK_INIT if is_cashback else "",
        customer_email=customer.email,
        customer_phone=customer.phone,
        customer_first_name=customer.first_name,
        customer_last_name=customer.last_name,
        version=1,
    )
    words = search.words_for(
        reward_name=reward.name,
        code=redeemed.code_value,
        first_name=customer.first_name,
        last_name=customer.last_name,
        email=customer.email,
        phone_norm=customer.phone_norm,
    )
    rows.write(redeemed=redeemed, change=_history(taking, posted), words=words)
    if is_cashback:
        cashback.start(redeemed=redeemed, provider=reward.cashback_provider, now=taking.now)
    return redeemed


def _happened(redeemed: RedeemedReward) -> Happened:
    return Happened(
        event=Event.REDEEMED.value,
        entry_id=redeemed.entry_id,
        customer_id=redeemed.customer_id,
        origin_id=redeemed.id,
        occurred_at=redeemed.redeemed_at,
    )


def _history(taking: Taking, posted: Posted) -> RedeemedChange:
    change: RedeemedChange = RedeemedChange.made_with(
        redeemed_id=taking.redeemed_id,
        seq=1,
        event=Event.GRANTED if _is_free(taking) else Event.REDEEMED,
        actor=str(taking.actor),
        at=taking.now,
        reason=taking.reason,
        entry_id=posted.entry_id,
    )
    return change
