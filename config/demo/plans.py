"""Who claims what and when: the demo's claims before they come in, with every outcome that an order can have."""

from datetime import datetime, timedelta

from claims_center.models import Listing
from config.demo.base import Stage
from config.demo.claims import DAYS, Plan, end_of
from config.demo.orders import Books
from config.demo.people import Person, people_of
from config.demo.stories import FunnelStory

# Of a hundred claims so many name an order that ...
OUTCOMES = (
    ("match", 70),
    ("unknown", 10),
    ("claimed_before", 7),
    ("wrong_product", 6),
    ("other_buyer", 4),
    ("left_out", 3),
)
# How customers type numbers.
SPELLINGS = ("{0}", "{0}", "{0}", "# {0}", "Order {0}")


def plan_claims(stage: Stage, books: Books) -> list[Plan]:
    """Return the claims of all funnels, earliest first, and write their orders into the books."""
    total = sum(told.claims for told in stage.story.funnels)
    # Fewer people than claims: some come back.
    stage.people = people_of(stage.story, stage.dice, int(total * 0.78))
    plans: list[Plan] = []
    used: list[tuple[str, str]] = []
    for told in stage.story.funnels:
        for at in _times(stage, told):
            person = stage.dice.choice(stage.people)
            plans.append(_plan(stage, books, told, person, at, used))
    return sorted(plans, key=lambda plan: plan.at)


def _times(stage: Stage, told: FunnelStory) -> list[datetime]:
    """Return when the funnel's claims come in: daytime, more of them lately; a closed funnel's all lie before its end."""
    latest, earliest = (22, DAYS) if told.state == "closed" else (0, DAYS)
    times = []
    for _ in range(told.claims):
        age = latest + (earliest - latest) * stage.dice.random() ** 1.5
        at = stage.now - timedelta(days=age)
        at = at.replace(minute=stage.dice.randrange(60), second=stage.dice.randrange(60), microsecond=0)
        times.append(min(at, stage.now - timedelta(minutes=stage.dice.randrange(10, 600))))
    return times


def _plan(  # noqa: PLR0913 - what a plan is made from
    stage: Stage, books: Books, told: FunnelStory, person: Person, at: datetime, used: list[tuple[str, str]]
) -> Plan:
    listing = _listing(stage, told)
    outcomes, weights = zip(*OUTCOMES, strict=True)
    outcome = stage.dice.choices(outcomes, weights)[0]
    number = _number(stage, books, outcome, told, person, listing, at, used)
    spelled = stage.dice.choice(SPELLINGS).format(number) if number else ""
    return Plan(at=at, funnel=told, person=person, listing=listing, order_number=spelled, end=end_of(stage, at))


def _number(  # noqa: PLR0913
    stage: Stage,
    books: Books,
    outcome: str,
    told: FunnelStory,
    person: Person,
    listing: Listing,
    at: datetime,
    used: list[tuple[str, str]],
) -> str:
    bought = at - timedelta(days=stage.dice.randrange(3, 20), hours=stage.dice.randrange(10))
    again = [number for marketplace, number in used if marketplace == listing.marketplace]
    if outcome == "left_out" and told.order_number != "required":
        return ""
    if outcome == "unknown":
        return books.number(listing.marketplace)
    if outcome == "claimed_before" and again:
        return stage.dice.choice(again)
    if outcome == "wrong_product":
        others = [one for one in _listings(stage) if one.product_id != listing.product_id]
        same_market = [one for one in others if one.marketplace == listing.marketplace]
        return books.sell(person, stage.dice.choice(same_market or [listing]), bought)
    stranger = f"someone.else{stage.dice.randrange(90)}@example.com" if outcome == "other_buyer" else ""
    number = books.sell(person, listing, bought, buyer_email=stranger)
    if outcome == "match":
        used.append((listing.marketplace, number))
    return number


def _listing(stage: Stage, told: FunnelStory) -> Listing:
    return stage.dice.choice([one for one in _listings(stage) if one.product.sku in told.skus])


def _listings(stage: Stage) -> list[Listing]:
    if not stage.listings:
        rows = Listing.objects.select_related("product").order_by("product__sku", "marketplace", "listing_id")
        stage.listings = list(rows)
    return stage.listings
