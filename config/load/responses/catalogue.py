"""The offers of a synthetic merchant: four of each type, of every kind of period, made by the product's own services."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from codes.models import CodePool
from codes.services import save_pool
from codes.states import PoolKind
from config.demo.base import Stage
from config.load.fill import OWNER, Loader
from offers import periods
from offers.models import Offer
from offers.services.catalogue import create_offer, publish_offer
from offers.states import CodeSource, OfferType, PeriodKind
from tenancy.search import words_of

PLENTY = 1_000_000_000
# What it is called, and what every offer of its type gives.
TYPES: dict[OfferType, tuple[str, dict[str, Any]]] = {
    OfferType.PERCENT_OFF: ("percent off", {"percent": Decimal(10)}),
    OfferType.AMOUNT_OFF: ("money off", {"amount": Decimal(5), "minimum_amount": Decimal(30)}),
    OfferType.BUY_X_GET_Y: ("second bag", {"buy_quantity": 1, "get_quantity": 1, "items": "House blend"}),
    OfferType.POINTS_MULTIPLIER: ("double points", {"multiplier": Decimal(2)}),
    OfferType.FREE_ITEM: ("tasting set", {"items": "Tasting set", "has_shipping": True}),
    OfferType.GIFT_WITH_PURCHASE: (
        "gift box",
        {"items": "Gift box", "minimum_amount": Decimal(60), "has_shipping": True},
    ),
}
# Usage periods of one fixed offer of each type, in days from now: over, running, and still to come.
SEASONS = ((-420, -120), (-420, -30), (-200, 60), (-90, 15), (20, 80), (5, 40))
SEEN_BEFORE = timedelta(days=60)
WEEKENDS, NIGHTLY = (0b1100000, 540, 1080), (0b1111111, 1020, 120)
COLUMNS = """n integer, offer_id uuid, offer_name text, offer_type text, needs_clip boolean, has_shipping boolean,
    pool_id uuid, is_counted boolean, after_days integer, lasts integer, fixed_from timestamptz, fixed_to timestamptz,
    days_valid integer, weekdays integer, minute_from integer, minute_to integer, given_from timestamptz,
    given_to timestamptz, offer_words text[]"""


def stock_offers(stage: Stage, opened: datetime) -> None:
    """Make and publish the merchant's offers and their code pools, as if since ``opened`` (UTC), once."""
    if Offer.objects.exists():
        return
    for place, (kind, (called, gives)) in enumerate(TYPES.items()):
        common = {"offer_type": kind, "currency": stage.story.currency, "member_limit": None} | gives
        for size, values in _variants(stage, opened, place, called):
            offer = create_offer(
                values=common | {"name": f"{size} {called}"} | values, actor=stage.actor("admin"), now=opened
            )
            publish_offer(offer_id=offer.id, actor=stage.actor("admin"), now=opened)


def draft_offers(loader: Loader) -> None:
    """Keep the offers in `load_offer`, by number, those that are always given first; read over the owner's connection."""
    found = sorted(Offer.objects.using(OWNER).order_by("name", "id"), key=lambda offer: offer.usage_from is not None)
    loader.copy("load_offer", COLUMNS, [_row(number, offer) for number, offer in enumerate(found)])
    loader.params |= {"offers": len(found), "lasting": sum(offer.usage_from is None for offer in found)}


def _variants(stage: Stage, opened: datetime, place: int, called: str) -> list[tuple[str, dict[str, Any]]]:
    after = {"usage_kind": PeriodKind.AFTER_RESPONSE, "usage_after_days": 3 * (place % 2), "usage_days": 21}
    coded = {"code_source": CodeSource.GENERATED, "pool_id": _pool(stage, called, opened).id, "needs_clip": True}
    start, end = (stage.now + timedelta(days=days) for days in SEASONS[place])
    fixed = {"usage_kind": PeriodKind.FIXED, "usage_from": start, "usage_to": end, "total_limit": PLENTY}
    hours = dict(zip(("weekdays", "minute_from", "minute_to"), (WEEKENDS, NIGHTLY)[place % 2], strict=True))
    same = {"usage_kind": PeriodKind.SAME, "days_valid": 120, "member_limit": PLENTY}
    return [
        ("Daily", {"days_valid": 45}),
        ("Clipped", after | coded),
        ("Season's", fixed),
        ("Happy hour", same | hours),
    ]


def _pool(stage: Stage, called: str, opened: datetime) -> CodePool:
    pool: CodePool = CodePool.made_with(name=f"Offer: {called}", kind=PoolKind.GENERATED, pattern="OF-************")
    save_pool(pool=pool, actor=stage.actor("admin"), now=opened)
    return pool


def _row(number: int, offer: Offer) -> tuple[Any, ...]:
    hours, is_after = periods.usage_hours(offer), offer.usage_kind == PeriodKind.AFTER_RESPONSE
    return (
        number,
        offer.id,
        offer.name,
        offer.offer_type,
        offer.needs_clip,
        offer.has_shipping,
        offer.pool_id,
        offer.member_limit is not None,
        offer.usage_after_days if is_after else None,
        offer.usage_days,
        offer.usage_from,
        offer.usage_to,
        offer.days_valid,
        hours.weekdays,
        hours.start,
        hours.end,
        offer.usage_from and offer.usage_from - SEEN_BEFORE,
        offer.usage_to,
        sorted(words_of(offer.name)),
    )
