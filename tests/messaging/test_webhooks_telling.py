"""From the journal into the outbox: everything that is wanted, once, as soon as it is committed, and nothing else."""

import json
import threading
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from config.webhooks import EVENTS
from jobs.models import Job
from ledger import feed
from ledger.models import Entry
from ledger.services import backdated
from messaging.webhooks import announcing, maps, services
from messaging.webhooks.announcing import announce, has_news
from messaging.webhooks.handlers import merchants_with_news
from messaging.webhooks.models import WebhookCursor, WebhookDelivery
from messaging.webhooks.signing import new_secret, sign
from messaging.webhooks.states import Status
from offers.services.using import clip, complete
from offers.states import Event as OfferEvent
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.loyalty import factories as reward_make
from tests.messaging.hooking import BY, at_once, endpoint
from tests.offers import factories as make
from tests.support.threads import Outcome

__all__ = ["at_once"]


def told() -> list[WebhookDelivery]:
    return list(WebhookDelivery.objects.order_by("created_at", "id"))


def drain() -> int:
    count = announce(now=timezone.now())
    return count + drain() if count else 0


def test_sign_as_the_standard_says() -> None:
    """The example of the Standard Webhooks documents."""
    found = sign(
        secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        at=datetime.fromtimestamp(1614265330, tz=timezone.get_current_timezone()),
        body=b'{"test": 2432232314}',
    )
    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert len({new_secret() for _ in range(10)}) == 10


def test_know_every_event_of_responses() -> None:
    assert {str(event) for event in OfferEvent} <= set(EVENTS)
    assert {one.builder for one in EVENTS.values()} == {"response", "reward"}
    names = [one.name for one in EVENTS.values()]
    assert len(set(names)) == len(names)
    assert all(callable(maps.builder(kind)) for kind in ("response", "reward"))


@pytest.mark.usefixtures("at_once")
def test_tell_what_happened_in_the_shape_of_the_api(scope: Merchant) -> None:
    hook = endpoint()
    held = make.give(make.offer(pool=make.pool(3)))
    clip(response_id=held.id, **make.by())
    who = reward_make.customer()
    reward_make.points(who, 500)
    taken = reward_make.take(reward_make.reward(), who)
    assert drain() >= 3
    found = told()
    assert [one.event for one in found] == ["response.issued", "response.clipped", "reward.redeemed"]
    assert {one.endpoint_id for one in found} == {hook.id}
    body = json.loads(found[1].body)
    assert body["type"] == "response.clipped"
    assert datetime.fromisoformat(body["timestamp"]).tzinfo is not None
    assert body["data"]["id"] == str(held.id)
    assert body["data"]["status"] == "clipped"
    assert body["data"]["member_id"] == str(held.customer_id)
    # What is worth money and who the person is stay here.
    held.refresh_from_db()
    assert held.code_value
    for one in found:
        assert held.code_value not in one.body
        assert "code" not in json.loads(one.body)["data"]
        assert who.email not in one.body
    assert json.loads(found[2].body)["data"]["id"] == str(taken.id)
    assert Job.objects.filter(kind="webhooks.deliver").count() == 3


@pytest.mark.usefixtures("at_once")
def test_tell_nothing_twice(scope: Merchant) -> None:
    endpoint()
    make.give()
    assert drain() == 1
    assert drain() == 0
    assert len(told()) == 1
    assert not has_news()


@pytest.mark.usefixtures("at_once")
def test_tell_each_endpoint_what_it_wants(scope: Merchant) -> None:
    clips = endpoint(events=("response.clipped",))
    both = endpoint(events=("response.clipped", "response.issued"))
    clip(response_id=make.give().id, **make.by())
    drain()
    found = [(one.event, one.endpoint_id) for one in told()]
    assert sorted(found, key=str) == sorted(
        [("response.issued", both.id), ("response.clipped", clips.id), ("response.clipped", both.id)], key=str
    )


@pytest.mark.usefixtures("at_once")
def test_go_on_where_a_full_batch_ended(scope: Merchant) -> None:
    endpoint(events=("response.issued",))
    given = [make.give().id for _ in range(5)]
    counts = [announce(now=timezone.now(), limit=2) for _ in range(4)]
    assert counts == [2, 2, 1, 0]
    assert [one.subject_id for one in told()] == given


@pytest.mark.usefixtures("at_once")
def test_tell_no_imported_history(scope: Merchant) -> None:
    endpoint()
    with backdated(at=timezone.now() - timedelta(days=30)):
        make.give()
    assert drain() == 1
    assert told() == []


@pytest.mark.usefixtures("at_once")
def test_keep_quiet_without_endpoints_and_tell_nothing_of_before(scope: Merchant) -> None:
    make.give()
    assert announce(now=timezone.now()) == 0
    assert not has_news()
    assert WebhookCursor.objects.count() == 0


def test_look_at_merchants_with_news_only(merchant: Merchant, other_merchant: Merchant, at_once: None) -> None:
    with merchant_scope(merchant):
        hook = endpoint()
        make.give()
    with merchant_scope(other_merchant):
        make.give()
    assert merchants_with_news() == [merchant.id]
    with merchant_scope(merchant):
        drain()
        assert not has_news()
        services.switch(endpoint_id=hook.id, on=False, actor=BY, now=timezone.now())
        make.give()
    assert merchants_with_news() == []


@pytest.mark.usefixtures("at_once")
def test_tell_once_what_a_cursor_that_was_set_back_finds_again(scope: Merchant) -> None:
    endpoint(events=("response.issued",))
    make.give()
    drain()
    make.give()
    WebhookCursor.objects.update(xid=0)
    drain()
    assert len({one.entry_id for one in told()}) == len(told()) == 2


@pytest.mark.usefixtures("at_once")
def test_leave_alone_what_is_old(scope: Merchant) -> None:
    endpoint()
    make.give()
    assert announce(now=timezone.now() + timedelta(days=8)) == 1
    assert told() == []


def test_hear_of_all_that_follows_a_slow_switch(merchant: Merchant, transactional_db: None) -> None:
    """One endpoint is switched on while another one's switch is still open: neither misses anything."""
    in_scope(merchant, make.give)
    made, go = threading.Event(), threading.Event()
    slow: list[uuid.UUID] = []

    def switch_slowly() -> None:
        try:
            with merchant_scope(merchant):
                slow.append(endpoint(events=("response.issued",)).id)
                made.set()
                go.wait(30)
        finally:
            connection.close()

    thread = threading.Thread(target=switch_slowly)
    thread.start()
    assert made.wait(30)
    try:
        between = in_scope(merchant, make.give)
        quick = in_scope(merchant, lambda: endpoint(events=("response.issued",)).id)
        in_scope(merchant, drain)
    finally:
        go.set()
        thread.join()
    last = in_scope(merchant, make.give)
    wait_for_horizon(merchant)
    in_scope(merchant, drain)
    heard = {(one.endpoint_id, one.subject_id) for one in in_scope(merchant, told)}
    assert heard == {(slow[0], between.id), (slow[0], last.id), (quick, last.id)}


@pytest.mark.usefixtures("at_once")
def test_write_a_large_document_as_its_id_alone(scope: Merchant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(announcing, "LARGEST_BODY", 100)
    endpoint()
    held = make.give()
    drain()
    assert json.loads(told()[0].body)["data"] == {"id": str(held.id)}


def in_scope(merchant: Merchant, act: Callable[[], Any]) -> Any:
    with merchant_scope(merchant):
        return act()


def wait_for_horizon(merchant: Merchant) -> None:
    """Wait until no transaction is open that began before now, as far as the webhooks mind it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        mine = cursor.fetchone()[0]
        pause = threading.Event()
        for _ in range(1200):
            cursor.execute(f"SELECT ({feed.HORIZON})::text::bigint")
            if cursor.fetchone()[0] > mine:
                return
            pause.wait(0.1)
    raise AssertionError("A transaction stayed open all the time.")


def test_hear_of_nothing_that_was_written_before(merchant: Merchant, transactional_db: None) -> None:
    in_scope(merchant, make.give)
    hook = in_scope(merchant, endpoint)
    held = in_scope(merchant, make.give)
    wait_for_horizon(merchant)
    assert in_scope(merchant, drain) == 1
    assert [one.subject_id for one in in_scope(merchant, told)] == [held.id]
    switch: dict[str, Any] = {"endpoint_id": hook.id, "actor": BY, "now": timezone.now()}
    in_scope(merchant, lambda: services.switch(on=False, **switch))
    in_scope(merchant, make.give)
    in_scope(merchant, lambda: services.switch(on=True, **switch))
    last = in_scope(merchant, make.give)
    wait_for_horizon(merchant)
    in_scope(merchant, drain)
    assert [one.subject_id for one in in_scope(merchant, told)] == [held.id, last.id]


@pytest.mark.parametrize("guarded", [True, False])
def test_lose_nothing_that_is_written_slowly(
    merchant: Merchant, transactional_db: None, monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    """The control: without regard to transactions that are still open, what they wrote is never told."""
    if not guarded:
        monkeypatch.setattr(feed, "HORIZON", "pg_snapshot_xmax(pg_current_snapshot())")
    # The merchant's first entry opens accounts, which others would wait for.
    in_scope(merchant, make.give)
    in_scope(merchant, endpoint)
    written, go = threading.Event(), threading.Event()

    def act_slowly() -> None:
        try:
            with merchant_scope(merchant):
                make.give()
                written.set()
                go.wait(30)
        finally:
            connection.close()

    slow = threading.Thread(target=act_slowly)
    slow.start()
    assert written.wait(30)
    try:
        # Twice: the second sees a transaction that is over and began after the one that is open.
        in_scope(merchant, make.give)
        in_scope(merchant, drain)
        in_scope(merchant, drain)
    finally:
        go.set()
        slow.join()
    wait_for_horizon(merchant)
    in_scope(merchant, drain)
    assert len(in_scope(merchant, told)) == (2 if guarded else 1)


def test_tell_once_however_many_look(merchant: Merchant, together: Callable[..., list[Outcome]], at_once: None) -> None:
    in_scope(merchant, endpoint)
    for _ in range(6):
        in_scope(merchant, make.give)
    found = together(lambda: in_scope(merchant, lambda: announce(now=timezone.now(), limit=4)), [()] * 6)
    assert [one.error for one in found if one.error] == []
    in_scope(merchant, drain)
    entries = [one.entry_id for one in in_scope(merchant, told)]
    assert len(entries) == len(set(entries)) == 6
    assert in_scope(merchant, lambda: Job.objects.filter(kind="webhooks.deliver").count()) == 6


def test_refuse_in_the_database_what_no_lock_holds_back(scope: Merchant) -> None:
    """The control of the control: the same entry for the same endpoint twice is refused whatever Python does."""
    hook, entry = endpoint(), uuid.uuid4()
    facts: dict[str, Any] = {"endpoint": hook, "event": "response.issued", "entry_id": entry, "body": "{}"}
    rows = [WebhookDelivery.made_with(created_at=timezone.now(), **facts) for _ in range(2)]
    rows[0].save()
    with pytest.raises(Exception, match="webhook_delivery_once"):
        rows[1].save()


def test_tell_nothing_of_what_was_rolled_back(merchant: Merchant, at_once: None) -> None:
    with merchant_scope(merchant):
        endpoint()

    with merchant_scope(merchant):
        complete(response_id=make.give().id, **make.by())
        transaction.set_rollback(True)
    with merchant_scope(merchant):
        assert drain() == 0
        assert Entry.objects.count() == 0


def test_read_the_journal_by_its_index(scope: Merchant) -> None:
    cursor_at = WebhookCursor.made_with(xid=1)
    values = feed.bounds_of(feed.stretch_of(cursor_at)) | {"events": None, "limit": 10}
    with connection.cursor() as cursor:
        # Of few rows any plan is cheap; asked is whether the index can hand them over in their order.
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off")
        cursor.execute("EXPLAIN " + feed.READ, values)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "entries_by_change" in plan
    assert "ROW(change_xid, id) >" in plan
    assert "Filter: (ROW" not in plan


def test_wait_for_nobody_in_the_outbox(scope: Merchant) -> None:
    assert {str(status) for status in Status} == {"waiting", "delivered", "failed", "dropped"}
