"""Every state that a help page explains, drawn as on the screens."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from claims_center import badges
from claims_center.catalogue import words as catalogue
from claims_center.models import OrderStatus
from claims_center.models.funnel import FunnelState
from claims_center.states import Delivery, Status, Verification
from codes import words as stock
from codes.states import CodeState
from jobs import words as work
from jobs.states import State
from loyalty import badges as rewards
from loyalty.states import CouponStatus, DeliveryStatus
from messaging import states as mail
from messaging import words as letters
from offers import badges as offers
from offers import states as of_offers
from ui import cells


@dataclass(frozen=True, slots=True)
class Mark:
    """States of one kind, the topic that explains all of them, and how one is drawn."""

    topic: str
    states: Any
    draw: Callable[[str], str]


def _reward_delivery(value: str) -> str:
    return cells.badge(DeliveryStatus(value).label, *rewards.DELIVERY[DeliveryStatus(value)]) if value else cells.dash()


def _looks(states: Any, looks: Any) -> Callable[[str], str]:
    return lambda value: cells.badge(states(value).label, *looks[states(value)])


MARKS: dict[str, Mark] = {
    "status": Mark("claim", Status, badges.status),
    "verification": Mark("claim", Verification, badges.verification),
    "delivery": Mark("claim", Delivery, badges.delivery),
    "order": Mark("orders", OrderStatus, badges.order_status),
    "funnel": Mark("funnels", FunnelState, _looks(FunnelState, catalogue.STATES)),
    "message": Mark("deliveries", mail.Status, _looks(mail.Status, letters.LOOKS)),
    "job": Mark("jobs", State, _looks(State, work.LOOKS)),
    "coupon": Mark("redeemed-rewards", CouponStatus, rewards.coupon),
    "reward-delivery": Mark("redeemed-rewards", DeliveryStatus, _reward_delivery),
    "response": Mark("offers", of_offers.Status, offers.status),
    "usage": Mark("offers", of_offers.UsageState, _looks(of_offers.UsageState, offers.USAGE)),
    "code": Mark("code-pools", CodeState, _looks(CodeState, stock.LOOKS)),
}
