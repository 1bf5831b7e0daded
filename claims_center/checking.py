"""Bringing together what verification needs, for many claims by a fixed number of queries."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q

from claims_center.matching import is_group, number_of, numbers_of
from claims_center.models import Claim, Listing, Order, OrderAlias, OrderNumberRule, OrderStatus
from claims_center.states import Status
from claims_center.verification import ClaimFacts, History, ItemFacts, OrderFacts, Result, check
from tenancy.models import Merchant
from tenancy.scope import current_merchant_id

# What puts the claims with one number in order: the turn they took, and, where they took none, when they came in.
PLACE = ("number_turn", "submitted_at", "id")
Place = tuple[Any, ...]


@dataclass(slots=True)
class Found:
    """The order that a claim's number names, if there is one; `number` is what the claim is compared by."""

    number: str
    order: Order | None = None
    alike: int = 0


@dataclass(slots=True)
class Orders:
    """Orders by the spellings that claims may name them by."""

    by_number: dict[tuple[str, str], list[Order]] = field(default_factory=lambda: defaultdict(list))
    by_group: dict[tuple[str, str], list[Order]] = field(default_factory=lambda: defaultdict(list))

    def find(self, marketplace: str, typed: str) -> Found:
        """Return what a customer's typing names: a whole number first, else a last group that only one order has."""
        candidates = numbers_of(typed)
        for number in candidates:
            orders = self.by_number[(marketplace, number)]
            if len(orders) == 1:
                return Found(orders[0].number_norm, orders[0])
        alike = 0
        for number in candidates:
            orders = self.by_group[(marketplace, number)] if is_group(number) else []
            if len(orders) == 1:
                return Found(orders[0].number_norm, orders[0])
            alike = max(alike, len(orders))
        return Found(number_of(typed), None, alike)


def find_orders(claims: Iterable[Claim]) -> dict[uuid.UUID, Found]:
    """Return for each claim the order that its number names; three queries."""
    claims = list(claims)
    wanted = {number for claim in claims for number in numbers_of(claim.order_number)}
    orders = _orders(wanted) if wanted else Orders()
    return {claim.id: orders.find(claim.marketplace, claim.order_number) for claim in claims}


def results(claims: Sequence[Claim], found: dict[uuid.UUID, Found]) -> dict[uuid.UUID, Result]:
    """Return the outcome for each claim; the claims come with funnel, product and customer.

    The numbers should be held (`services.numbers`), so that a claim made at the same moment is seen. Days in the
    reasons are those of the merchant's zone.
    """
    zone = ZoneInfo(Merchant.objects.values_list("time_zone", flat=True).get(id=current_merchant_id()))
    listings = _listing_ids(claims)
    earlier = _claimed(claims, found)
    newest = _newest({claim.marketplace for claim in claims if found[claim.id].order is None}, zone)
    outcome = {}
    for claim in claims:
        hit = found[claim.id]
        facts = _claim_facts(claim, hit, listings, earlier)
        history = History(newest.get(claim.marketplace), hit.alike)
        outcome[claim.id] = check(facts, _order_facts(hit.order, zone), history)
    return outcome


def _orders(numbers: set[str]) -> Orders:
    groups = {number for number in numbers if is_group(number)}
    aliases: dict[uuid.UUID, set[str]] = defaultdict(set)
    for order_id, number in OrderAlias.objects.filter(number_norm__in=numbers).values_list("order_id", "number_norm"):
        aliases[order_id].add(number)
    named = Q(number_norm__in=numbers) | Q(other_norm__in=numbers) | Q(last_group__in=groups)
    rows = Order.objects.prefetch_related("items").filter(named | Q(id__in=list(aliases)) if aliases else named)
    found = Orders()
    for order in rows:
        for number in ({order.number_norm, order.other_norm} | aliases[order.id]) - {""}:
            found.by_number[(order.marketplace, number)].append(order)
        if order.last_group:
            found.by_group[(order.marketplace, order.last_group)].append(order)
    return found


def _listing_ids(claims: Sequence[Claim]) -> dict[tuple[uuid.UUID, str], frozenset[str]]:
    rows = Listing.objects.filter(product_id__in={claim.product_id for claim in claims})
    found: dict[tuple[uuid.UUID, str], set[str]] = defaultdict(set)
    for product_id, marketplace, listing_id in rows.values_list("product_id", "marketplace", "listing_id"):
        found[(product_id, marketplace)].add(listing_id.casefold())
    return {key: frozenset(ids) for key, ids in found.items()}


def _claimed(claims: Sequence[Claim], found: dict[uuid.UUID, Found]) -> dict[tuple[str, str], list[Place]]:
    """Return, by marketplace and number, the places of the claims that stand."""
    numbers = {found[claim.id].number for claim in claims} - {""}
    if not numbers:
        return {}
    rows = Claim.objects.filter(order_number_norm__in=numbers).exclude(status=Status.REJECTED)
    standing: dict[tuple[str, str], list[Place]] = defaultdict(list)
    for marketplace, number, *place in rows.values_list("marketplace", "order_number_norm", *PLACE):
        standing[(marketplace, number)].append(tuple(place))
    return standing


def _newest(marketplaces: set[str], zone: tzinfo) -> dict[str, datetime]:
    found = {}
    for marketplace in marketplaces:
        rows = Order.objects.filter(marketplace=marketplace).order_by("-ordered_at")
        newest = rows.values_list("ordered_at", flat=True).first()
        if newest is not None:
            found[marketplace] = newest.astimezone(zone)
    return found


def _claim_facts(
    claim: Claim,
    hit: Found,
    listings: dict[tuple[uuid.UUID, str], frozenset[str]],
    earlier: dict[tuple[str, str], list[Place]],
) -> ClaimFacts:
    standing = earlier.get((claim.marketplace, hit.number), [])
    place = tuple(getattr(claim, column) for column in PLACE)
    return ClaimFacts(
        number=hit.number,
        was_asked=claim.funnel.order_number != OrderNumberRule.NONE,
        product=claim.product_title,
        marketplace=claim.get_marketplace_display(),
        skus=frozenset({claim.product.sku.casefold()} - {""}),
        listing_ids=listings.get((claim.product_id, claim.marketplace), frozenset()),
        buyer_email=claim.customer_email,
        buyer_name=claim.customer_name if "@" not in claim.customer_name else "",
        submitted_at=claim.submitted_at,
        most_days=claim.funnel.max_order_age_days,
        claimed_before=any(one < place and one[-1] != claim.id for one in standing),
    )


def _order_facts(order: Order | None, zone: tzinfo) -> OrderFacts | None:
    if order is None:
        return None
    items = tuple(ItemFacts(item.sku, item.listing_id, item.is_cancelled) for item in order.items.all())
    return OrderFacts(
        number=order.number,
        ordered_at=order.ordered_at.astimezone(zone),
        is_cancelled=order.status == OrderStatus.CANCELLED,
        is_pending=order.status == OrderStatus.PENDING,
        buyer_email=order.buyer_email,
        buyer_name=order.buyer_name,
        items=items,
    )
