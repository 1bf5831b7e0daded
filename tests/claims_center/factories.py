"""A merchant's business as the tests of this room need it. Everything happens in the scope that is open."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from claims_center.matching import comparable, last_group
from claims_center.models import (
    Claim,
    Funnel,
    FunnelProduct,
    Listing,
    Order,
    OrderItem,
    OrderStatus,
    Product,
    Promotion,
    PromotionKind,
    Source,
)
from claims_center.services import gifts, processing, verdicts
from claims_center.services.submission import ClaimInput, Submitted, submit_claim
from claims_center.states import Status
from codes.models import Code, CodePool
from codes.normalise import value_norm
from tenancy.actors import Actor
from tenancy.ids import new_id

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
STAFF = Actor("user", uuid.UUID(int=7))
NUMBER = "111-2301945-8821034"
ADDRESS = {"street": "Kings Road", "house_number": "5", "postal_code": "97205", "city": "Portland", "country": "us"}


def make_product(title: str = "Pour-over kettle", asin: str = "B0BBKET090", sku: str = "BB-KET-09") -> Product:
    product: Product = Product.objects.create(title=title, sku=sku, created_at=NOW)
    Listing.objects.create(
        product=product, marketplace="amazon", region="US", listing_id=asin, url=f"https://www.amazon.com/dp/{asin}"
    )
    return product


def make_pool(*values: str, name: str = "Gifts") -> CodePool:
    pool: CodePool = CodePool.objects.create(name=name, created_at=NOW)
    Code.objects.bulk_create(
        Code(pool=pool, value=value, value_norm=value_norm(value), created_at=NOW) for value in values
    )
    return pool


def make_promotion(kind: str = "pool", **values: Any) -> Promotion:
    """`kind` is pool, fixed, file or item."""
    given: dict[str, Any] = {"name": f"Gift {kind}", "source": kind, "kind": PromotionKind.DIGITAL, "created_at": NOW}
    if kind == Source.POOL and "pool" not in values:
        given["pool"] = make_pool("GIFT-0001", "GIFT-0002", "GIFT-0003")
    given |= {"fixed": {"fixed_code": "WELCOME10"}, "file": {"file": "gifts/guide.pdf", "file_name": "guide.pdf"}}.get(
        kind, {}
    )
    if kind == Source.ITEM:
        given |= {"kind": PromotionKind.PHYSICAL, "item_name": "Ceramic mug"}
    found: Promotion = Promotion.objects.create(**given | values)
    return found


def make_funnel(promotion: Promotion | None = None, product: Product | None = None, **values: Any) -> Funnel:
    given: dict[str, Any] = {"slug": f"f-{new_id().hex[-8:]}", "name": "Kettle gift", "published_at": NOW}
    given["promotion"] = promotion or make_promotion()
    funnel: Funnel = Funnel.objects.create(created_at=NOW, **given | values)
    product = product or Product.objects.filter(sku="BB-KET-09").first() or make_product()
    FunnelProduct.objects.create(funnel=funnel, product=product)
    return funnel


def make_order(number: str = NUMBER, *, asin: str = "B0BBKET090", days: int = 5, **values: Any) -> Order:
    given: dict[str, Any] = {
        "marketplace": "amazon",
        "number": number,
        "number_norm": comparable(number),
        "last_group": last_group(number),
        "ordered_at": NOW - timedelta(days=days),
        "status": OrderStatus.SHIPPED,
        "digest": "x",
        "batch": new_id(),
        "imported_at": NOW,
        "changed_at": NOW,
    }
    order: Order = Order.objects.create(**given | values)
    if asin:
        OrderItem.objects.create(order=order, listing_id=asin, sku="", title="Kettle", quantity=1)
    return order


def given_for(funnel: Funnel, **values: Any) -> ClaimInput:
    listing = Listing.objects.filter(product__funnel_products__funnel=funnel).first()
    assert listing is not None
    given: dict[str, Any] = {
        "funnel_id": funnel.id,
        "listing_id": listing.id,
        "op_key": new_id().hex,
        "email": "ann@example.com",
        "first_name": "Ann",
        "last_name": "Lee",
        "order_number": NUMBER,
        "rating": 5,
        "feedback": "Pours beautifully.",
        "address": ADDRESS if funnel.promotion.is_physical else {},
    }
    return ClaimInput(**given | values)


def submit(funnel: Funnel | None = None, **values: Any) -> Submitted:
    return submit_claim(given=given_for(funnel or make_funnel(), **values), now=NOW)


def make_claim(funnel: Funnel | None = None, **values: Any) -> Claim:
    return submit(funnel, **values).claim


def claim_in(status: Status, kind: str = "pool", **values: Any) -> Claim:
    """Return a claim that was brought into a state by the services alone, its order matching."""
    if not Order.objects.exists():
        make_order()
    claim = make_claim(make_funnel(make_promotion(kind)), **values)
    by: dict[str, Any] = {"claim_id": claim.id, "actor": STAFF, "now": NOW}
    if status == Status.NEEDS_INFO:
        return verdicts.ask_info(reason="Which colour?", **by)
    if status == Status.REJECTED:
        return verdicts.reject(reason="Not one of ours", **by)
    if status in (Status.VERIFIED, Status.PROCESSED):
        verdicts.verify(**by)
    if status == Status.PROCESSED:
        if not claim.is_physical:
            gifts.send_gift(**by)
        processing.mark_processed(**by)
    return fresh(claim)


def fresh(claim: Claim) -> Claim:
    found: Claim = Claim.objects.select_related("promotion", "funnel").get(id=claim.id)
    return found
