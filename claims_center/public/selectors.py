"""What public pages read: published funnels, what they sell, and a customer's own claim."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet

from claims_center.models import Claim, ClaimChange, Funnel, Listing, Product, Source
from codes.models import Code
from codes.states import CodeState
from tenancy.tokens import hash_of


def published_funnel(slug: str) -> Funnel | None:
    """Return the funnel that has this address, or had it, if it was ever published; a draft is nobody's business yet."""
    rows = Funnel.objects.select_related("promotion").filter(published_at__isnull=False)
    found: Funnel | None = rows.filter(slug=slug).first() or rows.filter(former_addresses__slug=slug).first()
    return found


def funnel_by_short_code(code: str) -> Funnel | None:
    """Return the published funnel with this short address."""
    found: Funnel | None = Funnel.objects.filter(short_code=code, published_at__isnull=False).first()
    return found


def is_sold_out(funnel: Funnel) -> bool:
    """Say whether a funnel that stops when its codes are gone has none left."""
    if not funnel.stop_when_sold_out or funnel.promotion.source != Source.POOL:
        return False
    return not Code.objects.filter(pool_id=funnel.promotion.pool_id, state=CodeState.FREE).exists()


def listings_of(funnel: Funnel) -> list[Listing]:
    """Return every listing that a customer may choose, in the order of the page."""
    found: QuerySet[Listing] = (
        Listing.objects.select_related("product")
        .filter(product__funnel_products__funnel=funnel, archived_at__isnull=True, product__archived_at__isnull=True)
        .order_by("product__funnel_products__position", "product__title", "marketplace", "region", "id")
    )
    return list(found)


def listings_among(products: Sequence[Product]) -> list[Listing]:
    """Return the listings of these products that a customer could choose, in the order of the products."""
    places = {one.pk: place for place, one in enumerate(products)}
    rows = Listing.objects.select_related("product").filter(
        product_id__in=list(places), archived_at__isnull=True, product__archived_at__isnull=True
    )
    return sorted(rows, key=lambda one: (places[one.product_id], one.marketplace, one.region, str(one.id)))


@dataclass(slots=True)
class Place:
    """A listing as the page draws it."""

    id: str
    label: str
    region: str
    chosen: bool


@dataclass(slots=True)
class Card:
    """A product with the places where it is sold."""

    title: str
    image: str
    places: list[Place] = field(default_factory=list)


def cards(listings: list[Listing], chosen: str) -> list[Card]:
    """Group listings by product. A single listing is chosen from the start: there is nothing to choose."""
    found: dict[object, Card] = {}
    for one in listings:
        card = found.setdefault(one.product_id, Card(one.product.title, image_name(one.product.image.name)))
        is_chosen = len(listings) == 1 or str(one.id) == chosen
        card.places.append(Place(str(one.id), one.get_marketplace_display(), one.region, is_chosen))
    return list(found.values())


def image_name(stored: str | None) -> str:
    """Return the last part of a picture's stored name, which is what its address shows."""
    return (stored or "").rpartition("/")[2]


def claim_of_journey(journey_id: object) -> Claim | None:
    """Return the claim that was sent on this journey."""
    found: Claim | None = Claim.objects.select_related("listing").filter(journey_id=journey_id).first()
    return found


def claim_by_token(token: str) -> Claim | None:
    """Return the claim that a tracker link belongs to."""
    rows = Claim.objects.select_related("promotion", "product", "funnel", "customer")
    found: Claim | None = rows.filter(tracker_hash=hash_of(token)).first()
    return found


def history_of(claim: Claim) -> list[ClaimChange]:
    """Return what happened to a claim, oldest first."""
    return list(ClaimChange.objects.filter(claim=claim).order_by("seq"))
