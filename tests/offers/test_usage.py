"""Periods by the merchant's calendar, and the two spellings of each rule that have to agree."""

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from offers import periods
from offers.models import Offer, OfferResponse
from offers.periods import Hours, Window
from offers.states import Status, UsageState
from offers.usage import having_status, having_usage, status_at, status_of, usage_at, usage_of
from tenancy.models import Merchant
from tests.offers import factories as make

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = [BERLIN, ZoneInfo("America/St_Johns"), ZoneInfo("Pacific/Apia"), ZoneInfo("Asia/Kathmandu"), ZoneInfo("UTC")]
SPRING = datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
AUTUMN = datetime(2026, 10, 25, 1, 0, tzinfo=UTC)


def berlin(*parts: int, fold: int = 0) -> datetime:
    return datetime(*parts, tzinfo=BERLIN, fold=fold)  # type: ignore[arg-type, misc]


def an_offer(**values: object) -> Offer:
    return Offer(published_at=berlin(2026, 3, 20, 9, 30), **values)


def test_always_has_no_ends() -> None:
    assert periods.usage_period(an_offer(), BERLIN, issued_at=SPRING) == Window()


@pytest.mark.parametrize("name", ["effectivity", "response", "usage"])
def test_counted_from_publishing_keeps_the_time_of_day_over_the_clocks_change(name: str) -> None:
    given = {f"{name}_kind": "after_publishing", f"{name}_after_days": 2, f"{name}_days": 10}
    offer = an_offer(**given)
    windows: dict[str, Callable[[], Window]] = {
        "effectivity": lambda: periods.effectivity(offer, BERLIN),
        "response": lambda: periods.response_period(offer, BERLIN),
        "usage": lambda: periods.usage_period(offer, BERLIN, issued_at=AUTUMN),
    }
    start, end = windows[name]()

    assert (start, end) == (berlin(2026, 3, 22, 9, 30), berlin(2026, 4, 1, 9, 30))
    assert start is not None
    assert end is not None
    # One of these ten days has 23 hours.
    assert end.astimezone(UTC) - start.astimezone(UTC) == timedelta(days=10, hours=-1)


def test_counted_from_the_response() -> None:
    offer = an_offer(usage_kind="after_response", usage_after_days=0, usage_days=1)

    spring = periods.usage_period(offer, BERLIN, issued_at=berlin(2026, 3, 28, 12))
    autumn = periods.usage_period(offer, BERLIN, issued_at=berlin(2026, 10, 24, 12))

    assert spring.end == berlin(2026, 3, 29, 12)
    assert autumn.end == berlin(2026, 10, 25, 12)
    # A time of day that does not exist on its day is the first instant after the jump.
    late = periods.usage_period(offer, BERLIN, issued_at=berlin(2026, 3, 28, 2, 30))
    assert late.end == berlin(2026, 3, 29, 3, 0)


def test_same_as_effectivity_takes_its_days_and_hours_along() -> None:
    start, end = berlin(2026, 5, 1), berlin(2026, 6, 1)
    offer = an_offer(
        effectivity_kind="fixed",
        effectivity_from=start,
        effectivity_to=end,
        response_kind="same",
        usage_kind="same",
        weekdays=0b0011111,
        minute_from=540,
        minute_to=660,
    )

    assert (
        periods.response_period(offer, BERLIN) == periods.usage_period(offer, BERLIN, issued_at=start) == (start, end)
    )
    assert periods.usage_hours(offer) == Hours(0b0011111, 540, 660)
    assert periods.is_seen(offer, BERLIN, at=berlin(2026, 5, 4, 9, 0))
    assert not periods.is_seen(offer, BERLIN, at=berlin(2026, 5, 4, 11, 0))
    assert not periods.is_seen(offer, BERLIN, at=berlin(2026, 5, 3, 10, 0))


HOURS = [
    (Hours(), [(SPRING, True)]),
    (Hours(127, 0, 1440), [(SPRING, True), (AUTUMN, True)]),
    # Only Mondays; 2026-11-23 is one.
    (Hours(1, 0, 1440), [(berlin(2026, 11, 23, 0, 0), True), (berlin(2026, 11, 22, 23, 59), False)]),
    (Hours(127, 540, 600), [(berlin(2026, 7, 1, 9, 0), True), (berlin(2026, 7, 1, 10, 0), False)]),
    # Friday evening into Saturday: the hours after midnight belong to Friday.
    (
        Hours(1 << 4, 22 * 60, 2 * 60),
        [
            (berlin(2026, 11, 20, 22, 0), True),
            (berlin(2026, 11, 21, 1, 59), True),
            (berlin(2026, 11, 21, 2, 0), False),
            (berlin(2026, 11, 21, 22, 30), False),
            (berlin(2026, 11, 20, 1, 0), False),
        ],
    ),
    # Sunday night into Monday, over the end of the week.
    (Hours(1 << 6, 1380, 60), [(berlin(2026, 11, 23, 0, 30), True), (berlin(2026, 11, 22, 0, 30), False)]),
    # The hour that comes twice is inside twice, the one that is skipped never comes.
    (Hours(127, 120, 180), [(berlin(2026, 10, 25, 2, 30), True), (berlin(2026, 10, 25, 2, 30, fold=1), True)]),
    (Hours(127, 120, 180), [(SPRING - timedelta(seconds=1), False), (SPRING, False)]),
]


@pytest.mark.parametrize(("hours", "instants"), HOURS)
def test_days_and_hours_go_by_the_clock_on_the_wall(hours: Hours, instants: list[tuple[datetime, bool]]) -> None:
    for at, inside in instants:
        assert hours.contains(at.astimezone(UTC), BERLIN) is inside, at


NOW = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
AROUND = [NOW - timedelta(days=1), NOW, NOW + timedelta(microseconds=1)]
INSTANTS = [NOW, SPRING, AUTUMN, NOW + timedelta(days=3, hours=7)]


def _rows() -> list[OfferResponse]:
    """Responses with every kind of period, hours and end around an instant."""
    first = make.give()
    windows = [(None, None), *[(start, None) for start in AROUND], *[(None, end) for end in AROUND]]
    windows.append((AROUND[0], AROUND[2]))
    hours = [Hours(), Hours(127, 60, 120), Hours(0b1000000, 1380, 150), Hours(0b0100000, 1380, 150), Hours(64, 0, 1440)]
    changes = []
    for (start, end), clock in itertools.product(windows, hours):
        row = make.give(first.offer)
        row.usage_from, row.usage_to = start, end
        row.usage_weekdays, row.usage_minute_from, row.usage_minute_to = clock.weekdays, clock.start, clock.end
        row.expires_at = end
        row.save()
        changes.append(row)
    return changes


@pytest.mark.django_db
def test_usage_state_is_the_same_in_both_spellings(scope: Merchant) -> None:
    rows = _rows()
    for at, zone in itertools.product(INSTANTS, ZONES):
        expected = {row.id: usage_of(row, at=at, zone=zone).value for row in rows}
        asked = OfferResponse.objects.filter(id__in=expected).annotate(state=usage_at(at, zone))
        assert dict(asked.values_list("id", "state")) == expected
        for state in UsageState:
            found = OfferResponse.objects.filter(having_usage(state, at=at, zone=zone), id__in=expected)
            assert {row.id for row in found} == {one for one, value in expected.items() if value == state}


@pytest.mark.django_db
def test_status_is_the_same_in_both_spellings(scope: Merchant) -> None:
    rows = [make.standing(status, make.offer(days_valid=3)) for status in Status]
    for ago in (-1, 0, 1):
        at = timezone.now()
        OfferResponse.objects.update(expires_at=at - timedelta(seconds=ago))
        fresh = [make.fresh(row) for row in rows]
        expected = {row.id: status_of(row, at=at).value for row in fresh}
        asked = OfferResponse.objects.annotate(stands=status_at(at))
        assert dict(asked.values_list("id", "stands")) == expected
        for status in Status:
            found = OfferResponse.objects.filter(having_status(status, at=at))
            assert {row.id for row in found} == {one for one, value in expected.items() if value == status}
        assert (expected[rows[0].id] == Status.EXPIRED) == (ago >= 0)
