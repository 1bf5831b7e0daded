"""What a bulk act does to a redeemed reward, and why it leaves one alone: the services' own checks, asked beforehand.

A rule gets a redeemed reward and the instant; it returns the letter of an outcome, or "" where it is to be done. It asks
the database nothing, so it can judge a stand-in for thousands alike.
"""

from collections.abc import Callable
from datetime import datetime

from jobs.bulk.outcomes import ALREADY, IMPOSSIBLE
from loyalty.bulk import outcomes
from loyalty.coupon import status_of
from loyalty.errors import AlreadyUsed, NotActive, NotAllowed, Refused
from loyalty.models import RedeemedReward
from loyalty.models.bulk import BulkKind
from loyalty.services.canceling import check_cancelable
from loyalty.services.using import check_usable
from loyalty.states import DeliveryStatus, RewardType

Rule = Callable[[RedeemedReward, datetime], str]
# From where each step of the delivery leads on, forwards alone: to where, and from where.
STEPS: dict[str, tuple[DeliveryStatus, frozenset[str]]] = {
    BulkKind.SHIP: (DeliveryStatus.SHIPPED, frozenset({DeliveryStatus.ORDERED})),
    BulkKind.DELIVER: (DeliveryStatus.DELIVERED, frozenset({DeliveryStatus.SHIPPED})),
    BulkKind.STOP_SHIPPING: (
        DeliveryStatus.CANCELED,
        frozenset({DeliveryStatus.ORDERED, DeliveryStatus.SHIPPED}),
    ),
    BulkKind.ORDER_AGAIN: (DeliveryStatus.ORDERED, frozenset({DeliveryStatus.CANCELED})),
}


def use(redeemed: RedeemedReward, now: datetime) -> str:
    """Skip what is used already, no thing to be used, or not active."""
    return ALREADY if redeemed.used_at is not None else _usable(redeemed, now)


def unuse(redeemed: RedeemedReward, now: datetime) -> str:
    """Skip what is not used, not active, or shipped."""
    if redeemed.reward_type != RewardType.CASHBACK and redeemed.used_at is None:
        return ALREADY
    if redeemed.delivery_status in (DeliveryStatus.SHIPPED, DeliveryStatus.DELIVERED):
        return outcomes.IS_SHIPPED
    return _usable(redeemed, now)


def step(kind: str) -> Rule:
    """Return the rule of a step of the delivery: only gifts, only from the step before."""

    def rule(redeemed: RedeemedReward, now: datetime) -> str:
        target, sources = STEPS[kind]
        if redeemed.reward_type != RewardType.GIFT:
            return outcomes.NOT_GIFT
        if redeemed.canceled_at is not None:
            return outcomes.IS_CANCELED
        if redeemed.used_at is None:
            return outcomes.NOT_USED
        if redeemed.delivery_status == target:
            return ALREADY
        return "" if redeemed.delivery_status in sources else outcomes.WRONG_STEP

    return rule


def resend(redeemed: RedeemedReward, now: datetime) -> str:
    """Skip all but gifts that are ordered and not shipped."""
    is_gift = redeemed.reward_type == RewardType.GIFT
    return "" if is_gift and redeemed.delivery_status == DeliveryStatus.ORDERED else outcomes.NOT_ORDERED


def cancel(redeemed: RedeemedReward, now: datetime) -> str:
    """Skip what is canceled already, expired, used, or a cashback that is paid or on its way."""
    if redeemed.canceled_at is not None:
        return ALREADY
    try:
        check_cancelable(redeemed=redeemed, now=now)
    except NotActive:
        return outcomes.BY_COUPON[status_of(redeemed, at=now)]
    except AlreadyUsed:
        return outcomes.IS_USED
    except NotAllowed:
        return outcomes.IS_PAID
    return ""


RULES: dict[str, Rule] = {
    BulkKind.USE: use,
    BulkKind.UNUSE: unuse,
    BulkKind.RESEND: resend,
    BulkKind.CANCEL: cancel,
    **{kind: step(kind) for kind in STEPS},
}


def undo(kind: str, redeemed: RedeemedReward, now: datetime, *, is_kept: bool) -> str:
    """Return why what an act did cannot be taken back, "" where it can; `is_kept`: what stood before is known."""
    if not is_kept:
        return IMPOSSIBLE
    if kind in STEPS:
        return ""
    if kind == BulkKind.USE and redeemed.delivery_status in (DeliveryStatus.SHIPPED, DeliveryStatus.DELIVERED):
        return outcomes.IS_SHIPPED
    return _usable(redeemed, now)


def _usable(redeemed: RedeemedReward, now: datetime) -> str:
    try:
        check_usable(redeemed=redeemed, now=now)
    except NotActive:
        return outcomes.BY_COUPON[status_of(redeemed, at=now)]
    except Refused as refusal:
        return outcomes.outcome_of(refusal)
    return ""
