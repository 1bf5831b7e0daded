"""One synthetic claim as it comes in: its visit, its order, its verification, its search words."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from claims_center.matching import comparable
from claims_center.models import Claim, ClaimedNumber, Funnel, Journey, Listing
from claims_center.search import words_for
from claims_center.states import Delivery, Event, Status
from claims_center.verification import ClaimFacts, History, ItemFacts, OrderFacts, Result, check
from config.load.batch import Batch
from config.load.dice import OUTCOMES, RATINGS, Dice
from config.load.orders import OrderBook, Sold
from config.load.story import story_of
from config.load.trail import Trail
from customers.models import Customer
from tenancy.actors import Actor
from tenancy.ids import new_id
from tenancy.models import Merchant
from tenancy.secrets import encrypt
from tenancy.tokens import new_token

FEEDBACK = story_of(0).feedback
SHARE, VISITORS = 0.55, 3


@dataclass(slots=True)
class Desk:
    """Where claims come in: the merchant's funnels with their listings, its customers, and the batch to write to."""

    merchant: Merchant
    dice: Dice
    book: OrderBook
    batch: Batch
    people: list[Customer]
    open_to: list[tuple[Funnel, list[Listing]]]
    repeats: set[int]
    staff: list[Any]
    # Orders of this batch that were claimed with, by marketplace, and the places of their numbers.
    claimed: dict[str, list[Sold]] = field(default_factory=dict)
    numbers: dict[tuple[str, str], ClaimedNumber] = field(default_factory=dict)

    def finish(self) -> None:
        """Write the batch."""
        self.batch.write()
        self.claimed.clear()
        self.numbers.clear()


def come_in(desk: Desk, person_number: int, at: datetime) -> Trail:
    """Put a claim of this moment into the batch, new, and return its trail; its words are added when it is done."""
    person = desk.people[person_number]
    funnel, listings = desk.dice.choice(desk.open_to)
    listing = desk.dice.choice(listings)
    claim = _claim(desk, funnel, listing, person, at)
    claim.is_repeat = person_number in desk.repeats
    sold = _name_order(desk, claim, at)
    _verify(claim, sold, at)
    _visit(desk, claim, at)
    trail = Trail(claim, desk.batch)
    trail.note(Event.SUBMITTED, Actor.system(), at, before="")
    if claim.did_redirect_at:
        trail.note(Event.SHARED, Actor.system(), claim.did_redirect_at)
    desk.batch.claims.append(claim)
    return trail


def add_words(desk: Desk, claim: Claim) -> None:
    """Put the claim's search words into the batch, the code it was given among them."""
    desk.batch.words[claim.id] = words_for(claim=claim)


def _claim(desk: Desk, funnel: Funnel, listing: Listing, person: Customer, at: datetime) -> Claim:
    token, token_hash = new_token(desk.merchant)
    promotion, product = funnel.promotion, listing.product
    claim_id = new_id()
    made: Claim = Claim.made_with(
        id=claim_id,
        funnel=funnel,
        product=product,
        listing=listing,
        promotion=promotion,
        customer=person,
        op_key=claim_id.hex,
        tracker_hash=token_hash,
        tracker_sealed=encrypt(token),
        marketplace=listing.marketplace,
        rating=desk.dice.pick(RATINGS),
        feedback=desk.dice.choice(FEEDBACK),
        did_redirect_at=at + timedelta(minutes=1) if desk.dice.random() < SHARE else None,
        ship_to={"name": person.name} | person.address if promotion.is_physical else {},
        status=Status.NEW,
        delivery_status=Delivery.NOT_SHIPPED if promotion.is_physical else Delivery.NOT_SENT,
        submitted_at=at,
        customer_name=person.name,
        customer_email=person.email,
        product_title=product.title,
        funnel_name=funnel.name,
        promotion_name=promotion.name,
        promotion_kind=promotion.kind,
    )
    return made


def _name_order(desk: Desk, claim: Claim, at: datetime) -> Sold | None:
    """Give the claim an order number and return the order behind it, if there is one."""
    outcome, known = desk.dice.pick(OUTCOMES), desk.claimed.setdefault(claim.marketplace, [])
    if outcome == "left_out" and claim.funnel.order_number != "required":
        return None
    if outcome == "unknown":
        claim.order_number = desk.book.number(claim.marketplace)
        _take_turn(desk, claim, None)
        return None
    if outcome == "claimed_before" and known:
        sold = desk.dice.choice(known)
    else:
        sold = _sell(desk, claim, str(outcome), at)
        known.append(sold)
    claim.order_number, claim.matched_order = sold.order.number, sold.order
    _take_turn(desk, claim, sold)
    return sold


def _sell(desk: Desk, claim: Claim, outcome: str, at: datetime) -> Sold:
    listing = claim.listing
    if outcome == "wrong_product":
        others = [one for _, listings in desk.open_to for one in listings if one.product_id != listing.product_id]
        listing = desk.dice.choice([one for one in others if one.marketplace == listing.marketplace])
    age = timedelta(days=80) if outcome == "too_old" else timedelta(days=desk.dice.randrange(3, 20))
    buyer = f"someone.else{desk.book.serial}@example.com" if outcome == "other_buyer" else ""
    sold = desk.book.sell(claim.customer, listing, at - age, buyer=buyer)
    desk.batch.orders.append(sold.order)
    desk.batch.items.append(sold.item)
    return sold


def _take_turn(desk: Desk, claim: Claim, sold: Sold | None) -> None:
    claim.order_number_norm = comparable(claim.order_number)
    key = (claim.marketplace, claim.order_number_norm)
    if key not in desk.numbers:
        marketplace, number = key
        desk.numbers[key] = ClaimedNumber.made_with(id=new_id(), marketplace=marketplace, number_norm=number, turn=0)
        desk.batch.numbers.append(desk.numbers[key])
    desk.numbers[key].turn += 1
    claim.number_turn = desk.numbers[key].turn
    if sold:
        sold.turns = claim.number_turn


def _verify(claim: Claim, sold: Sold | None, at: datetime) -> None:
    """Let the product's own rules say what they make of it."""
    result = _result(claim, sold, at)
    claim.verification, claim.verification_reason = result.verification, result.reason[:300]


def _result(claim: Claim, sold: Sold | None, at: datetime) -> Result:
    facts = ClaimFacts(
        number=claim.order_number_norm,
        was_asked=True,
        product=claim.product_title,
        marketplace=claim.get_marketplace_display(),
        skus=frozenset({claim.product.sku.casefold()}),
        listing_ids=frozenset({claim.listing.listing_id.casefold()}),
        buyer_email=claim.customer_email,
        buyer_name=claim.customer_name,
        submitted_at=at,
        most_days=claim.funnel.max_order_age_days,
        claimed_before=claim.number_turn > 1,
    )
    if sold is None:
        return check(facts, None, History(newest=at))
    row = sold.order
    items = (ItemFacts(sold.item.sku, sold.item.listing_id, is_cancelled=False),)
    order = OrderFacts(
        number=row.number,
        ordered_at=row.ordered_at,
        is_cancelled=False,
        is_pending=False,
        buyer_email=row.buyer_email,
        buyer_name=row.buyer_name,
        items=items,
    )
    return check(facts, order, History(newest=at))


def _visit(desk: Desk, claim: Claim, at: datetime) -> None:
    """Let the customer come through the funnel's page, and a few others leave again."""
    began = at - desk.dice.minutes(2, 8)
    steps = ("started_at", "order_at", "feedback_at", "contact_at")
    reached = {step: began + timedelta(seconds=20 * place) for place, step in enumerate(steps, 1)}
    claim.journey = Journey.made_with(
        id=new_id(),
        funnel=claim.funnel,
        visited_at=began,
        submitted_at=at,
        shared_at=claim.did_redirect_at,
        **reached,
    )
    desk.batch.journeys.append(claim.journey)
    for _ in range(desk.dice.randrange(VISITORS)):
        came = began - desk.dice.minutes(1, 300)
        left = {"started_at": came + timedelta(seconds=20)} if desk.dice.random() < SHARE else {}
        desk.batch.journeys.append(Journey.made_with(id=new_id(), funnel=claim.funnel, visited_at=came, **left))
