"""Staff at their desks, and claims in front of them."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from django.test import Client

from claims_center.models import Claim, Funnel, Listing, Marketplace, Order, OrderItem, OrderStatus
from claims_center.services.submission import ClaimInput, submit_claim
from codes.filling import upload
from codes.models import CodePool
from tenancy.actors import Actor
from tenancy.models import Membership, Merchant, User
from tenancy.roles import Role
from tests.public.factories import make_funnel, make_product, make_promotion

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def sign_in(merchant: Merchant, role: Role = Role.AGENT, name: str = "Ada Novak") -> Client:
    """A browser in which a member of staff with this role is signed in."""
    Merchant.objects.filter(id=merchant.id).update(mfa_required=False)
    user = User.objects.create_user(f"{uuid.uuid4().hex[:8]}@brew-bloom.example", name=name)
    Membership.objects.create(merchant=merchant, user=user, role=role)
    client = Client()
    client.force_login(user)
    client.user = user  # type: ignore[attr-defined]
    return client


def funnel_with(*, physical: bool = False, slug: str = "brew-kit", **values: Any) -> Funnel:
    """An open funnel with one product; its gift is a fixed code, or a mug."""
    product = make_product(asin=f"B0{slug.upper().replace('-', '')[:8]}")
    return make_funnel(products=[product], promotion=make_promotion(physical=physical), slug=slug, **values)


def pooled_funnel(codes: int = 3, **values: Any) -> Funnel:
    """An open funnel whose gift is a code of a pool with so many codes."""
    pool = CodePool.objects.create(name="Gift cards", created_at=NOW)
    lines = "\n".join(["code", *(f"GIFT-{number:04d}-ABCD" for number in range(codes))])
    upload(pool_id=pool.id, data=lines.encode(), actor=Actor.system(), now=NOW)
    promotion = make_promotion(source="pool", pool=pool, fixed_code="")
    return make_funnel(products=[make_product(asin="B0POOLED01")], promotion=promotion, slug="pooled", **values)


def make_order(funnel: Funnel, number: str = "112-7391030-0000001", **values: Any) -> Order:
    """An order of the funnel's product, on Amazon, a week before now."""
    listing = Listing.objects.get(product__funnel_products__funnel_id=funnel.id, marketplace="amazon")
    norm = number.replace("-", "")
    order: Order = Order.objects.create(
        marketplace=Marketplace.AMAZON,
        number=number,
        number_norm=norm,
        last_group=number.rpartition("-")[2],
        ordered_at=NOW - timedelta(days=7),
        status=OrderStatus.SHIPPED,
        digest="0" * 64,
        batch=uuid.uuid4(),
        imported_at=NOW,
        changed_at=NOW,
        item_count=1,
        amount="49.95",
        currency="USD",
        **values,
    )
    OrderItem.objects.create(order=order, sku=listing.product.sku, listing_id=listing.listing_id, title="Cold Brew Kit")
    return order


def make_claim(funnel: Funnel, *, now: datetime = NOW, **values: Any) -> Claim:
    """A claim that came in through the funnel; `email` and the rest as a customer would give them."""
    listing = Listing.objects.get(product__funnel_products__funnel_id=funnel.id, marketplace="amazon")
    given: dict[str, Any] = {
        "email": "ines.fournier@example.com",
        "first_name": "Inès",
        "last_name": "Fournier",
        "order_number": "112-7391030-0000001",
        "rating": 4,
        "feedback": "Brews beautifully, the filter could be finer.",
        "op_key": uuid.uuid4().hex,
    }
    if funnel.promotion.is_physical:
        given["address"] = {
            "street": "Rue de la Paix",
            "house_number": "4",
            "city": "Lyon",
            "postal_code": "69001",
            "country": "FR",
        }
    claim = submit_claim(given=ClaimInput(funnel_id=funnel.id, listing_id=listing.id, **given | values), now=now).claim
    found: Claim = Claim.objects.get(id=claim.id)
    return found


def path(merchant: Merchant, *parts: Any) -> str:
    """An address behind the merchant's door."""
    return "/".join(["", "m", merchant.slug, *map(str, parts), ""])
