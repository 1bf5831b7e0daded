"""Taking a bulk act on responses back: what stood before stands again, as far as nobody touched it since."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from jobs.bulk import choosing, retention
from jobs.bulk.errors import NotNow
from jobs.bulk.outcomes import CHANGED, DONE, IMPOSSIBLE
from jobs.bulk.preview import preview
from ledger import checks
from offers.bulk.kit import RESPONSES
from offers.bulk.outcomes import IS_EXPIRED, SOLD_OUT
from offers.checks import check_responses
from offers.models import BulkAct, BulkKind, BulkRow, OfferChange, OfferResponse, OfferStock
from offers.services import using
from offers.services.copies import forget
from offers.states import Event, Status
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.offers import factories as make
from tests.offers.bulking import Shelf, by, done, outcomes_of, undone

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "aside"])
# From where each act is possible.
BEFORE = {
    "clip": ("clip-pending",),
    "process": ("coded-clipped", "plain-pending"),
    "ship": ("coded-processing",),
    "complete": ("coded-pending", "plain-shipping"),
    "expire": ("limited-pending",),
    "cancel": ("limited-pending", "coded-processing"),
    "reopen": ("limited-canceled", "coded-expired", "limited-late_expired"),
    "reverse": ("coded-completed",),
}
GIVEN: dict[str, Any] = {"reason": "Because", "expires_at": (timezone.now() + timedelta(days=3)).isoformat()}


@pytest.fixture
def shelf(merchant: Merchant) -> Shelf:
    with merchant_scope(merchant):
        return Shelf()


def row_of(shelf: Shelf, name: str) -> OfferResponse:
    return shelf.row(*name.split("-"))


def facts(row: OfferResponse) -> dict[str, Any]:
    but = {"version", "change_xid", "closed_entry_id"}
    found: Any = OfferResponse.objects.filter(id=row.id).values().get()
    return {name: value for name, value in found.items() if name not in but}


def sound(merchant: Merchant) -> bool:
    with merchant_scope(merchant):
        return check_responses(merchant.id) == [] and checks.run(merchant.id).findings == []


@pytest.mark.parametrize("act", BulkKind.values)
def test_restore_what_stood_before(merchant: Merchant, shelf: Shelf, act: str) -> None:
    with merchant_scope(merchant):
        rows = [row_of(shelf, name) for name in BEFORE[act]]
        if act == "reverse":
            OfferResponse.objects.filter(id=rows[0].id).update(reference="4711", amount="12.50")
        before = [facts(row) for row in rows]
    bulk = done(merchant, act, rows, **GIVEN)
    with merchant_scope(merchant):
        assert [facts(row) for row in rows] != before
        draft = choosing.draft_undo(kit=RESPONSES, bulk_id=bulk.id, **by())
        assert preview(kit=RESPONSES, bulk=draft, given={}, now=timezone.now()).will_do == len(rows)

    undo = undone(merchant, bulk)

    assert (bulk.done, undo.done, undo.skipped) == (len(rows), len(rows), 0)
    with merchant_scope(merchant):
        assert [facts(row) for row in rows] == before
        assert OfferChange.objects.filter(detail__undoes=act).count() == len(rows)
    assert sound(merchant)


def test_leave_alone_and_name_what_somebody_changed_since(merchant: Merchant, shelf: Shelf) -> None:
    with merchant_scope(merchant):
        rows = [shelf.row() for _number in range(2)]
    bulk = done(merchant, "clip", rows)
    with merchant_scope(merchant):
        using.complete(response_id=rows[0].id, **by())

    undo = undone(merchant, bulk)

    assert outcomes_of(merchant, undo) == {rows[0].id: CHANGED, rows[1].id: DONE}


@pytest.mark.parametrize(("act", "name"), [("complete", "coded-pending"), ("cancel", "limited-pending")])
def test_what_has_ended_since_stays_as_it_is(merchant: Merchant, shelf: Shelf, act: str, name: str) -> None:
    with merchant_scope(merchant):
        row = row_of(shelf, name)
    bulk = done(merchant, act, [row], **GIVEN)
    with merchant_scope(merchant):
        OfferResponse.objects.filter(id=row.id).update(expires_at=make.soon(seconds=-1))

    undo = undone(merchant, bulk)

    assert outcomes_of(merchant, undo) == {row.id: IS_EXPIRED}
    with merchant_scope(merchant):
        assert make.fresh(row).status == {"complete": Status.COMPLETED, "cancel": Status.CANCELED}[act]


def test_undoing_a_cancelation_finds_its_place_taken(merchant: Merchant) -> None:
    with merchant_scope(merchant):
        rare = make.offer(total_limit=1)
        row = make.give(rare)
    bulk = done(merchant, "cancel", [row], reason="By mistake")
    with merchant_scope(merchant):
        make.give(rare)

    undo = undone(merchant, bulk)

    assert outcomes_of(merchant, undo) == {row.id: SOLD_OUT}
    with merchant_scope(merchant):
        assert BulkRow.objects.get(bulk=undo).reason == "Nothing is left of this offer."
        assert OfferStock.objects.get(offer=rare).taken == 1
    assert sound(merchant)


def test_undo_once_and_within_half_an_hour(merchant: Merchant, shelf: Shelf) -> None:
    with merchant_scope(merchant):
        row = shelf.row()
    bulk = done(merchant, "clip", [row])
    with merchant_scope(merchant), pytest.raises(NotNow, match="half hour"):
        choosing.draft_undo(kit=RESPONSES, bulk_id=bulk.id, **by(now=bulk.undo_until))
    undo = undone(merchant, bulk)
    with merchant_scope(merchant):
        assert choosing.draft_undo(kit=RESPONSES, bulk_id=bulk.id, **by()).id == undo.id
        with pytest.raises(NotNow, match="not undone again"):
            choosing.draft_undo(kit=RESPONSES, bulk_id=undo.id, **by())
        assert OfferChange.objects.filter(event=Event.UNDONE).count() == 1


def test_forget_what_stood_before_once_it_is_too_late(merchant: Merchant, shelf: Shelf) -> None:
    with merchant_scope(merchant):
        row = shelf.row()
    bulk = done(merchant, "clip", [row])
    with merchant_scope(merchant):
        assert BulkRow.objects.get(bulk=bulk).before == {"status": "pending", "clipped_at": None}

        retention.remove_old_acts(kit=RESPONSES, now=timezone.now() + timedelta(hours=1), limit=100)

        assert BulkRow.objects.get(bulk=bulk).before is None
        retention.remove_old_acts(kit=RESPONSES, now=timezone.now() + timedelta(days=91), limit=100)
        assert not BulkAct.objects.exists()


def test_keep_nothing_of_a_person_who_was_forgotten(merchant: Merchant, shelf: Shelf) -> None:
    with merchant_scope(merchant):
        row = shelf.row()
    bulk = done(merchant, "process", [row], reason="")
    with merchant_scope(merchant):
        forget(customer_id=row.customer_id)
        assert BulkRow.objects.get(bulk=bulk).before is None

    undo = undone(merchant, bulk)

    assert outcomes_of(merchant, undo) == {row.id: IMPOSSIBLE}
