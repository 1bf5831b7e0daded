"""Claims of every state, over days, campaigns, products and marketplaces: what figures are tried on."""

import random
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from claims_center.models import Claim, Funnel, FunnelProduct, Journey, Listing, Promotion, Step
from claims_center.services import gifts, processing, sharing, verdicts
from claims_center.services.journeys import begin, keep_draft
from claims_center.services.submission import ClaimInput, submit_claim
from tenancy.actors import Actor
from tenancy.ids import new_id
from tests.claims_center.factories import make_product, make_promotion

STAFF = Actor("user", uuid.UUID(int=7))
# Around the days on which clocks are put back in Europe and in America, and a change of month.
FIRST = datetime(2026, 10, 20, 22, 30, tzinfo=UTC)
ENDS = ("new", "needs_info", "verified", "rejected", "processed", "processed", "processed", "unprocessed", "reopened")


def make_funnels() -> list[Funnel]:
    """Two campaigns over two products with a listing on Amazon and on eBay each; their gift is a fixed code."""
    promotion: Promotion = make_promotion("fixed")
    products = [make_product("Kettle", "B0KETTLE01", "KET"), make_product("Mug", "B0MUG00001", "MUG")]
    for product in products:
        url = f"https://www.ebay.com/itm/{product.sku}"
        Listing.objects.create(product=product, marketplace="ebay", region="US", listing_id=product.sku, url=url)
    found = []
    for name in ("Kettle gift", "Mug gift"):
        funnel = Funnel.objects.create(
            name=name,
            slug=name.lower().replace(" ", "-"),
            promotion=promotion,
            published_at=FIRST - timedelta(days=400),
            created_at=FIRST - timedelta(days=400),
            order_number="none",
        )
        for product in products:
            FunnelProduct.objects.create(funnel=funnel, product=product)
        found.append(funnel)
    return found


def make_visit(funnel: Funnel, at: datetime, *, goes_on: bool) -> Journey:
    journey = begin(funnel=funnel, now=at)
    if goes_on:
        keep_draft(journey=journey, draft={}, now=at + timedelta(seconds=20), reached=Step.STARTED)
    return journey


def make_claim(
    funnel: Funnel, at: datetime, number: int, *, end: str = "new", wait: timedelta = timedelta(hours=5)
) -> Claim:
    """A claim that comes in through a visit at a time and is brought to its end by the services some time later."""
    listings = list(Listing.objects.filter(product__funnel_products__funnel=funnel).order_by("listing_id"))
    journey = make_visit(funnel, at - timedelta(minutes=3), goes_on=True)
    given = ClaimInput(
        funnel_id=funnel.id,
        listing_id=listings[number % len(listings)].id,
        op_key=new_id().hex,
        email=f"c{number}@example.com",
        journey_id=journey.id,
    )
    claim = submit_claim(given=given, now=at).claim
    if number % 3 == 0:
        sharing.record_redirect(claim_id=claim.id, now=at + timedelta(minutes=1))
    bring(claim, end, at + wait)
    return Claim.objects.get(id=claim.id)


def bring(claim: Claim, end: str, at: datetime) -> None:
    """Lead a new claim to its end through the services."""
    by: dict[str, Any] = {"claim_id": claim.id, "actor": STAFF, "now": at}
    if end in ("needs_info", "reopened"):
        verdicts.ask_info(reason="Which colour?", **by)
    if end == "reopened":
        verdicts.reopen(reason="Answered.", **by)
    if end == "rejected":
        verdicts.reject(reason="Not one of ours.", **by)
    if end in ("verified", "processed", "unprocessed"):
        verdicts.verify(reason="Checked by hand.", **by)
    if end in ("processed", "unprocessed"):
        gifts.send_gift(**by)
        processing.mark_processed(**by)
    if end == "unprocessed":
        processing.unprocess(reason="Wrong gift.", **by | {"now": at + timedelta(hours=30)})


def make_world(count: int = 36, around: datetime = FIRST) -> list[Claim]:
    """So many claims of every state over the weeks around a time, and visits that came to nothing."""
    dice = random.Random(5)  # noqa: S311 - a story, not a secret
    funnels = make_funnels()
    claims = []
    for number in range(count):
        at = around + timedelta(days=dice.randrange(-28, 28), minutes=dice.randrange(0, 1440))
        wait = timedelta(minutes=dice.choice((7, 119, 121, 600, 1439, 1500, 20000)), seconds=dice.randrange(60))
        claims.append(make_claim(funnels[number % 2], at, number, end=ENDS[number % len(ENDS)], wait=wait))
        for more in range(number % 4):
            make_visit(funnels[more % 2], at - timedelta(hours=more), goes_on=more % 2 == 0)
    return claims
