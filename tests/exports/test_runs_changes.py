"""Runs of exports that take what has changed: nothing twice, nothing left out, whatever is still open."""

import threading
import uuid
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from customers.models import Customer
from exports import defining
from exports import runner as exports_runner
from exports.models import Export
from exports.snapshot import Bounds
from offers.models import OfferResponse
from offers.services.using import complete
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.exports.runs import ask, define, owner, rows_of, shop, work
from tests.offers import factories as offers

__all__ = ["shop"]


def test_take_what_has_changed_since_the_last_run_and_nothing_twice(shop: Merchant) -> None:
    export = define(shop, changed_only=True)
    assert work(shop, ask(shop, export)).rows == 3
    assert work(shop, ask(shop, export)).rows == 0
    with merchant_scope(shop):
        new = offers.give()
        old = OfferResponse.objects.order_by("id")[0]
        complete(response_id=old.id, **offers.by())
    run = work(shop, ask(shop, export))
    assert {row["id"] for row in rows_of(run)} == {str(new.id), str(old.id)}


def test_begin_anew_after_a_change_while_a_run_was_under_way(shop: Merchant) -> None:
    export = define(shop, changed_only=True, query="status=completed")
    run = ask(shop, export)
    with merchant_scope(shop):
        defining.change(export_id=export.id, values={"query": ""}, version=1, user=owner(), now=timezone.now())
    assert (work(shop, run).rows, work(shop, ask(shop, export)).rows) == (0, 3)


def test_leave_what_may_still_be_written_to_the_next_run(shop: Merchant) -> None:
    """A transaction that began before the run and commits after it is not lost."""
    export = define(shop, changed_only=True)
    work(shop, ask(shop, export))
    begun, may_commit = threading.Event(), threading.Event()
    late: list[uuid.UUID] = []

    def write_late() -> None:
        with merchant_scope(shop):
            late.append(offers.give().id)
            begun.set()
            may_commit.wait(30)
        connection.close()

    thread = threading.Thread(target=write_late)
    thread.start()
    begun.wait(30)
    with merchant_scope(shop):
        offers.give()
    # Committed, but its number is above that of the one that is still open.
    during = work(shop, ask(shop, export))
    may_commit.set()
    thread.join()
    after = work(shop, ask(shop, export))
    found = [row["id"] for run in (during, after) for row in rows_of(run)]
    assert (len(found), len(set(found)), str(late[0]) in found) == (2, 2, True)


def test_lose_the_late_row_when_the_horizon_is_off(shop: Merchant, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: reading up to what was seen last, instead of up to what is safe, loses the row."""

    def up_to_now(since: int) -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
            ahead = cursor.fetchone()[0]
        return Bounds(since, ahead, ahead)

    monkeypatch.setattr(exports_runner, "bounds", up_to_now)
    export = define(shop, changed_only=True)
    work(shop, ask(shop, export))
    begun, may_commit = threading.Event(), threading.Event()
    late: list[uuid.UUID] = []

    def write_late() -> None:
        with merchant_scope(shop):
            late.append(offers.give().id)
            begun.set()
            may_commit.wait(30)
        connection.close()

    thread = threading.Thread(target=write_late)
    thread.start()
    begun.wait(30)
    with merchant_scope(shop):
        offers.give()
    during = work(shop, ask(shop, export))
    may_commit.set()
    thread.join()
    after = work(shop, ask(shop, export))
    found = [row["id"] for run in (during, after) for row in rows_of(run)]
    assert str(late[0]) not in found


# How many rows there are of each; funnels change with every visit, and are always given whole.
CHANGING = {
    "claims": 0,
    "redeemed_rewards": 0,
    "offers": 1,
    "rewards": 0,
    "orders": 0,
    "customers": 3,
    "ledger_entries": 3,
}


@pytest.mark.parametrize("name", CHANGING)
def test_tell_what_has_changed_of_every_list(shop: Merchant, name: str) -> None:
    export = define(shop, dataset=name, columns=["id"], sort="", changed_only=True)
    assert [work(shop, ask(shop, export)).rows for _run in range(2)] == [CHANGING[name], 0]


@pytest.mark.parametrize("number", [1, 2**60])
def test_begin_anew_on_a_server_that_was_restored(shop: Merchant, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Whether or not the numbers of transactions have passed those of before by then; and once, not every time."""
    export = define(shop, changed_only=True)
    assert [work(shop, ask(shop, export)).rows for _run in range(2)] == [3, 0]
    monkeypatch.setattr("exports.running.this_server", lambda: 4711)
    with merchant_scope(shop):
        Export.objects.update(watermark=number)
        new = offers.give()
        # A row as the dump brought it, with a number that this server is far from giving.
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE offers_offerresponse SET change_xid = %s WHERE merchant_id = %s AND id <> %s",
                [2**50, shop.id, new.id],
            )
    assert [work(shop, ask(shop, export)).rows for _run in range(2)] == [4, 0]
    with merchant_scope(shop):
        found = Export.objects.get(id=export.id)
    assert (found.server, found.watermark < 2**50) == (4711, True)


def test_see_every_way_of_writing(shop: Merchant) -> None:
    export = define(shop, dataset="customers", columns=["id", "last_name"], sort="", changed_only=True)
    work(shop, ask(shop, export))
    with merchant_scope(shop):
        one, two, _three = Customer.objects.order_by("id")
        one.city = "York"
        one.save()
        two.city = "Hull"
        Customer.objects.bulk_update([two], ["city"])
    assert {row["id"] for row in rows_of(work(shop, ask(shop, export)))} == {str(one.id), str(two.id)}
