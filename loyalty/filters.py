"""What the grid of redeemed rewards can be narrowed by; the names are those of the addresses."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from loyalty.coupon import narrowed
from loyalty.models import RedeemedToken, Reward
from loyalty.states import CashbackStatus, CouponStatus, DeliveryStatus, RewardType
from tenancy.search import search_by_token
from ui.filters import ChoicesFilter, FilterSet, ModelChoicesFilter, Period, PeriodFilter, SearchFilter, YesNoFilter
from ui.filters.words import with_words


class CouponFilter(ChoicesFilter):
    """The status that holds now, whether or not a job has brought the label up to date."""

    def filter(self, qs: QuerySet[Any], value: Sequence[str]) -> QuerySet[Any]:
        """Narrow to coupons with one of these statuses."""
        return narrowed(qs, [CouponStatus(one) for one in value], at=timezone.now())


class UsedFilter(PeriodFilter):
    """When a reward was used. Nothing is used before it is redeemed: knowing this the database begins to look there."""

    def filter(self, qs: QuerySet[Any], value: Period) -> QuerySet[Any]:
        """Narrow to the days of the period; a day more is for clocks that differ.

        By the rank, which has an index, where the period begins: what was never used stands before the earliest day
        that a filter takes.
        """
        first, behind = value.instants()
        column = "used_rank" if first else "used_at"
        bounds = {f"{column}__gte": first, f"{column}__lt": behind}
        rows = qs.filter(**{name: bound for name, bound in bounds.items() if bound})
        return rows.filter(redeemed_at__lt=behind + timedelta(days=1)) if behind else rows


class RedeemedFilter(FilterSet):
    """The filters of redeemed rewards; the same set narrows bulk actions and exports."""

    q = SearchFilter(method="search", label=_("Reward, code, name, e-mail or phone"))
    redeemed = PeriodFilter("redeemed_at", label=_("Redeem date and time"))
    used_on = UsedFilter("used_at", label=_("Usage date and time"))
    used = YesNoFilter("is_used", label=_("Unused / Used"))
    delivery_status = ChoicesFilter("delivery_status", choices=DeliveryStatus.choices[1:], label=_("Delivery status"))
    reward = ModelChoicesFilter(
        "reward", queryset=lambda: Reward.objects.order_by("name", "id"), label_by="name", label=_("Reward")
    )
    reward_type = ChoicesFilter("reward_type", choices=RewardType.choices, label=_("Reward type"))
    coupon_status = CouponFilter("coupon_status", choices=CouponStatus.choices, label=_("Coupon status"), always=False)
    cashback_status = ChoicesFilter(
        "cashback_status", choices=CashbackStatus.choices[1:], label=_("Cashback status"), always=False
    )

    def search(self, rows: QuerySet[Any], field_name: str, text: str) -> QuerySet[Any]:
        """Find by words."""
        return search_by_token(rows, RedeemedToken, text)


class RewardFilter(FilterSet):
    """The filters of the catalogue."""

    q = SearchFilter(method="search", label=_("Name"))
    reward_type = ChoicesFilter("reward_type", choices=RewardType.choices, label=_("Reward type"))
    archived = YesNoFilter(method="by_archive", label=_("Archived"))

    def search(self, rows: QuerySet[Any], field_name: str, text: str) -> QuerySet[Any]:
        """Find by the words of the name; a merchant has at most some hundred rewards."""
        return with_words(rows, text, "name")

    def by_archive(self, rows: QuerySet[Any], field_name: str, value: bool) -> QuerySet[Any]:  # noqa: FBT001 - the choice
        """Narrow to archived rewards, or to the others."""
        return rows.filter(archived_at__isnull=not value)
