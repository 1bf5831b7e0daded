"""Bulk acts on responses as the tests begin and run them."""

import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from jobs.bulk import choosing
from jobs.models import Job
from jobs.runner import run_one
from ledger.models import Entry, Grant, Movement
from offers.bulk.kit import RESPONSES
from offers.models import BulkAct, BulkRow, OfferChange, OfferResponse, OfferTaken
from offers.services.using import reserve
from offers.states import PeriodKind, Status
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.offers import factories as make
from tests.offers.factories import STAFF
from ui.bulk import Selection

PAST = timedelta(minutes=10)


def by(**more: Any) -> dict[str, Any]:
    return {"actor": STAFF, "now": timezone.now()} | more


def drafted(act: str, rows: Iterable[OfferResponse] | None = None, *, query: str = "") -> BulkAct:
    """The draft of an act on these, or on all that match; in the scope that is open."""
    ids = tuple(str(row.id) for row in rows or ())
    selection = Selection(ids, everything=rows is None, query=query)
    found: BulkAct = choosing.draft(kit=RESPONSES, act=act, selection=selection, **by())
    return found


def begun(act: str, rows: Iterable[OfferResponse] | None = None, *, query: str = "", **given: Any) -> BulkAct:
    """An act that was begun; its job waits."""
    found: BulkAct = choosing.start(kit=RESPONSES, bulk_id=drafted(act, rows, query=query).id, given=given, **by())
    return found


def again(merchant: Merchant, bulk: Any) -> Any:
    with merchant_scope(merchant):
        return type(bulk).objects.get(id=bulk.id)


def run(merchant: Merchant, bulk: Any) -> Any:
    """Run an act's job to its end, outside any scope."""
    assert bulk.job_id is not None
    run_one(merchant.id, bulk.job_id)
    return again(merchant, bulk)


def done(merchant: Merchant, act: str, rows: Iterable[OfferResponse] | None = None, **given: Any) -> Any:
    with merchant_scope(merchant):
        bulk = begun(act, rows, **given)
    return run(merchant, bulk)


def undone(merchant: Merchant, bulk: Any, kit: Any = RESPONSES) -> Any:
    """The undo of an act, begun and run."""
    with merchant_scope(merchant):
        undo = choosing.draft_undo(kit=kit, bulk_id=bulk.id, **by())
        undo = choosing.start(kit=kit, bulk_id=undo.id, given={}, **by())
    return run(merchant, undo)


def outcomes_of(merchant: Merchant, bulk: BulkAct) -> dict[uuid.UUID, str]:
    with merchant_scope(merchant):
        return dict(BulkRow.objects.filter(bulk_id=bulk.id).values_list("response_id", "outcome"))


def let_leases_pass(merchant: Merchant) -> None:
    with merchant_scope(merchant):
        Job.objects.filter(state="running").update(lease_until=timezone.now() - PAST)
        Job.objects.filter(state="due").update(next_at=timezone.now() - PAST)


class Shelf:
    """Offers of every kind; `row` makes responses in any state. In the scope that is open."""

    def __init__(self, *, codes: int = 40) -> None:
        self.offers = {
            "plain": make.offer(name="Ten off"),
            "coded": make.offer(name="Coded", pool=make.pool(codes), days_valid=30),
            "clip": make.offer(name="Clip me", needs_clip=True, days_valid=30),
            "limited": make.offer(name="Rare", total_limit=50, member_limit=5, days_valid=30),
            "passed": make.passed(name="Too late"),
            "later": make.not_started(name="Too early"),
            "days": make.offer(name="Weekly", usage_kind=PeriodKind.SAME, weekdays=127, minute_to=1439),
        }

    def row(self, kind: str = "plain", state: str = "pending") -> OfferResponse:
        """A response of its own member, brought into a state by the services."""
        ends = state.startswith("late_")
        status = Status(state.removeprefix("late_")) if state != "reserved" else Status.PENDING
        row = make.standing(status, self.offers[kind])
        if state == "reserved":
            reserve(response_id=row.id, **make.by())
        if ends:
            OfferResponse.objects.filter(id=row.id).update(expires_at=make.soon(hours=-1))
        return make.fresh(row)


def written(row: OfferResponse) -> dict[str, Any]:
    """Everything that stands about a response anywhere, but for who it is and when."""
    own = ("id", "op_key", "customer_id", "member_email", "code_value", "change_xid", "reservation", "entry_id")
    columns: Any = OfferResponse.objects.filter(id=row.id).values().get()
    moved = Movement.objects.filter(entry__origin_id=row.id).order_by("entry__recorded_at", "entry_id", "position")
    taken = OfferTaken.objects.filter(offer_id=row.offer_id, customer_id=row.customer_id)
    return {
        "row": {
            name: bool(value) if name.endswith(("_at", "_id", "_from", "_to", "_rank", "_until")) else value
            for name, value in columns.items()
            if name not in own
        },
        "history": [
            (one.seq, one.event, one.from_status, one.to_status, one.actor.partition(":")[0], one.reason, one.detail)
            for one in OfferChange.objects.filter(response=row).order_by("seq")
        ],
        "ledger": [
            (one.event, one.actor.partition(":")[0], bool(one.reverses_id), one.subject_id)
            for one in Entry.objects.filter(origin_id=row.id).order_by("recorded_at", "id")
        ],
        "moved": [(one.amount, one.unit, one.source.bucket, one.target.bucket, one.held_after) for one in moved],
        "code": row.code.state if row.code else "",
        "taken": list(taken.values_list("taken", flat=True)),
        "vouchers": list(
            Grant.objects.filter(account__customer_id=row.customer_id)
            .order_by("earned_at", "id")
            .values_list("unit", "remaining")
        ),
    }
