"""Who claims what and when: the demo's claims before they come in, with every outcome that an order can have."""

from datetime import datetime, timedelta

from claims_center.models import Listing
from config.demo.base import Stage
from config.demo.claims import DAYS, Plan, end_of
from config.demo.orders import Books
from config.demo.people import Person, people_of
from config.demo.stories import FunnelStory
from messaging.states import Status

# Of a hundred claims so many name an order that ...
OUTCOMES = (
    ("match", 70),
    ("unknown", 10),
    ("claimed_before", 7),
    ("wrong_product", 6),
    ("other_buyer", 4),
    ("left_out", 3),
)
# The first claims of a funnel, so that no state is left to the dice: outcome, end, and what the provider reports.
TOLD: dict[str, tuple[tuple[str, str, str], ...]] = {
    "thank-you": (
        ("match", "gifted", Status.BOUNCED),
        ("match", "gifted", Status.COMPLAINED),
        ("match", "gifted", Status.FAILED),
        ("match", "gifted", Status.SENT),
        ("match", "processed", Status.OPENED),
        ("match", "processed", Status.DELIVERED),
        ("match", "unprocessed", Status.DELIVERED),
        ("match", "verified", ""),
        ("unknown", "needs_info", ""),
        ("claimed_before", "rejected", ""),
        ("wrong_product", "new", ""),
        ("too_old", "new", ""),
    ),
    "tote": (
        ("match", "verified", ""),
        ("match", "processed", ""),
        ("match", "unprocessed", ""),
        ("match", "rejected", ""),
    ),
    "barista-class": (("left_out", "new", ""), ("left_out", "verified", ""), ("other_buyer", "new", "")),
    "welcome": (("match", "gifted", Status.BOUNCED), ("unknown", "needs_info", ""), ("claimed_before", "new", "")),
}
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
        for number, at in enumerate(sorted(_times(stage, told))):
            plans.append(_plan(stage, books, told, at, used, _fate(stage, told, number, at)))
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


def _fate(stage: Stage, told: FunnelStory, number: int, at: datetime) -> tuple[str, str, str]:
    """Return outcome, end and report of the funnel's claim with this number; the story's own first, then by dice."""
    first = TOLD.get(told.slug, ())
    if number < len(first):
        return first[number]
    outcomes, weights = zip(*OUTCOMES, strict=True)
    return stage.dice.choices(outcomes, weights)[0], end_of(stage, at), ""


def _plan(
    stage: Stage,
    books: Books,
    told: FunnelStory,
    at: datetime,
    used: list[tuple[str, str]],
    fate: tuple[str, str, str],
) -> Plan:
    outcome, end, report = fate
    person, listing = stage.dice.choice(stage.people), _listing(stage, told, outcome)
    number = _number(stage, books, outcome, told, person, listing, at, used)
    spelled = stage.dice.choice(SPELLINGS).format(number) if number else ""
    return Plan(at=at, funnel=told, person=person, listing=listing, order_number=spelled, end=end, report=report)


def _number(
    stage: Stage,
    books: Books,
    outcome: str,
    told: FunnelStory,
    person: Person,
    listing: Listing,
    at: datetime,
    used: list[tuple[str, str]],
) -> str:
    age = timedelta(days=80) if outcome == "too_old" else timedelta(days=stage.dice.randrange(3, 20))
    bought = at - age - timedelta(hours=stage.dice.randrange(10))
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


def _listing(stage: Stage, told: FunnelStory, outcome: str) -> Listing:
    found = [one for one in _listings(stage) if one.product.sku in told.skus]
    if outcome in {"wrong_product", "claimed_before"}:
        # Only where more than one product is sold can it be the wrong one.
        found = [one for one in found if one.marketplace == "amazon"] or found
    return stage.dice.choice(found)


def _listings(stage: Stage) -> list[Listing]:
    if not stage.listings:
        rows = Listing.objects.select_related("product").order_by("product__sku", "marketplace", "listing_id")
        stage.listings = list(rows)
    return stage.listings
