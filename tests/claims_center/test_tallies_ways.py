"""The sums behind the figures are what the rows say, by every way of counting and in every kind of time zone."""

import zoneinfo
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from claims_center import tallies
from claims_center.models import Claim, ClaimChange, ClaimTally, Journey, TallyChange, TallyState
from claims_center.models.tally import DIMENSIONS
from claims_center.states import OPEN
from claims_center.tallies.checking import check_tallies
from claims_center.tallies.reading import EVER, Window, ask
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.claims_center.worlds import bring, make_world
from ui.filters import Period

# One for each way of counting: clocks that are put back, by a quarter of an hour off, half a day off, back to midnight.
ZONES = ("Europe/Berlin", "America/Los_Angeles", "Asia/Kathmandu", "Pacific/Apia", "America/Havana")
PERIODS = [
    Period(date(2026, 10, 25), date(2026, 10, 25)),
    Period(date(2026, 10, 19), date(2026, 11, 2)),
    Period(date(2026, 10, 1), date(2026, 10, 31)),
    Period(date(2026, 9, 3), date(2026, 11, 30)),
    Period(date(2026, 1, 1), date(2026, 12, 31)),
]
WAYS: dict[str, Callable[[Merchant], None]] = {}


def way(act: Callable[[Merchant], None]) -> Callable[[Merchant], None]:
    WAYS[act.__name__] = act
    return act


@way
def row_by_row(merchant: Merchant) -> None:
    make_world()
    TallyState.objects.all().delete()


@way
def counted_anew(merchant: Merchant) -> None:
    make_world()
    tallies.rebuild(merchant_id=merchant.id)
    assert not TallyChange.objects.exists()


@way
def changes_alone(merchant: Merchant) -> None:
    tallies.rebuild(merchant_id=merchant.id)
    make_world()
    assert not ClaimTally.objects.exists()


@way
def folded_up(merchant: Merchant) -> None:
    tallies.rebuild(merchant_id=merchant.id)
    make_world()
    while tallies.fold(limit=17):
        pass
    assert not TallyChange.objects.exists()


@way
def half_folded(merchant: Merchant) -> None:
    make_world(12)
    tallies.rebuild(merchant_id=merchant.id)
    for claim in Claim.objects.filter(status="new"):
        bring(claim, "processed", claim.submitted_at + timedelta(days=3))
    tallies.fold(limit=9)
    assert TallyChange.objects.exists()


def expected(zone: str, period: Period) -> dict[tuple[str, str], Counter[str]]:
    """Count in plain Python, claim by claim."""
    found: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    first, last = period.start or date.min, period.end or date.max

    def count(at: datetime | None, names: list[str], keys: list[tuple[str, str]]) -> None:
        if at is not None and first <= at.astimezone(zoneinfo.ZoneInfo(zone)).date() <= last:
            for key in keys:
                found[key].update(names)

    for claim in Claim.objects.all():
        keys = [
            ("all", ""),
            ("funnel", str(claim.funnel_id)),
            ("product", str(claim.product_id)),
            ("marketplace", claim.marketplace),
        ]
        count(claim.submitted_at, [claim.status, *["redirected"] * claim.did_redirect], keys)
        count(claim.processed_at, ["done"], keys)
    for journey in Journey.objects.all():
        names = ["visited", *["started"] * (journey.started_at is not None)]
        count(journey.visited_at, names, [("all", ""), ("funnel", str(journey.funnel_id))])
    return found


def middle(claims: list[Claim]) -> timedelta | None:
    took = sorted(claim.processed_at - claim.submitted_at for claim in claims if claim.processed_at)
    return took[(len(took) - 1) // 2] if took else None


def rounded(value: timedelta) -> timedelta:
    minutes = int(value.total_seconds() // 60)
    step = next(step for limit, step in ((120, 1), (1440, 10), (14400, 60), (10**9, 1440)) if minutes < limit)
    return timedelta(minutes=minutes // step * step)


@pytest.fixture(scope="module", params=zip(WAYS, ZONES, strict=True), ids=str)
def counted(request: Any, shared_rows: None) -> Iterator[Merchant]:
    """A merchant's claims, counted in one of the ways, in a time zone of its own."""
    name, zone = request.param
    with transaction.atomic():
        merchant = Merchant.objects.create(name="Brew & Bloom", slug="brew-bloom", time_zone=zone)
        with merchant_scope(merchant), timezone.override(zoneinfo.ZoneInfo(zone)):
            WAYS[name](merchant)
        yield merchant
        transaction.set_rollback(True)


@pytest.fixture
def world(db: None, counted: Merchant) -> Iterator[Merchant]:
    """The same, with the merchant's door and clock around the test."""
    merchant = Merchant.objects.get(id=counted.id)
    with merchant_scope(merchant), timezone.override(zoneinfo.ZoneInfo(merchant.time_zone)):
        yield merchant


def test_count_what_the_rows_say(world: Merchant) -> None:
    for period in PERIODS:
        wanted = expected(world.time_zone, period)
        found = ask("totals", "days", dimensions=DIMENSIONS, windows=[Window.of("now", period)])
        counted = {
            (part, key): Counter({name: number for name, number in counts.items() if number and name != "waiting"})
            for (_, part, key), counts in found.totals.items()
        }
        assert {place: counts for place, counts in counted.items() if counts} == wanted, period
        for day, counts in found.days.items():
            one = expected(world.time_zone, Period(day, day))["all", ""]
            assert Counter({name: number for name, number in counts.items() if number and name != "waiting"}) == one
        assert sum(counts["processed"] for counts in found.days.values()) == wanted["all", ""]["processed"]


def test_find_the_median_of_the_rows(world: Merchant) -> None:
    for period in PERIODS:
        start, end = period.instants()
        claims = Claim.objects.filter(processed_at__gte=start, processed_at__lt=end)
        found = ask("took", dimensions=["all", "product"], windows=[Window.of("now", period)]).medians
        wanted = middle(list(claims))
        assert found.get(("now", "all", "")) == (rounded(wanted) if wanted is not None else None)
        for product_id in claims.values_list("product_id", flat=True).distinct():
            wanted = middle(list(claims.filter(product_id=product_id)))
            assert wanted is not None
            assert found["now", "product", str(product_id)] == rounded(wanted)
    assert check_tallies(world.id) == []


def test_know_how_many_wait_now_and_waited_then(world: Merchant) -> None:
    then = Window("then", start=date(2026, 10, 21))
    midnight, _ = Period(then.start, then.end).instants()
    answer = ask("totals", "oldest", dimensions=["all", "marketplace"], windows=[Window(EVER), then])
    found = answer.totals
    waiting = Claim.objects.filter(status__in=OPEN)
    for part, key, rows in (
        ("all", "", waiting),
        ("marketplace", "ebay", waiting.filter(marketplace="ebay")),
    ):
        counts = found.get((EVER, part, key), {})
        assert sum(counts.get(str(status), 0) for status in OPEN) == rows.count()
    assert answer.oldest == min(claim.submitted_at for claim in waiting)
    waited = 0
    for claim in Claim.objects.all():
        changes = ClaimChange.objects.filter(claim_id=claim.id, at__lt=midnight)
        last = changes.order_by("-seq").first()
        waited += last is not None and last.to_status in OPEN
    assert waiting.count() - found["then", "all", ""]["waiting"] == waited
