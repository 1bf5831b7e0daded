"""The walks through the product, in the order in which one day follows the other; each draws its topic's pictures."""

from collections.abc import Callable

from tests.tutorial.drawing import Artist
from tests.tutorial.walks import catalogue, claim, claims, customer, data, desk, settings

WALKS: tuple[Callable[[Artist], None], ...] = (
    claims.claims,
    claims.overview,
    claims.lists,
    claim.digital,
    claim.physical,
    claims.bulk,
    claim.misuse,
    customer.public,
    customer.customers,
    catalogue.funnels,
    catalogue.products,
    catalogue.promotions,
    catalogue.pools,
    data.orders,
    data.imports,
    desk.deliveries,
    desk.texts,
    data.jobs,
    data.ledger,
    data.rewards,
    settings.settings,
)
# Enough to prove that the tutorial can be drawn, and quick.
SHORT: tuple[Callable[[Artist], None], ...] = (claims.claims, claim.digital)
