"""Everything that reads the journal by numbers of transactions, on a server that was restored from a logical dump."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from customers.models import Customer
from ledger import checks, feed, hours
from ledger.models import HourState
from ledger.reports import turnover
from ledger.units import Bucket, Unit
from loyalty.models import LoyaltySettings
from messaging.webhooks.announcing import announce, has_news
from messaging.webhooks.models import WebhookCursor, WebhookDelivery
from offers.models import Offer, OfferResponse
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.messaging.hooking import endpoint
from tests.offers import factories as offers
from tests.support.restored import dump, other_server
from tests.triggers.factories import buy, given, on
from triggers import repairing
from triggers.models import TriggerState
from triggers.states import Occasion

pytestmark = [pytest.mark.usefixtures("transactional_db")]


@dataclass
class Shop:
    """A merchant whose offer answers purchases, which earn points, and whose endpoint hears of responses."""

    merchant: Merchant
    offer: Offer
    who: Customer
    bought: int = 0

    def buy(self, times: int) -> None:
        """Purchases, one in a transaction, that nobody answers in the act."""
        for _number in range(times):
            with merchant_scope(self.merchant):
                buy(self.who, "10.00")
        self.bought += times

    def look(self) -> None:
        """Let every reader come by until nothing is left."""
        goes_on = True
        while goes_on:
            with merchant_scope(self.merchant):
                goes_on = repairing.step(now=timezone.now()).goes_on
        with merchant_scope(self.merchant):
            hours.fold()
        for _round in range(10):
            with merchant_scope(self.merchant):
                announce(now=timezone.now(), limit=4)
        with merchant_scope(self.merchant):
            assert not has_news()

    def assert_points(self) -> None:
        """Hold that the sums by the hour say what the movements say."""
        with merchant_scope(self.merchant):
            since, until = timezone.now() - timedelta(hours=3), timezone.now() + timedelta(hours=2)
            ways = hours.moved(since=since, until=until)
            assert -hours.net(ways, unit=Unit.POINT, bucket=Bucket.ISSUED) == 10 * self.bought
            assert turnover(unit=Unit.POINT, since=since, until=until).issued == 10 * self.bought

    def assert_all_once(self) -> None:
        """Hold that every purchase counts, was answered and was told, once."""
        self.assert_points()
        with merchant_scope(self.merchant):
            responses = given(self.offer)
            assert len({one.trigger_entry_id for one in responses}) == len(responses) == self.bought
            told = [str(one) for one in WebhookDelivery.objects.values_list("subject_id", flat=True)]
            assert sorted(told) == sorted(str(one) for one in OfferResponse.objects.values_list("id", flat=True))
        assert checks.run(self.merchant.id).findings == []


@pytest.fixture
def shop(merchant: Merchant, monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.setattr("loyalty.services.purchases.answer", lambda **_about: [])
    monkeypatch.setattr("triggers.repairing.WINDOW", 4)
    with merchant_scope(merchant):
        LoyaltySettings.made_with(points_per_unit=1).save()
        offer, who = offers.offer(), offers.member()
        on(offer, Occasion.PURCHASE)
        endpoint(events=("response.issued",))
    return Shop(merchant, offer, who)


@pytest.mark.slow
def test_go_on_after_a_restore(shop: Shop) -> None:
    """Two databases from one dump: one is looked at early, one when the numbers have passed those of before."""
    shop.buy(5)
    shop.look()
    shop.assert_all_once()
    with merchant_scope(shop.merchant):
        place = HourState.objects.get().upto
    # What the dump holds and nobody has looked at yet.
    shop.buy(6)
    kept, bought = dump(), shop.bought
    with other_server() as server:
        for name in ("early", "late"):
            server.restore(kept, name)
        assert server.newest() < place
        for name in ("early", "late"):
            with server.connected(name):
                shop.bought = bought
                shop.buy(3)
                shop.assert_points()
                assert checks.run(shop.merchant.id).findings == []
                if name == "early":
                    shop.look()
                    shop.assert_all_once()
        assert server.newest() < place
        server.burn(place + 500)
        for name in ("late", "early"):
            with server.connected(name):
                shop.bought = bought + 3
                shop.assert_points()
                shop.look()
                shop.assert_all_once()
                shop.buy(2)
                shop.look()
                shop.assert_all_once()
    shop.bought = bought
    shop.look()
    shop.assert_all_once()


@pytest.mark.slow
def test_control_without_noticing_the_server(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: by the numbers alone all that the restored server writes is passed over."""
    monkeypatch.setattr("tenancy.places.Place.is_elsewhere", lambda *_about: False)
    monkeypatch.setattr(hours, "MOVED", hours.MOVED.replace(hours.ELSEWHERE, "false"))
    shop.buy(5)
    shop.look()
    kept, known = dump(), shop.bought
    with other_server() as server:
        server.restore(kept, "late")
        with server.connected("late"):
            shop.buy(3)
            shop.look()
            with merchant_scope(shop.merchant):
                assert len(given(shop.offer)) == known
                ways = hours.moved(since=timezone.now() - timedelta(hours=3), until=timezone.now() + timedelta(hours=2))
            assert -hours.net(ways, unit=Unit.POINT, bucket=Bucket.ISSUED) == 10 * known


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Make of this server another one, as far as a place can see."""

    def become(number: int) -> None:
        monkeypatch.setattr(feed, "SERVER", str(number))

    return become


def test_notice_by_the_server_and_by_the_number(shop: Shop, elsewhere: Any) -> None:
    shop.buy(2)
    shop.look()
    elsewhere(4711)
    shop.buy(1)
    shop.look()
    shop.assert_all_once()
    with merchant_scope(shop.merchant):
        for place in (TriggerState.objects.get(), WebhookCursor.objects.get()):
            assert (place.server, place.former_until) == (4711, None)
            assert place.since is not None
        # The same server by its number, and yet a place beyond all that it ever gave.
        WebhookCursor.objects.update(xid=2**60)
        TriggerState.objects.update(upto=2**60)
    shop.buy(1)
    shop.look()
    shop.assert_all_once()


def test_endpoint_of_before_hears_everything_and_a_new_one_only_what_follows(shop: Shop, elsewhere: Any) -> None:
    shop.buy(1)
    shop.look()
    with merchant_scope(shop.merchant):
        old = WebhookDelivery.objects.get().endpoint
        type(old).objects.update(from_xid=2**60)
        WebhookCursor.objects.update(xid=2**60)
    elsewhere(4711)
    with merchant_scope(shop.merchant):
        before = offers.give(shop.offer, offers.member())
    with merchant_scope(shop.merchant):
        new = endpoint(events=("response.issued",))
    with merchant_scope(shop.merchant):
        after = offers.give(shop.offer, offers.member())
    for _round in range(3):
        with merchant_scope(shop.merchant):
            announce(now=timezone.now())
    with merchant_scope(shop.merchant):
        heard: dict[uuid.UUID, set[uuid.UUID | None]] = {old.id: set(), new.id: set()}
        for one in WebhookDelivery.objects.exclude(subject_id__in=[row.id for row in given(shop.offer)]):
            heard[one.endpoint_id].add(one.subject_id)
    assert heard == {old.id: {before.id, after.id}, new.id: {after.id}}


def test_count_anew_where_nobody_noted_where_the_sums_stood(shop: Shop) -> None:
    """A state of the release before this one."""
    shop.buy(2)
    shop.look()
    with merchant_scope(shop.merchant):
        HourState.objects.update(server=None, stood_at=None)
    shop.buy(1)
    shop.look()
    shop.assert_all_once()
