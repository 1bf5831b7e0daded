"""The list's filters go by labels and indexes and say what the rules say, however far the labels are behind."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from offers import expiry, narrowing
from offers.filters import ResponseFilter
from offers.models import OfferResponse
from offers.narrowing import with_status, with_usage
from offers.states import Status, UsageState
from offers.usage import status_of, usage_of
from tenancy.models import Merchant
from tests.offers import factories as make
from ui.counting import count_each

pytestmark = pytest.mark.django_db
STATUSES = [some for size in (1, 2, 7) for some in itertools.combinations(Status, size)]
STATES = [some for size in (1, 2, 3) for some in itertools.combinations(UsageState, size)]
A_DAY = timedelta(days=1)


@pytest.fixture
def rows(scope: Merchant) -> list[OfferResponse]:
    """Responses of every status that end yesterday, tomorrow or never; the labels are behind where they ended."""
    found = [make.standing(status, make.offer(days_valid=3)) for status in Status for _ in range(3)]
    for place, row in enumerate(found):
        end = (timezone.now() - A_DAY, timezone.now() + A_DAY, None)[place % 3]
        late = timezone.now() - timedelta(hours=place)
        OfferResponse.objects.filter(id=row.id).update(expires_at=end, issued_at=late)
    return [make.fresh(row) for row in found]


@pytest.mark.parametrize("few", [2000, 1], ids=["labels a little behind", "labels far behind"])
def test_status_is_the_rules(rows: list[OfferResponse], monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    monkeypatch.setattr(narrowing, "FEW", few)
    for some, ago in itertools.product(STATUSES, (-2, 0, 2)):
        at = timezone.now() - ago * A_DAY
        found = with_status(OfferResponse.objects.all(), some, at=at)
        right = {row.id for row in rows if status_of(row, at=at) in some}
        assert set(found.values_list("id", flat=True)) == right, (some, ago)


def test_status_goes_by_the_label_alone_once_the_sweep_has_run(rows: list[OfferResponse]) -> None:
    at = timezone.now()
    expiry.expire_due(now=at)
    found = with_status(OfferResponse.objects.all(), [Status.EXPIRED], at=at)
    assert "issued_at" not in str(found.query).partition("WHERE")[2]
    assert found.count() == sum(status_of(row, at=at) == Status.EXPIRED for row in rows)


def test_usage_period_is_the_rules(scope: Merchant) -> None:
    now = timezone.now()
    first, made = make.give(), []
    for place, (start, end) in enumerate([(None, None), (-2, -1), (-1, 1), (1, 2), (None, -1), (1, None)]):
        row = make.give(first.offer)
        row.usage_from, row.usage_to = (None if days is None else now + days * A_DAY for days in (start, end))
        row.issued_at = now - place * A_DAY
        row.save()
        made.append(row)
    for some, days in itertools.product(STATES, (-3, 0, 3)):
        at = now + days * A_DAY
        found = with_usage(OfferResponse.objects.exclude(id=first.id), some, at=at, zone=UTC)
        right = {row.id for row in made if usage_of(row, at=at, zone=UTC) in some}
        assert set(found.values_list("id", flat=True)) == right, (some, days)


def test_nothing_is_asked_for_what_the_label_tells(rows: list[OfferResponse]) -> None:
    with CaptureQueriesContext(connection) as seen:
        with_status(OfferResponse.objects.all(), [Status.PENDING, Status.COMPLETED], at=timezone.now())
        with_usage(OfferResponse.objects.all(), [UsageState.CURRENT], at=timezone.now(), zone=UTC)
    assert len(seen) == 0
    assert with_status(OfferResponse.objects.all(), [], at=timezone.now()).count() == len(rows)
    assert with_usage(OfferResponse.objects.all(), [], at=timezone.now(), zone=UTC).count() == len(rows)


@pytest.mark.parametrize("name", ["expires", "completed"])
def test_period_of_an_end_finds_what_ended_in_it(scope: Merchant, name: str) -> None:
    now = timezone.now()
    row, without = make.standing(Status.COMPLETED, make.offer(days_valid=3)), make.give()
    OfferResponse.objects.filter(id=without.id).update(expires_at=None)
    OfferResponse.objects.filter(id=row.id).update(
        issued_at=now - 60 * A_DAY, expires_at=now - 2 * A_DAY, completed_at=now - 2 * A_DAY
    )
    for first, last, is_found in (
        (-3, 0, True),
        (None, 0, True),
        (-3, None, True),
        (-60, -10, False),
        (1, None, False),
    ):
        bounds = {"from": first, "to": last}
        query = "&".join(f"{name}_{end}={_day(now, days)}" for end, days in bounds.items() if days is not None)
        found = ResponseFilter(QueryDict(query), queryset=OfferResponse.objects.all()).qs
        assert set(found.values_list("id", flat=True)) == ({row.id} if is_found else set()), query


def test_period_of_an_end_is_counted_by_its_own_index(rows: list[OfferResponse]) -> None:
    query = f"expires_from={_day(timezone.now(), -3)}&expires_to={_day(timezone.now(), 3)}"
    found = ResponseFilter(QueryDict(query), queryset=OfferResponse.objects.all()).qs
    with CaptureQueriesContext(connection) as seen:
        counts = count_each([(found, 100)])
    assert [count.number for count in counts] == [sum(row.expires_at is not None for row in rows)] == [len(found)]
    assert "issued_at" not in seen[0]["sql"]
    assert "issued_at" in str(found.query).partition("WHERE")[2]


def _day(now: datetime, days: int) -> str:
    return f"{now + days * A_DAY:%Y-%m-%d}"
