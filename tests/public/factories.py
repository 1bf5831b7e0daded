"""A merchant's catalogue as the public pages need it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from claims_center.models import Funnel, FunnelProduct, Listing, Product, Promotion, PromotionKind, Source

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def make_product(
    title: str = "Cold Brew Kit", *, asin: str = "B0BREWKIT1", marketplaces: str = "amazon ebay"
) -> Product:
    product: Product = Product.objects.create(title=title, sku=f"SKU-{asin}", created_at=LONG_AGO)
    for marketplace in marketplaces.split():
        Listing.objects.create(
            product=product,
            marketplace=marketplace,
            region="US",
            listing_id=asin,
            url=f"https://www.{marketplace}.com/dp/{asin}",
        )
    return product


def make_promotion(*, physical: bool = False, **values: Any) -> Promotion:
    given: dict[str, Any] = {"name": "Barista guide", "value": 12, "created_at": LONG_AGO}
    if physical:
        given |= {"kind": PromotionKind.PHYSICAL, "source": Source.ITEM, "item_name": "Ceramic mug"}
    else:
        given |= {"kind": PromotionKind.DIGITAL, "source": Source.FIXED, "fixed_code": "BARISTA-2026"}
    found: Promotion = Promotion.objects.create(**given | values)
    return found


def make_funnel(*, products: list[Product] | None = None, promotion: Promotion | None = None, **values: Any) -> Funnel:
    given: dict[str, Any] = {
        "slug": "brew-kit",
        "name": "Brew kit gift",
        "promotion": promotion or make_promotion(),
        "created_at": LONG_AGO,
        "published_at": LONG_AGO,
    }
    funnel: Funnel = Funnel.objects.create(**given | values)
    for position, product in enumerate(products if products is not None else [make_product()]):
        FunnelProduct.objects.create(funnel=funnel, product=product, position=position)
    return funnel


TOMORROW = timedelta(days=1)
