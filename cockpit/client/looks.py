"""How rewards look to customers: an icon for each type, the picture, and what a reward is worth in words."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from claims_center.public.selectors import image_name
from loyalty.models import Reward
from loyalty.states import RewardType
from ui import locale

ICONS: dict[str, str] = {
    RewardType.PERCENTAGE_DISCOUNT_CODE: "badge-percent",
    RewardType.CASHBACK: "banknote",
    RewardType.DISCOUNT_CODE: "ticket-percent",
    RewardType.FREE_DELIVERY: "truck",
    RewardType.GIFT: "gift",
    RewardType.INVITATION: "calendar-heart",
    RewardType.VALUE_CODE: "wallet-cards",
    RewardType.CUSTOM_CAMPAIGN: "sparkles",
}


def icon_of(reward_type: str) -> str:
    """Return the name of a type's icon."""
    return ICONS.get(reward_type, "award")


def picture_of(reward: Reward, slug: str) -> str:
    """Return the address of a reward's picture, "" where it has none."""
    name = image_name(reward.image)
    return reverse("media", args=[slug, name]) if name else ""


def worth_of(reward: Any) -> str:
    """Return what a reward, or a redeemed one, is worth: `10% off`, `$5.00`, or its type."""
    percent = getattr(reward, "percent", None) or getattr(getattr(reward, "reward", None), "percent", None)
    if percent:
        return _("%(percent)s off") % {"percent": locale.percent(float(percent) / 100)}
    if reward.amount:
        money = locale.money(reward.amount, reward.currency)
        return _("%(money)s off") % {"money": money} if reward.reward_type == RewardType.DISCOUNT_CODE else money
    return str(RewardType(reward.reward_type).label)
