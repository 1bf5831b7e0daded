"""What synthetic claims can be made for, and what the product's own rules say about each outcome."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from claims_center.models import Funnel, FunnelProduct, Listing
from claims_center.verification import ClaimFacts, History, ItemFacts, OrderFacts, check
from config.load.fill import OWNER, Loader
from config.load.shares import OUTCOMES

OFFER = """n integer, funnel_id uuid, funnel_name text, asks boolean, listing_id uuid, listing text, marketplace text,
    product_id uuid, product_title text, sku text, promotion_id uuid, promotion_name text, kind text, source text,
    pool_id uuid, fixed_code text, item_name text, other integer"""
REASON = "offer integer, outcome text, verification text, reason text"
# Stand-ins in the sentences of the rules, for which each claim's own number and day are put.
NUMBER, DAY = "#NUMBER#", datetime(2001, 2, 3, 12, tzinfo=UTC)


def draft_offers(loader: Loader) -> None:
    """Keep each funnel's listings in `load_offer`, and the verdicts on them in `load_reason`.

    Everything is read over the owner's connection, which holds the tables' locks.
    """
    offers = [(funnel, listing) for funnel in _funnels() for listing in _listings(funnel)]
    rows = [_offer(number, offers) for number in range(len(offers))]
    loader.copy("load_offer", OFFER, rows)
    loader.copy("load_reason", REASON, list(_reasons(offers)))
    loader.params["offers"] = len(offers)


def _funnels() -> list[Funnel]:
    return list(Funnel.objects.using(OWNER).select_related("promotion").order_by("name", "id"))


def _listings(funnel: Funnel) -> list[Listing]:
    shown = FunnelProduct.objects.using(OWNER).filter(funnel=funnel).values_list("product_id", flat=True)
    found = Listing.objects.using(OWNER).filter(product_id__in=list(shown)).select_related("product")
    return list(found.order_by("product__sku", "marketplace"))


def _offer(number: int, offers: list[tuple[Funnel, Listing]]) -> tuple[Any, ...]:
    funnel, listing = offers[number]
    promotion, product = funnel.promotion, listing.product
    # Somebody who claims for the wrong product has bought another one at the same place.
    others = [place for place, (_, one) in enumerate(offers) if _is_other(one, listing)]
    catalogue = (funnel.id, funnel.name, funnel.order_number == "required", listing.id, listing.listing_id)
    gift = (promotion.id, promotion.name, promotion.kind, promotion.source, promotion.pool_id, promotion.fixed_code)
    other = others[number % len(others)] if others else number
    return (
        number,
        *catalogue,
        listing.marketplace,
        product.id,
        product.title,
        product.sku,
        *gift,
        promotion.item_name,
        other,
    )


def _is_other(one: Listing, listing: Listing) -> bool:
    return one.marketplace == listing.marketplace and one.product_id != listing.product_id


def _reasons(offers: list[tuple[Funnel, Listing]]) -> Iterator[tuple[int, str, str, str]]:
    for number, (funnel, listing) in enumerate(offers):
        for outcome, _ in OUTCOMES:
            result = check(*_facts(funnel, listing, outcome))
            yield number, outcome, result.verification.value, result.reason[:300]


def _facts(funnel: Funnel, listing: Listing, outcome: str) -> tuple[ClaimFacts, OrderFacts | None, History]:
    claim = ClaimFacts(
        number="" if outcome == "left_out" else NUMBER,
        was_asked=True,
        product=listing.product.title,
        marketplace=listing.get_marketplace_display(),
        skus=frozenset({listing.product.sku.casefold()}),
        listing_ids=frozenset({listing.listing_id.casefold()}),
        buyer_email="somebody@example.com",
        buyer_name="Some Body",
        submitted_at=DAY + timedelta(days=80 if outcome == "too_old" else 5),
        most_days=funnel.max_order_age_days,
        claimed_before=outcome == "claimed_before",
    )
    bought = listing.listing_id if outcome != "wrong_product" else "another"
    order = OrderFacts(
        number=NUMBER,
        ordered_at=DAY,
        is_cancelled=False,
        is_pending=False,
        buyer_email="else@example.com" if outcome == "other_buyer" else "somebody@example.com",
        buyer_name="" if outcome == "other_buyer" else "Some Body",
        items=(ItemFacts(bought, bought, is_cancelled=False),),
    )
    return claim, None if outcome in {"unknown", "left_out"} else order, History(newest=DAY)
