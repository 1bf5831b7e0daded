"""The list of offers is sorted by every column as its cells read, and found by what a row shows."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from offers.models import Offer
from offers.ordering import standing
from offers.periods import effectivity
from offers.states import OfferType, PeriodKind
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.offers import factories as make
from tests.support.shown import begin_with, in_order, shown

pytestmark = pytest.mark.django_db
LIST = "/m/brew-bloom/offers/"


def of(kind: OfferType, **values: object) -> Offer:
    return make.offer(offer_type=kind, **{"percent": None} | values)


def every_benefit() -> list[str]:
    """Offers of every kind; what their cells say, from the least to the greatest."""
    of(OfferType.POINTS_MULTIPLIER, multiplier=Decimal(3))
    of(OfferType.FREE_ITEM, items="Coffee")
    of(OfferType.FREE_ITEM, items="apple pie")
    of(OfferType.BUY_X_GET_Y, buy_quantity=10, get_quantity=1)
    of(OfferType.BUY_X_GET_Y, buy_quantity=2, get_quantity=1)
    of(OfferType.AMOUNT_OFF, amount=Decimal("12.50"))
    of(OfferType.AMOUNT_OFF, amount=Decimal(5))
    make.offer(percent=Decimal(10), minimum_amount=Decimal(25))
    make.offer(percent=Decimal(10))
    make.offer(percent=Decimal("9.5"))
    percent = ["9.5% off", "10% off", "10% off from $25.00"]
    return [
        *percent,
        "$5.00 off",
        "$12.50 off",
        "Buy 2, get 1",
        "Buy 10, get 1",
        "apple pie",
        "Coffee",
        "Points times 3",
    ]


def with_responses() -> list[str]:
    for number in (2, 0, 1):
        what = make.offer()
        for _ in range(number):
            make.give(what)
    return ["0", "1", "2"]


def some_left() -> list[str]:
    make.offer(total_limit=30)
    make.offer()
    make.give(make.offer(total_limit=3))
    make.give(make.offer(total_limit=1))
    # What has no limit stands behind all that has one.
    return ["0", "2", "30", ""]


def every_state() -> list[str]:
    now = timezone.now()
    counted = {"effectivity_kind": PeriodKind.AFTER_PUBLISHING, "published_at": now - timedelta(days=3)}
    fixed = {"effectivity_kind": PeriodKind.FIXED}
    make.offer(archived_at=now)
    make.offer(**counted, effectivity_days=2)
    make.offer(published_at=None, **fixed, effectivity_to=now - timedelta(days=1))
    make.offer(**fixed, effectivity_from=now + timedelta(days=9))
    make.offer(**counted, effectivity_after_days=1)
    return ["Active", "From", "Draft", "Ended", "Archived"]


@pytest.mark.parametrize(
    ("column", "prepare"),
    [("benefit", every_benefit), ("responses", with_responses), ("left", some_left), ("state", every_state)],
)
def test_sort_as_the_cells_read(
    admin: Client, merchant: Merchant, column: str, prepare: Callable[[], list[str]]
) -> None:
    with merchant_scope(merchant):
        wanted = prepare()
    found = [cell.replace("US$", "$") for cell in in_order(admin, LIST, column)]
    assert begin_with(found, wanted), found


def test_count_no_further_than_the_list_shows(
    admin: Client, merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All that have more than the cap are alike, and are not read to their end."""
    monkeypatch.setattr("offers.ordering.CAP", 1)
    monkeypatch.setattr("offers.selectors.CAP", 1)
    with merchant_scope(merchant):
        for number in (3, 1, 2):
            what = make.offer(name=f"Offer {number}")
            for _ in range(number):
                make.give(what)
    assert shown(admin, LIST, "responses", sort="responses") == ["1", "1+", "1+"]
    # Alike, and so in the order in which they were made.
    assert shown(admin, LIST, "name", sort="responses") == ["Offer 1", "Offer 3", "Offer 2"]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "UTC"])
def test_agree_with_the_rule_for_a_row_in_hand(scope: Merchant, zone: str) -> None:
    """To the minute, on both sides of a change of the clocks."""
    published = datetime(2026, 10, 20, 9, 30, tzinfo=UTC)
    facts = {"effectivity_kind": PeriodKind.AFTER_PUBLISHING, "published_at": published}
    what = make.offer(**facts, effectivity_after_days=3, effectivity_days=10)
    window = effectivity(what, ZoneInfo(zone))
    assert window.start is not None
    assert window.end is not None
    minute = timedelta(minutes=1)
    wanted = {window.start - minute: 1, window.start: 0, window.end - minute: 0, window.end: 3}
    with timezone.override(ZoneInfo(zone)):
        found = {at: Offer.objects.annotate(place=_at(at)).values_list("place", flat=True).get() for at in wanted}
    assert found == wanted


def _at(moment: datetime) -> object:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("offers.ordering.timezone.now", lambda: moment)
        return standing()


def test_find_by_words_and_by_id(admin: Client, merchant: Merchant, other_merchant: Merchant) -> None:
    with merchant_scope(merchant):
        what = make.offer(name="Ten off the summer roast")
        make.offer(name="Ten off filters")
    with merchant_scope(other_merchant):
        foreign = make.offer(name="Summer of others")
    found = {
        words: shown(admin, LIST, "name", q=words) for words in ("ROAST ten", str(what.id), str(foreign.id), "zzz")
    }
    assert found["ROAST ten"] == found[str(what.id)] == ["Ten off the summer roast"]
    assert (found[str(foreign.id)], found["zzz"], shown(admin, LIST, "name", q="summer")) == ([], [], [what.name])
