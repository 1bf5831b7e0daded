"""Offers of the demo, and responses in every status and on every side of their usage period."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from codes.filling import generate
from codes.models import CodePool
from codes.services import save_pool
from codes.states import PoolKind
from config.demo.base import Stage
from config.demo.rewards import Earlier
from customers.models import Customer
from ledger.services import backdated
from offers import expiry
from offers.errors import Refused
from offers.models import Offer, OfferResponse
from offers.services import closing, using
from offers.services.catalogue import create_offer, publish_offer
from offers.services.issuing import issue
from offers.states import CodeSource, OfferType, PeriodKind, Source
from tenancy.actors import Actor

AFTER = PeriodKind.AFTER_RESPONSE
# name, type, what members get, and what else it says; times are days from now
OFFERS: tuple[tuple[str, str, dict[str, Any], dict[str, Any]], ...] = (
    ("10% off your next visit", OfferType.PERCENT_OFF, {"percent": 10}, {}),
    ("5 off from 30", OfferType.AMOUNT_OFF, {"amount": 5, "minimum_amount": 30}, {"needs_clip": True}),
    (
        "Two bags, one free",
        OfferType.BUY_X_GET_Y,
        {"buy_quantity": 2, "get_quantity": 1, "items": "House blend"},
        {"usage_kind": AFTER, "usage_days": 30, "codes": 60},
    ),
    (
        "Spring tasting set",
        OfferType.FREE_ITEM,
        {"items": "Tasting set"},
        {"usage_kind": PeriodKind.FIXED, "usage": (-60, -10), "days_valid": 365},
    ),
    (
        "Winter double points",
        OfferType.POINTS_MULTIPLIER,
        {"multiplier": 2},
        {"usage_kind": PeriodKind.FIXED, "usage": (12, 60)},
    ),
    (
        "Mug with a gift box",
        OfferType.GIFT_WITH_PURCHASE,
        {"items": "Enamel mug", "minimum_amount": 60},
        {"has_shipping": True, "usage_kind": AFTER, "usage_days": 90},
    ),
    ("Weekend treat", OfferType.PERCENT_OFF, {"percent": 15}, {"usage_kind": AFTER, "usage_days": 7}),
    (
        "Early bird",
        OfferType.PERCENT_OFF,
        {"percent": 20},
        {
            "weekdays": 0b0011111,
            "minute_from": 420,
            "minute_to": 600,
            "response_kind": PeriodKind.SAME,
            "member_limit": 1,
        },
    ),
    ("First fifty", OfferType.AMOUNT_OFF, {"amount": 8}, {"total_limit": 3, "member_limit": 1}),
)
ENDINGS = (
    "waits",
    "clipped",
    "completed",
    "waits",
    "completed",
    "canceled",
    "waits",
    "reversed",
    "given_up",
    "reserved",
)
SHIPPING = ("processing", "shipping", "delivered", "canceled")


@dataclass(frozen=True, slots=True)
class Story:
    """One response in the making: whose, of what, when, and how it ends."""

    person: Customer
    offer: Offer
    at: datetime
    ending: str


def offer_members(stage: Stage) -> None:
    """Publish offers three months ago, and let members claim, clip and use them since then."""
    opened = Earlier(stage, stage.now - timedelta(days=90))
    with backdated(at=opened.at):
        offers = [_offer(opened, *told) for told in OFFERS]
    _draft(stage)
    people = list(Customer.objects.filter(erased_at=None).order_by("created_at", "id")[:60])
    for number, person in enumerate(people):
        for turn in range(1 + number % 3):
            _play(stage, _story(stage, person, offers[(number * 2 + turn) % len(offers)], number + turn))
    while expiry.expire_due(now=stage.now):
        pass


def told_offers() -> list[dict[str, Any]]:
    """Return what demo.json says of the offers that are out."""
    rows = Offer.objects.filter(published_at__isnull=False).order_by("created_at", "id").values("id", "name")
    return [{**row, "id": str(row["id"])} for row in rows]


def _offer(opened: Earlier, name: str, kind: str, gives: dict[str, Any], more: dict[str, Any]) -> Offer:
    now = opened.stage.now
    values = {
        "name": name,
        "offer_type": kind,
        "currency": opened.stage.story.currency,
        "member_limit": None,
        "description": f"{name}, for our members.",
        "terms": "One response for each purchase. Not together with other offers.",
        **{
            key: Decimal(value) if key in ("percent", "amount", "multiplier", "minimum_amount") else value
            for key, value in gives.items()
        },
        **{key: value for key, value in more.items() if key not in ("codes", "usage")},
    }
    if "usage" in more:
        start, end = more["usage"]
        values |= {"usage_from": now + timedelta(days=start), "usage_to": now + timedelta(days=end)}
    if "codes" in more:
        values |= {"code_source": CodeSource.POOL, "pool_id": _pool(opened, name, more["codes"]).id}
    offer = create_offer(values=values, **opened.by())
    return publish_offer(offer_id=offer.id, **opened.by())


def _draft(stage: Stage) -> None:
    values = {
        "name": "Next season",
        "offer_type": OfferType.PERCENT_OFF,
        "percent": Decimal(25),
        "currency": stage.story.currency,
    }
    create_offer(values=values, actor=stage.actor("admin"), now=stage.now)


def _pool(opened: Earlier, name: str, size: int) -> CodePool:
    pool: CodePool = CodePool.made_with(name=f"Offer: {name}", kind=PoolKind.GENERATED, low_mark=5)
    save_pool(pool=pool, **opened.by())
    generate(pool_id=pool.id, pattern="OFFER-********", count=size, **opened.by())
    return pool


def _story(stage: Stage, person: Customer, offer: Offer, number: int) -> Story:
    endings = SHIPPING if offer.has_shipping else ENDINGS
    back = timedelta(days=stage.dice.randrange(1, 45), minutes=stage.dice.randrange(900))
    return Story(person, offer, stage.past(stage.now - back), endings[number % len(endings)])


def _play(stage: Stage, story: Story) -> None:
    by_member = stage.dice.random() < 0.6 and story.offer.response_kind == PeriodKind.ALWAYS  # noqa: PLR2004
    source = Source.MEMBER if by_member else stage.dice.choice([Source.STAFF, Source.BULK])
    try:
        with backdated(at=story.at):
            row = issue(
                offer_id=story.offer.id,
                customer_id=story.person.id,
                op_key=str(uuid.UUID(int=stage.dice.getrandbits(128))),
                source=source,
                actor=Actor.customer(story.person.id) if by_member else stage.actor("admin"),
                now=story.at,
            )
        later = Earlier(stage, stage.past(story.at + timedelta(hours=stage.dice.randrange(2, 60))))
        with backdated(at=later.at):
            _go_on(row, story.ending, later)
    except Refused:
        return


def _go_on(row: OfferResponse, ending: str, later: Earlier) -> None:
    """Let a response meet its end, as far as its status and its usage period allow."""
    about: dict[str, Any] = {"response_id": row.id, **later.by()}
    if row.needs_clip and ending not in ("waits", "canceled"):
        using.clip(response_id=row.id, actor=Actor.customer(row.customer_id), now=later.at)
    ways: dict[str, tuple[Callable[[], Any], ...]] = {
        "clipped": (lambda: using.clip(**about),),
        "completed": (lambda: using.complete(reference=f"T-{row.id.hex[-6:].upper()}", **about),),
        "canceled": (lambda: closing.cancel(reason="Claimed by mistake", **about),),
        "given_up": (lambda: closing.expire(reason="The member does not want it", **about),),
        "reversed": (
            lambda: using.complete(reference="T-MISTAKE", **about),
            lambda: closing.reverse(reason="Booked on the wrong card", **about),
        ),
        "reserved": (lambda: using.reserve(response_id=row.id, actor=later.stage.actor("admin"), now=later.stage.now),),
        "processing": (lambda: using.start_processing(**about),),
        "shipping": (
            lambda: using.start_processing(**about),
            lambda: using.ship(carrier="UPS", tracking_number=f"1Z{row.id.hex[-8:].upper()}", **about),
        ),
        "delivered": (
            lambda: using.start_processing(**about),
            lambda: using.ship(carrier="UPS", **about),
            lambda: using.complete(**about),
        ),
    }
    for step in ways.get(ending, ()):
        step()
