"""Synthetic offer responses: in every status, true to the books and to the product's own rules; and rooms filled later."""

import io
import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.utils import timezone

from codes.normalise import value_norm
from config.load import build
from customers.models import Customer
from ledger.acts import Step, digest_of
from ledger.models import Entry, Grant
from ledger.services import post, record
from ledger.units import Unit
from loyalty.models import RedeemedReward, Reward
from offers import periods
from offers.models import Offer, OfferResponse, OfferStock, OfferTaken
from offers.search import words_for
from offers.services import using
from offers.services.closing import reopen, reverse
from offers.services.issuing import end_of, issue
from offers.states import Event, OfferType, Source, Status, UsageState
from offers.usage import status_of, usage_of
from tenancy.actors import Actor
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tenancy.selectors import merchant_zone
from tests.config.test_load import shape

NUMBER, LOOKED_AT = 1500, 120
# What a change of the clocks can make of a time of day, where the database reads it as an hour later.
AN_HOUR = timedelta(hours=1)
SYSTEM = Actor.system()

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "aside", "owner"])


def load(**numbers: int) -> Merchant:
    wanted = {"merchants": 1, "customers": 40, "claims": 0, "redeemed": 0, "responses": NUMBER} | numbers
    call_command("generate_load", stdout=io.StringIO(), **wanted)
    return Merchant.objects.get(slug="load-1")


def check() -> None:
    call_command("check_ledger", merchant="load-1", stdout=io.StringIO())


def test_make_responses_that_the_product_might_have_made() -> None:
    """In every status, as the services write them, with acts that the ledger knows, and ready to go on with."""
    merchant = load(customers=200, claims=40, redeemed=60, responses=NUMBER)
    with merchant_scope(merchant):
        assert OfferResponse.objects.count() == NUMBER
        _see_every_kind(timezone.now())
        _compare(timezone.now())
        _try_the_acts_again()
        _go_on({"actor": Actor.user(merchant.id), "now": timezone.now()})
    check()


def _see_every_kind(now: datetime) -> None:
    rows = OfferResponse.objects.all()
    seen = {name: set(rows.values_list(name, flat=True)) for name in ("status", "offer_type", "source")}
    assert seen == {"status": set(Status.values), "offer_type": set(OfferType.values), "source": set(Source.values)}
    assert {usage_of(row, at=now, zone=merchant_zone()) for row in rows} == set(UsageState)
    assert rows.filter(reserved_until__gt=now).exists()
    assert rows.filter(status=Status.EXPIRED, status_before=Status.CLIPPED).exists()
    assert OfferStock.objects.filter(taken__gt=0).exists()
    assert OfferTaken.objects.filter(taken__gt=1).exists()
    # A voucher in shipping was exchanged for one without an end.
    sent = rows.filter(status=Status.SHIPPING, expires_at__isnull=False)[0]
    assert (sent.grant.expires_at, sent.grant.remaining) == (None, 1)
    assert Offer.objects.filter(usage_from__gt=now).exists()


def _compare(now: datetime) -> None:
    zone = merchant_zone()
    for row in OfferResponse.objects.select_related("offer", "customer", "code", "grant").order_by("op_key")[
        :LOOKED_AT
    ]:
        assert row.status == status_of(row, at=now)
        told = [(one.from_status, one.to_status) for one in row.changes.order_by("seq")]
        assert len(told) == row.version
        assert [one for _, one in told[:-1]] == [one for one, _ in told[1:]]
        words = words_for(offer_name=row.offer.name, code=row.code_value, customer=row.customer)
        assert set(row.tokens.values_list("token", flat=True)) == words
        assert row.grant.code == (row.code_value or None)
        if row.code:
            assert row.code.value_norm == value_norm(row.code_value)
        _check_times(row, zone)


def _check_times(row: OfferResponse, zone: Any) -> None:
    usage = periods.usage_period(row.offer, zone, issued_at=row.issued_at)
    ends = end_of(offer=row.offer, usage=usage, zone=zone, issued_at=row.issued_at)
    pairs = ((row.usage_from, usage.start), (row.usage_to, usage.end), (row.expires_at, ends))
    for written, right in pairs:
        assert (written is None) == (right is None)
        assert abs((written or row.issued_at) - (right or row.issued_at)) <= AN_HOUR
    done = [one.at for one in row.changes.order_by("seq")]
    assert all(before < after for before, after in itertools.pairwise(done))
    used = row.changes.filter(event__in=[Event.PROCESSING, Event.COMPLETED]).order_by("seq").first()
    if used:
        assert (row.usage_from or row.issued_at) <= used.at < (row.usage_to or datetime.max.replace(tzinfo=UTC))


def _try_the_acts_again() -> None:
    rows = OfferResponse.objects.all()
    used = rows.filter(status=Status.COMPLETED).exclude(reference="")[0]
    gone, ended = rows.filter(status=Status.CANCELED)[0], rows.filter(status=Status.EXPIRED)[0]
    sent = rows.filter(status=Status.PROCESSING, expires_at__isnull=False)[0]
    first = Grant.objects.get(entry_id=sent.entry_id)
    exchange = [Step.revoke(grant_id=first.id), Step.grant(unit=Unit.VOUCHER, amount=1, code=first.code)]
    drawn = [Step.draw(unit=Unit.VOUCHER, amount=1, grant_id=used.grant_id)]
    again = [
        record(
            **_about(used, "offer.issued", f"offer:{used.op_key}"),
            digest=digest_of("offer", used.offer_id, used.customer_id),
        ),
        post(steps=drawn, **_act(used, used.version)),
        post(steps=[Step.revoke(grant_id=gone.grant_id)], **_act(gone, gone.version)),
        post(steps=[Step.expire(grant_id=ended.grant_id)], **_act(ended, ended.version)),
        post(steps=exchange, **_act(sent, sent.changes.get(event=Event.PROCESSING).seq)),
    ]
    assert [posted.replayed for posted in again] == [True] * len(again)


def _go_on(told: dict[str, Any]) -> None:
    rows = OfferResponse.objects.filter(usage_weekdays=0)
    waits = rows.filter(offer__name="Daily percent off", status=Status.PENDING, expires_at__gt=told["now"])[0]
    assert using.complete(response_id=waits.id, **told).status == Status.COMPLETED
    used = rows.filter(status=Status.COMPLETED).exclude(id=waits.id)[0]
    assert reverse(response_id=used.id, reason="Wrong member", **told).version == used.version + 1
    gone = rows.filter(status=Status.CANCELED, expires_at__gt=told["now"])[0]
    assert reopen(response_id=gone.id, reason="After all", **told).status == gone.status_before
    sent = rows.filter(status=Status.SHIPPING)[0]
    assert using.complete(response_id=sent.id, **told).completed_at
    offer, who = Offer.objects.get(name="Clipped percent off"), Customer.objects.all()[0]
    given = issue(offer_id=offer.id, customer_id=who.id, op_key="another", source=Source.STAFF, **told)
    assert given.code_value.startswith("OF-")


def _act(row: OfferResponse, seq: int) -> dict[str, Any]:
    return _about(row, row.changes.get(seq=seq).event, f"offer_response:{row.id}:{seq}")


def _about(row: OfferResponse, event: str, key: str) -> dict[str, Any]:
    told: dict[str, Any] = {"event": event, "origin": "offer_response", "origin_id": row.id, "key": key}
    return told | {"subject_id": row.offer_id, "customer_id": row.customer_id, "actor": SYSTEM}


def test_fill_rooms_that_came_later_for_the_people_who_are_there(
    monkeypatch: pytest.MonkeyPatch, superuser_connection: psycopg.Connection[tuple[Any, ...]]
) -> None:
    monkeypatch.setattr(build, "MANY", 10)
    before = shape(superuser_connection)
    merchant = load(responses=0, redeemed=30)
    with merchant_scope(merchant):
        people = set(Customer.objects.values_list("id", flat=True))
        redeemed = set(RedeemedReward.objects.values_list("id", flat=True))
        rewards, entries = Reward.objects.count(), Entry.objects.count()
    load(redeemed=500, customers=500, claims=15, responses=LOOKED_AT)
    assert shape(superuser_connection) == before
    with merchant_scope(merchant):
        assert set(Customer.objects.values_list("id", flat=True)) == people
        assert set(RedeemedReward.objects.values_list("id", flat=True)) == redeemed
        assert (Reward.objects.count(), OfferResponse.objects.count()) == (rewards, LOOKED_AT)
        assert Entry.objects.count() > entries + LOOKED_AT
        assert Offer.objects.count() == 4 * len(OfferType)
    check()
