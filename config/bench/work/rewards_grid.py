"""The grid of redeemed rewards at front, middle and end, by each sort and filter: as the claims list is measured."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlencode

from django.utils import timezone

from config.bench.figures import Line
from config.bench.stage import LARGE, SMALL, Stage
from config.bench.work.addresses import Pages, both_ways, places, view_of
from config.bench.work.lists import lines
from loyalty import coupons
from loyalty.models import RedeemedReward, Reward
from loyalty.pairs import PAIRS
from loyalty.states import CashbackStatus, CouponStatus, DeliveryStatus, RewardType

FILTERS = (
    "used=yes",
    "used=no",
    *(f"delivery_status={one}" for one in DeliveryStatus.values if one),
    "delivery_status=shipped&delivery_status=canceled",
    "reward={reward}",
    *(f"reward_type={one}" for one in RewardType.values),
    *(f"coupon_status={one}" for one in CouponStatus.values),
    "coupon_status=inactive&coupon_status=canceled",
    *(f"cashback_status={one}" for one in CashbackStatus.values if one),
    "redeemed_from={month_ago}",
    "redeemed_from={year_ago}&redeemed_to={later}",
    "used_on_from={month_ago}",
    "used_on_from={year_ago}&used_on_to={later}",
)


def measure(stage: Stage) -> Iterator[Line]:
    """Redeemed rewards, brought up to date as the beat does every minute."""
    for slug in (LARGE, SMALL):
        while _swept(stage, slug):
            pass
    yield from lines("redeemed rewards", stage, {slug: pages(stage, slug) for slug in (LARGE, SMALL)}, "redeemed")


def pages(stage: Stage, slug: str) -> dict[str, Pages]:
    """Return the pages of the grid in groups, for one merchant."""
    address = f"/m/{slug}/redeemed-rewards/"
    with stage.scope(slug):
        words, view = _words(), view_of(stage, slug, address)
        return {
            "each sort": [(name, f"{address}?sort={name}") for name in both_ways(view)],
            "middle and last page of each sort": places(view, address),
            "each filter": [(one, f"{address}?{one.format(**words)}") for one in FILTERS],
            "declared pairs": [(one, f"{address}?{one.format(**words)}") for one in PAIRS],
            "searches": [(name, f"{address}?{urlencode({'q': text})}") for name, text in _searches(words)],
        }


def _swept(stage: Stage, slug: str) -> int:
    with stage.scope(slug):
        return coupons.bring_up_to_date(now=timezone.now())


def _searches(words: dict[str, str]) -> Pages:
    return [
        ("first name", "mei"),
        ("both names", "mei tanaka"),
        ("e-mail", words["email"]),
        ("code", words["code"]),
        ("reward", "grand mug"),
        ("reward and name", "mug mei"),
        ("a word of all", "example"),
        ("nothing", "zzzzqqq"),
    ]


def _words() -> dict[str, str]:
    now = timezone.now()
    row = RedeemedReward.objects.exclude(code_value="").order_by("-redeemed_at").first()
    gift = Reward.objects.filter(reward_type=RewardType.GIFT).order_by("name")[0]
    return {
        "reward": str(Reward.objects.filter(days_valid__isnull=False).order_by("name")[0].id),
        "gift": str(gift.id),
        "email": row.customer_email if row else "",
        "code": row.code_value if row else "",
        "month_ago": f"{now - timedelta(days=30):%Y-%m-%d}",
        "year_ago": f"{now - timedelta(days=365):%Y-%m-%d}",
        "later": f"{now - timedelta(days=335):%Y-%m-%d}",
    }
