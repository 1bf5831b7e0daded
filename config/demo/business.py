"""The demo's merchants, their staff and keys, and what they sell and give."""

from datetime import datetime, timedelta
from decimal import Decimal

from claims_center.services.catalogue import create_product, create_promotion
from claims_center.services.funnels import close_funnel, create_funnel, publish_funnel
from codes.models import Code, CodePool
from codes.normalise import value_norm
from codes.services import save_pool
from config.demo.base import Stage
from config.demo.stories import FunnelStory, MerchantStory, PromotionStory
from tenancy.actors import Actor
from tenancy.models import Merchant, User
from tenancy.roles import Role
from tenancy.services.members import add_member
from tenancy.services.merchants import create_merchant

PASSWORD = "demo-demo-demo"  # noqa: S105 - the demo's, printed on every start
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def found_merchant(story: MerchantStory) -> Merchant:
    """Make the merchant; a second factor is off in the demo."""
    return create_merchant(
        name=story.name,
        slug=story.slug,
        actor=Actor.system(),
        time_zone=story.time_zone,
        locale=story.locale,
        currency=story.currency,
        accent=story.accent,
        sender_name=story.name,
        mfa_required=False,
    )


def hire(stage: Stage) -> None:
    """Make one member of staff for each role."""
    for role in Role:
        name = role.name.lower()
        email = f"{name}@{stage.story.slug}.example"
        user = User.objects.create_user(email, PASSWORD, name=stage.story.staff[name])
        add_member(merchant=stage.merchant, user=user, role=role, actor=Actor.system())
        stage.staff[name] = user


def stock(stage: Stage, opened: datetime) -> None:
    """Make products with their listings, code pools, promotions and funnels, as if since `opened`."""
    admin = stage.actor("admin")
    for product in stage.story.products:
        listings = [
            {"marketplace": at.marketplace, "region": at.region, "listing_id": at.listing_id, "url": at.url}
            for at in product.listings
        ]
        values = {"title": product.title, "sku": product.sku}
        stage.products[product.sku] = create_product(values=values, listings=listings, actor=admin, now=opened)
    for promotion in stage.story.promotions:
        stage.promotions[promotion.name] = _promise(stage, promotion, opened)
    for funnel in stage.story.funnels:
        stage.funnels[funnel.slug] = _open(stage, funnel, opened)


def close_what_ended(stage: Stage) -> None:
    """Close the funnels whose story says so, after their claims have come in."""
    for funnel in stage.story.funnels:
        if funnel.state == "closed":
            closed_at = stage.now - timedelta(days=21)
            close_funnel(funnel_id=stage.funnels[funnel.slug].id, actor=stage.actor("admin"), now=closed_at)


def _promise(stage: Stage, told: PromotionStory, opened: datetime) -> object:
    values: dict[str, object] = {
        "name": told.name,
        "kind": told.kind,
        "value": Decimal(told.value),
        "currency": stage.story.currency,
        "message": told.message,
    }
    if told.item:
        values |= {"source": "item", "item_name": told.item}
    elif told.fixed_code:
        values |= {"source": "fixed", "fixed_code": told.fixed_code}
    else:
        values |= {"source": "pool", "pool_id": _fill(stage, told, opened).id}
    return create_promotion(values=values, actor=stage.actor("admin"), now=opened)


def _fill(stage: Stage, told: PromotionStory, opened: datetime) -> CodePool:
    pool = CodePool(merchant_id=stage.merchant.id, name=told.name, low_mark=20)
    save_pool(pool=pool, actor=stage.actor("admin"), now=opened)
    values = {_code(stage, told.prefix) for _ in range(told.codes)}
    rows = [
        Code.made_with(pool=pool, value=value, value_norm=value_norm(value), created_at=opened)
        for value in sorted(values)
    ]
    Code.objects.bulk_create(rows)
    stage.pools[told.name] = pool
    return pool


def _code(stage: Stage, prefix: str) -> str:
    letters = "".join(stage.dice.choice(ALPHABET) for _ in range(8))
    return f"{prefix}-{letters[:4]}-{letters[4:]}"


def _open(stage: Stage, told: FunnelStory, opened: datetime) -> object:
    values: dict[str, object] = {
        "slug": told.slug,
        "name": told.name,
        "promotion": stage.promotions[told.promotion],
        "order_number": told.order_number,
        "min_feedback": told.min_feedback,
        "max_order_age_days": 60,
        "headline": f"Claim your {told.promotion[0].lower()}{told.promotion[1:]}",
        "intro": "Thank you for your order. It takes about a minute.",
        "starts_at": stage.now + timedelta(days=9) if told.state == "upcoming" else opened,
    }
    products = [stage.products[sku].id for sku in told.skus]
    funnel = create_funnel(values=values, product_ids=products, actor=stage.actor("admin"), now=opened)
    return publish_funnel(funnel_id=funnel.id, actor=stage.actor("admin"), now=opened)
