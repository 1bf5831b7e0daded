"""Building one synthetic merchant."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any, cast

from django.db import connection, transaction

from claims_center.models import Funnel, Listing
from claims_center.states import Delivery, Event, Verification
from config.demo.base import Stage
from config.demo.business import found_merchant, hire, stock
from config.load.batch import Batch
from config.load.dice import DAYS, ENDS, FRESH, OLD, OLD_ENDS, REPORTS, Dice, arrival
from config.load.drafts import Desk, add_words, come_in
from config.load.orders import OrderBook
from config.load.people import make_people
from config.load.story import story_of
from config.load.trail import Trail
from ledger.services import backdated
from messaging.states import Status as Mail
from tenancy.actors import Actor
from tenancy.models import Merchant
from tenancy.scope import merchant_scope

BATCH = 2000
ASSIGNED, LEAST_WAIT, MOST_WAIT = 0.3, 60, 60 * 26


def build(*, number: int, customers: int, claims: int, now: datetime) -> bool:
    """Make the merchant `load-<number>` with so many customers and claims, all or nothing; False where it is there.

    1. The merchant, its staff and its catalogue, by the services, as if since before its first claim.
    2. Its customers with their search words.
    3. Its claims, some thousand at a time: orders, visits, codes, ledger entries and grants, history, mails.

    Times are UTC. Nothing is sent and no job is put down.
    """
    story = story_of(number)
    if Merchant.objects.filter(slug=story.slug).exists():
        return False
    opened = now - timedelta(days=DAYS + 30)
    with transaction.atomic(), merchant_scope(merchant := found_merchant(story)):
        _take_your_time()
        stage = Stage(story=story, merchant=merchant, now=now)
        hire(stage)
        with backdated(at=opened):
            stock(stage, opened)
        people = make_people(count=customers, opened=opened, until=now)
        with backdated(at=now):
            _claims(_desk(stage, people, claims), claims, now)
    return True


def _take_your_time() -> None:
    # A statement of this may take longer than one of a page; foreign keys are checked as the rows come in.
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")


def _desk(stage: Stage, people: list[Any], claims: int) -> Desk:
    listings = list(Listing.objects.select_related("product").order_by("product__sku", "marketplace"))
    funnels = Funnel.objects.select_related("promotion").order_by("name")
    skus = {funnel.slug: set(funnel.skus) for funnel in stage.story.funnels}
    open_to = [(one, [at for at in listings if at.product.sku in skus[one.slug]]) for one in funnels]
    staff = [stage.staff["agent"], stage.staff["agent"], stage.staff["admin"]]
    dice, book = Dice(stage.story.slug), OrderBook(now=stage.now)
    return Desk(stage.merchant, dice, book, Batch(), people, open_to, set(), staff)


def _claims(desk: Desk, count: int, now: datetime) -> None:
    who = [desk.dice.randrange(len(desk.people)) for _ in range(count)]
    desk.repeats = {number for number, times in Counter(who).items() if times > 1}
    # The first claims end in every way there is, however few are made.
    first = [str(end) for end, _ in ENDS]
    for start in range(0, count, BATCH):
        for number in range(start, min(start + BATCH, count)):
            at = arrival(number, count, now)
            trail = come_in(desk, who[number], at)
            shares = ENDS if at > now - OLD else OLD_ENDS
            end = first[number] if number < len(first) else str(desk.dice.pick(shares))
            if at < now - FRESH:
                _work(desk, trail, end, at)
            add_words(desk, trail.claim)
        desk.finish()


def _work(desk: Desk, trail: Trail, end: str, at: datetime) -> None:
    """Let staff do their work, an hour to a day later."""
    claim, person = trail.claim, desk.dice.choice(desk.staff)
    by, at = Actor.user(person), at + desk.dice.minutes(LEAST_WAIT, MOST_WAIT)
    if desk.dice.random() < ASSIGNED:
        claim.assignee, claim.assignee_name = person, str(person)
        trail.note(Event.ASSIGNED, by, at, detail={"user": str(person.id)}, in_ledger=False)
    if end == "new":
        return
    if end in {"needs_info", "rejected"}:
        asked = end == "needs_info"
        claim.status_reason = "Which order was it?" if asked else "This order was refunded."
        trail.note(Event.INFO_ASKED if asked else Event.REJECTED, by, at, reason=claim.status_reason)
        return
    claim.verified_at = at
    matches = claim.verification == Verification.MATCH
    trail.note(Event.VERIFIED, by, at, reason="" if matches else "Checked by hand in the seller account.")
    if end != "verified":
        _fulfil(desk, trail, end, at + desk.dice.minutes(2, 40))


def _fulfil(desk: Desk, trail: Trail, end: str, at: datetime) -> None:
    by = Actor.user(desk.staff[0])
    if not trail.claim.is_physical:
        trail.give_gift(by, at, cast("Mail", desk.dice.pick(REPORTS)))
    if end == "processed":
        trail.process(by, at + desk.dice.minutes(5, 120), desk.dice.choice((Delivery.SHIPPED, Delivery.DELIVERED)))
