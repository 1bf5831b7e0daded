"""Taking a bulk act on redeemed rewards back: what stood before stands again, as far as nobody touched it."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from jobs.bulk import choosing, retention
from jobs.bulk.errors import NotNow
from jobs.bulk.outcomes import CHANGED, DONE, IMPOSSIBLE
from ledger import checks
from loyalty.bulk.kit import REWARDS
from loyalty.bulk.outcomes import IS_EXPIRED
from loyalty.checks import check_rewards
from loyalty.models import BulkAct, BulkRow, RedeemedReward
from loyalty.services.forgetting import forget
from loyalty.services.using import set_delivery
from loyalty.states import DeliveryStatus
from messaging.models import Message
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.loyalty import factories as make
from tests.loyalty.bulking import Shelf, by, done, outcomes_of, undone
from tests.support.keeping import keep

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "aside"])
# From where each act is possible.
BEFORE = {
    "use": "",
    "unuse": "used",
    "ship": "used",
    "deliver": "shipped",
    "stop_shipping": "shipped",
    "order_again": "stopped",
}


@pytest.fixture
def shelf(merchant: Merchant) -> Shelf:
    with merchant_scope(merchant):
        return Shelf()


def facts(row: RedeemedReward) -> dict[str, Any]:
    but = {"version", "change_xid", "used_entry_id"}
    found: Any = RedeemedReward.objects.filter(id=row.id).values().get()
    return {name: value for name, value in found.items() if name not in but}


@pytest.mark.parametrize(("act", "state"), BEFORE.items())
def test_restore_what_stood_before(merchant: Merchant, shelf: Shelf, act: str, state: str) -> None:
    with merchant_scope(merchant):
        rows = [shelf.row("gift", state) for _number in range(3)]
        before = [facts(row) for row in rows]
    bulk = done(merchant, act, rows)
    with merchant_scope(merchant):
        assert [facts(row) for row in rows] != before

    undo = undone(merchant, bulk)

    assert (bulk.done, undo.done, undo.skipped) == (3, 3, 0)
    with merchant_scope(merchant):
        assert [facts(row) for row in rows] == before
        assert check_rewards(merchant.id) == []
    assert checks.run(merchant.id).findings == []


def test_leave_alone_and_name_what_somebody_changed_since(merchant: Merchant, shelf: Shelf) -> None:
    with merchant_scope(merchant):
        rows = [shelf.row() for _number in range(2)]
    bulk = done(merchant, "use", rows)
    with merchant_scope(merchant):
        set_delivery(redeemed_id=rows[0].id, status=DeliveryStatus.SHIPPED, **by())

    undo = undone(merchant, bulk)

    assert outcomes_of(merchant, undo) == {rows[0].id: CHANGED, rows[1].id: DONE}


def test_leave_used_what_has_expired_since(merchant: Merchant, shelf: Shelf) -> None:
    with merchant_scope(merchant):
        row = shelf.row("limited")
    bulk = done(merchant, "use", [row])
    with merchant_scope(merchant):
        RedeemedReward.objects.filter(id=row.id).update(
            active_from=make.soon(days=-2), expires_at=make.soon(seconds=-1)
        )

    undo = undone(merchant, bulk)

    assert outcomes_of(merchant, undo) == {row.id: IS_EXPIRED}
    with merchant_scope(merchant):
        assert RedeemedReward.objects.get(id=row.id).used_at is not None


def test_tell_fulfilment_again_of_what_is_used_again(merchant: Merchant, shelf: Shelf) -> None:
    with merchant_scope(merchant):
        row = shelf.row("gift", "used")
    bulk = done(merchant, "unuse", [row])

    undone(merchant, bulk)

    with merchant_scope(merchant):
        entry = str(RedeemedReward.objects.get(id=row.id).used_entry_id)
        mails = Message.objects.filter(origin_id=row.id).order_by("seq")
        assert [mail.context["use"] == entry for mail in mails] == [False, True]


@pytest.mark.parametrize(("act", "state", "words"), [("cancel", "", "stays canceled"), ("resend", "used", "mail")])
def test_say_what_cannot_be_undone(merchant: Merchant, shelf: Shelf, act: str, state: str, words: str) -> None:
    with merchant_scope(merchant):
        row = shelf.row("gift", state)
    bulk = done(merchant, act, [row], points="refund")

    with merchant_scope(merchant), pytest.raises(NotNow, match=words):
        choosing.draft_undo(kit=REWARDS, bulk_id=bulk.id, **by())
    with merchant_scope(merchant):
        assert bulk.undo_until is None
        assert BulkRow.objects.get(bulk=bulk).before == {}


def test_refuse_after_half_an_hour(merchant: Merchant, shelf: Shelf) -> None:
    with merchant_scope(merchant):
        row = shelf.row()
    bulk = done(merchant, "use", [row])
    assert bulk.undo_until is not None
    late = bulk.undo_until

    with merchant_scope(merchant), pytest.raises(NotNow, match="half hour"):
        choosing.draft_undo(kit=REWARDS, bulk_id=bulk.id, **by(now=late))
    with merchant_scope(merchant):
        assert choosing.draft_undo(kit=REWARDS, bulk_id=bulk.id, **by(now=late - timedelta(seconds=1)))


def test_undo_once(merchant: Merchant, shelf: Shelf) -> None:
    with merchant_scope(merchant):
        row = shelf.row()
    bulk = done(merchant, "use", [row])
    undo = undone(merchant, bulk)

    with merchant_scope(merchant):
        same = choosing.draft_undo(kit=REWARDS, bulk_id=bulk.id, **by())
        assert same.id == undo.id
        with pytest.raises(NotNow, match="not undone again"):
            choosing.draft_undo(kit=REWARDS, bulk_id=undo.id, **by())


def test_forget_what_stood_before_once_it_is_too_late(merchant: Merchant, shelf: Shelf) -> None:
    with merchant_scope(merchant):
        row = shelf.row("gift", "used")
    bulk = done(merchant, "unuse", [row])
    with merchant_scope(merchant):
        kept = BulkRow.objects.get(bulk=bulk).before
        assert kept is not None
        assert kept["ship_to"]["street"] == "Long Lane"

        retention.remove_old_acts(kit=REWARDS, now=timezone.now() + timedelta(hours=1), limit=100)

        assert BulkRow.objects.get(bulk=bulk).before is None
        keep(act_days=180)
        retention.remove_old_acts(kit=REWARDS, now=timezone.now() + timedelta(days=91), limit=100)
        assert BulkAct.objects.exists()
        keep(act_days=90)
        retention.remove_old_acts(kit=REWARDS, now=timezone.now() + timedelta(days=91), limit=100)
        assert not BulkAct.objects.exists()


def test_keep_nothing_of_a_person_who_was_forgotten(merchant: Merchant, shelf: Shelf) -> None:
    """The address that stood there before the act goes too; then there is nothing to put back."""
    with merchant_scope(merchant):
        row = shelf.row("gift", "used")
    bulk = done(merchant, "unuse", [row])

    with merchant_scope(merchant):
        forget(customer_id=row.customer_id)
        assert "Long Lane" not in str(BulkRow.objects.filter(bulk=bulk).values())
    undo = undone(merchant, bulk)

    assert outcomes_of(merchant, undo) == {row.id: IMPOSSIBLE}
