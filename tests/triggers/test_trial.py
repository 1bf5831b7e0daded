"""What a trigger would have given, by the limits as they stand, and nothing done."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from ledger.models import Entry
from loyalty.models import Reward
from offers.models import Offer, OfferResponse
from offers.states import CodeSource
from tenancy.models import Merchant
from tests.loyalty import factories as loyalty
from tests.offers import factories as offers
from tests.triggers.factories import buy, target_of
from triggers.birthdays import keys_of
from triggers.services import enrolled
from triggers.states import Occasion
from triggers.trial import Trial, trial


def tried(what: Offer | Reward, occasion: Occasion = Occasion.PURCHASE, **values: Any) -> Trial:
    """Try a trigger over the last thirty days."""
    now = timezone.now() + timedelta(seconds=1)
    asked: dict[str, Any] = {"minimum": None, "since": now - timedelta(days=30), "until": now, "slug": "brew-bloom"}
    return trial(target=target_of(what), subject_id=what.id, occasion=occasion, **asked | values)


def test_count_acts_members_and_limits(scope: Merchant) -> None:
    offer, often, once = offers.offer(member_limit=2, total_limit=4), offers.member(), offers.member()
    for _number in range(5):
        buy(often)
    buy(once, "50.00")
    offers.give(offer, often)
    found = tried(offer)
    # One is left for the first, two for the second who was here once; three of four are left in all.
    assert (found.acts, found.members, found.given, found.over, found.beyond) == (6, 2, 2, 4, 0)
    assert found.lines[0].customer == once
    large = tried(offer, minimum=Decimal(50))
    assert (large.acts, large.given) == (1, 1)


def test_count_what_is_left(scope: Merchant) -> None:
    offer = offers.offer(total_limit=2)
    for _number in range(3):
        buy(offers.member())
    found = tried(offer)
    assert (found.given, found.over, found.beyond) == (2, 0, 1)


def test_count_the_codes_that_are_left(scope: Merchant) -> None:
    """What a pool cannot pay for is not given, whatever the limits say."""
    pool, made = offers.pool(2), offers.pool(0, pattern="O-********")
    for _number in range(3):
        buy(offers.member())
    for limit in (None, 3, 1):
        found = tried(offers.offer(pool=pool, total_limit=limit))
        assert (found.given, found.beyond) == ((1, 2) if limit == 1 else (2, 1))
    made_anew = {"pool": made, "code_source": CodeSource.GENERATED}
    assert tried(offers.offer(**made_anew)).given == 3


def test_change_nothing(scope: Merchant) -> None:
    offer = offers.offer()
    buy(offers.member())
    before = Entry.objects.count()
    assert tried(offer).given == 1
    assert (Entry.objects.count(), OfferResponse.objects.count()) == (before, 0)


def test_say_why_nothing_would_be_given_now(scope: Merchant) -> None:
    assert "not open" in tried(offers.offer(published_at=None)).closed
    assert "not active" in tried(loyalty.reward(active_to=timezone.now() - timedelta(days=1))).closed
    assert tried(offers.offer()).closed == ""


def test_name_what_was_behind(scope: Merchant) -> None:
    buy(offers.member(), reference="4711")
    (line,) = tried(offers.offer()).lines
    assert line.about.words == "Purchase 4711"
    assert "/purchases/" in line.about.url


def test_enrolments_come_from_the_journal(scope: Merchant) -> None:
    who = offers.member()
    offers.member()
    enrolled(customer_ids=[who.id], actor=offers.SYSTEM, now=timezone.now())
    found = tried(offers.offer(), Occasion.ENROLLED)
    assert (found.acts, found.lines[0].customer) == (1, who)


def test_birthdays_come_from_the_calendar(scope: Merchant) -> None:
    """While nothing is given for birthdays the journal holds none."""
    since, until = datetime(2026, 2, 27, 12, tzinfo=UTC), datetime(2026, 3, 2, 12, tzinfo=UTC)
    for day in (27, 28):
        offers.member(birthday=date(1990, 2, day))
    offers.member(birthday=date(1992, 2, 29))
    found = tried(offers.offer(), Occasion.BIRTHDAY, since=since, until=until)
    assert (found.acts, found.given, len(found.lines)) == (2, 2, 2)
    assert 229 in keys_of(date(2026, 2, 28))


@pytest.mark.parametrize("occasion", list(Occasion))
def test_nothing_happened(scope: Merchant, occasion: Occasion) -> None:
    found = tried(loyalty.reward(), occasion)
    assert (found.acts, found.given, found.lines) == (0, 0, [])
