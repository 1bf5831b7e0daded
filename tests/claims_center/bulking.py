"""Bulk acts as the tests begin and run them."""

import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from claims_center.bulk import services
from claims_center.models import BulkAct, BulkRow, Claim, Promotion
from claims_center.services import gifts, processing, verdicts
from claims_center.states import Status
from jobs.models import Job
from jobs.runner import run_one
from tenancy.actors import Actor
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.claims_center.factories import (
    NOW,
    STAFF,
    fresh,
    make_claim,
    make_funnel,
    make_pool,
    make_product,
    make_promotion,
)
from ui.bulk import Selection

PAST = timedelta(minutes=10)


def drafted(act: str, claims: Iterable[Claim] | None = None, *, query: str = "", actor: Actor = STAFF) -> BulkAct:
    """The draft of an act on these claims, or on all that match; in the scope that is open."""
    ids = tuple(str(claim.id) for claim in claims or ())
    selection = Selection(ids, everything=claims is None, query=query)
    return services.draft(act=act, selection=selection, actor=actor, now=timezone.now())


def begun(act: str, claims: Iterable[Claim] | None = None, *, query: str = "", **given: Any) -> BulkAct:
    """An act that was begun; its job waits."""
    bulk = drafted(act, claims, query=query)
    return services.start(bulk_id=bulk.id, given=given, actor=STAFF, now=timezone.now())


def run(merchant: Merchant, bulk: BulkAct) -> BulkAct:
    """Run an act's job to its end, outside any scope; return the act as it is then."""
    assert bulk.job_id is not None
    run_one(merchant.id, bulk.job_id)
    return again(merchant, bulk)


def again(merchant: Merchant, bulk: BulkAct) -> BulkAct:
    with merchant_scope(merchant):
        found: BulkAct = BulkAct.objects.get(id=bulk.id)
        return found


def done(merchant: Merchant, act: str, claims: Iterable[Claim] | None = None, **given: Any) -> BulkAct:
    """An act that was begun and run."""
    with merchant_scope(merchant):
        bulk = begun(act, claims, **given)
    return run(merchant, bulk)


def undone(merchant: Merchant, bulk: BulkAct) -> BulkAct:
    """The undo of an act, begun and run."""
    with merchant_scope(merchant):
        undo = services.draft_undo(bulk_id=bulk.id, actor=STAFF, now=timezone.now())
        undo = services.start(bulk_id=undo.id, given={}, actor=STAFF, now=timezone.now())
    return run(merchant, undo)


def outcomes_of(merchant: Merchant, bulk: BulkAct) -> dict[uuid.UUID, str]:
    """The letter of each claim."""
    with merchant_scope(merchant):
        return dict(BulkRow.objects.filter(bulk_id=bulk.id).values_list("claim_id", "outcome"))


def let_leases_pass(merchant: Merchant) -> None:
    with merchant_scope(merchant):
        Job.objects.filter(state="running").update(lease_until=timezone.now() - PAST)
        Job.objects.filter(state="due").update(next_at=timezone.now() - PAST)


class Shop:
    """Promotions and campaigns of every kind; `claim` makes claims whose orders match, in any state. In open scope."""

    def __init__(self, codes: int = 200) -> None:
        self.codes, self.count = codes, 0
        make_product()
        pool = make_pool(*(f"GIFT-{number:05}" for number in range(codes)), name="Gifts")
        kinds: dict[str, dict[str, Any]] = {
            "pool": {"pool": pool},
            "empty": {"pool": make_pool(name="Empty"), "name": "Gift of an empty pool"},
            "fixed": {},
            "file": {},
            "item": {},
            "archived": {"name": "Old gift", "archived_at": NOW},
            "archived-item": {"name": "Old mug", "archived_at": NOW},
        }
        sources = {"empty": "pool", "archived": "fixed", "archived-item": "item"}
        self.funnels = {
            kind: make_funnel(make_promotion(sources.get(kind, kind), **values), order_number="optional")
            for kind, values in kinds.items()
        }

    def claim(self, status: str = "new", kind: str = "fixed", *, sent: bool = False, **values: Any) -> Claim:
        """A claim brought into a state by the services; columns given are set as they are."""
        self.count += 1
        funnel = self.funnels[kind]
        Promotion.objects.filter(id=funnel.promotion_id).update(archived_at=None)
        claim = make_claim(funnel, email=f"c{self.count}@example.com", order_number="")
        Claim.objects.filter(id=claim.id).update(verification="match")
        self._bring(claim.id, Status(status), sent=sent)
        if kind.startswith("archived"):
            Promotion.objects.filter(id=funnel.promotion_id).update(archived_at=NOW)
        if values:
            Claim.objects.filter(id=claim.id).update(**values)
        return fresh(claim)

    @staticmethod
    def _bring(claim_id: uuid.UUID, status: Status, *, sent: bool) -> None:
        by: dict[str, Any] = {"claim_id": claim_id, "actor": STAFF, "now": NOW}
        if status == Status.NEEDS_INFO:
            verdicts.ask_info(reason="Which colour?", **by)
        elif status == Status.REJECTED:
            verdicts.reject(reason="Not one of ours", **by)
        elif status != Status.NEW:
            verdicts.verify(**by)
        if sent or (status == Status.PROCESSED and not Claim.objects.get(id=claim_id).is_physical):
            gifts.send_gift(**by)
        if status == Status.PROCESSED:
            processing.mark_processed(**by)


def facts_of(claim_id: uuid.UUID, *, but: Iterable[str] = ()) -> dict[str, Any]:
    """A claim's whole row, but for what says who it is."""
    row: dict[str, Any] = Claim.objects.filter(id=claim_id).values().get()
    return {name: value for name, value in row.items() if name not in {*but, "change_xid"}}


def blurred(row: dict[str, Any]) -> dict[str, Any]:
    """The same with whether instead of which, for what two claims never have in common."""
    own = ("id", "op_key", "tracker_hash", "tracker_sealed", "customer_id", "customer_email", "submitted_at")
    shown = {name: value for name, value in row.items() if name not in own}
    return {name: bool(value) if name.endswith(("_at", "_id", "gift_code")) else value for name, value in shown.items()}
