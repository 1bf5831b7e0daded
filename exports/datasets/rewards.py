"""Redeemed rewards and the catalogue of rewards as files."""

from typing import Any

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from exports.datasets.fields import Dataset, Moment, choice, code, decimal, moment, money, number, text, yes_no
from loyalty.coupon import status_at
from loyalty.models import RedeemedReward, Reward, RewardStock
from loyalty.states import CashbackStatus, CodeSource, CouponStatus, DeliveryStatus, RewardType, Source
from loyalty.views.redeemed import RedeemedList
from loyalty.views.rewards import RewardList


def _redeemed(_moment: Moment) -> QuerySet[Any]:
    found: QuerySet[Any] = RedeemedReward.objects.all()
    return found


def _rewards(_moment: Moment) -> QuerySet[Any]:
    found: QuerySet[Any] = Reward.objects.all()
    return found


def _coupon(at: Moment) -> Any:
    return status_at(at.now)


def _times(_moment: Moment) -> Any:
    rows = RedeemedReward.objects.filter(reward=OuterRef("pk")).order_by().values("reward")
    return Coalesce(Subquery(rows.annotate(n=Count("*")).values("n"), output_field=IntegerField()), Value(0))


def _taken(_moment: Moment) -> Any:
    rows = RewardStock.objects.filter(reward=OuterRef("pk")).values("taken")[:1]
    return Coalesce(Subquery(rows, output_field=IntegerField()), Value(0))


REDEEMED = Dataset(
    name="redeemed_rewards",
    title=_("Redeemed rewards"),
    icon="award",
    list_name="loyalty:redeemed",
    page=RedeemedList,
    rows=_redeemed,
    fields=(
        code("id", _("Redeemed reward"), _("Its id; never changes.")),
        moment("redeemed_at", _("Redeem date and time")),
        moment("used_at", _("Usage date and time"), _("Empty as long as it is unused.")),
        number("cost_in_points", _("Cost in points")),
        money("tax_value", _("Tax value")),
        code("currency", _("Currency")),
        code("customer_id", _("Customer id"), _("The same as in the export of customers.")),
        text("customer_email", _("Customer e-mail")),
        code("customer_phone", _("Phone")),
        text("customer_first_name", _("Customer's first name")),
        text("customer_last_name", _("Customer's surname")),
        text("reward_name", _("Reward")),
        choice("reward_type", _("Reward type"), RewardType.choices),
        code("code", _("Code"), _("The code that the customer was given, in full."), "code_value"),
        number("active_points_after", _("Customer active points amount"), _("What could be spent right after.")),
        yes_no("used", _("Used"), "", "is_used"),
        choice(
            "coupon_status",
            _("Coupon status"),
            CouponStatus.choices,
            _("What held when the file was made."),
            _coupon,
        ),
        choice("delivery_status", _("Delivery status"), DeliveryStatus.choices),
        moment("delivery_at", _("Delivery changed")),
        choice("cashback_status", _("Cashback status"), CashbackStatus.choices),
        text("cashback_text", _("Cashback status in words"), _("As the payment provider put it.")),
        money("amount", _("Amount"), _("Of a cashback or a value code.")),
        choice("source", _("Redeemed by"), Source.choices),
        moment("active_from", _("Active from")),
        moment("expires_at", _("Expires")),
        moment("canceled_at", _("Canceled")),
        yes_no("is_refunded", _("Points given back")),
        text("carrier", _("Carrier")),
        code("tracking_number", _("Tracking number")),
        number("version", _("Version"), _("Counts its changes.")),
    ),
    shown={
        "redeemed": ("redeemed_at",),
        "used_on": ("used_at",),
        "cost": ("cost_in_points",),
        "tax": ("tax_value", "currency"),
        "email": ("customer_email",),
        "phone": ("customer_phone",),
        "reward": ("reward_name", "code"),
        "type": ("reward_type",),
        "first_name": ("customer_first_name",),
        "last_name": ("customer_last_name",),
        "points_after": ("active_points_after",),
        "delivery": ("delivery_status",),
        "cashback": ("cashback_status", "cashback_text"),
        "used": ("used", "coupon_status"),
    },
)

REWARDS = Dataset(
    name="rewards",
    title=_("Rewards"),
    icon="medal",
    list_name="loyalty:rewards",
    page=RewardList,
    rows=_rewards,
    fields=(
        code("id", _("Reward id"), _("Never changes.")),
        text("name", _("Name")),
        text("description", _("Description")),
        choice("reward_type", _("Reward type"), RewardType.choices),
        number("cost_in_points", _("Cost in points")),
        money("tax_value", _("Tax value")),
        decimal("percent", _("Percent")),
        money("amount", _("Amount")),
        code("currency", _("Currency")),
        moment("visible_from", _("Visible from")),
        moment("visible_to", _("Visible to")),
        moment("active_from", _("Active from")),
        moment("active_to", _("Active to")),
        choice("code_source", _("Code"), CodeSource.choices),
        number("total_limit", _("Limit in all"), _("Empty where there is none.")),
        number("customer_limit", _("Limit per customer"), _("Empty where there is none.")),
        number("taken", _("Taken of the limit"), "", _taken),
        number("redeemed", _("Redeemed"), _("How often it was redeemed, canceled ones among them."), _times),
        moment("created_at", _("Created")),
        moment("archived_at", _("Archived")),
    ),
    shown={
        "type": ("reward_type",),
        "cost": ("cost_in_points",),
        "left": ("total_limit", "taken"),
        "state": ("active_from", "active_to", "archived_at"),
    },
)
