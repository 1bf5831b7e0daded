"""Members of one transaction of an assignment, or of its undo, held."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from customers.models import Customer
from jobs.bulk.kit import Done
from offers.assigning import outcomes, rules
from offers.bulk.batch import held
from offers.bulk.changes import write
from offers.bulk.making import Desk, cancel
from offers.models import Assignment, OfferResponse
from offers.services.base import held_offer
from offers.services.issuing_many import issue_many
from offers.services.using import is_reserved
from offers.states import Source
from tenancy.actors import Actor

FIRST = 1


class Giving:
    """One batch at work; see `jobs.bulk.kit.Batch`. The members are locked, so that none is erased meanwhile."""

    def __init__(self, bulk: Assignment, ids: Sequence[uuid.UUID], now: datetime) -> None:
        self.bulk, self.now = bulk, now
        rows = Customer.objects.select_for_update(no_key=True).filter(id__in=list(ids), erased_at=None).order_by("id")
        self.documents: dict[uuid.UUID, Customer] = {row.id: row for row in rows}
        # A refusal of all of them, because the offer was taken back meanwhile, is a refusal of each.
        self.standing = rules.standing(bulk=bulk, offer=held_offer(offer_id=bulk.offer_id), ids=ids, now=now)
        self.skipped: dict[uuid.UUID, str] = {}

    def judge(self, document: Customer) -> str:
        """Return why a member gets nothing, "" where the member does."""
        return self.standing.judge(document.id)

    def do(self, documents: Sequence[Customer]) -> dict[uuid.UUID, Done]:
        """Give it to them, as far as something is left; those who stand further up come first."""
        if not documents:
            return {}
        issued = issue_many(
            offer_id=self.bulk.offer_id,
            members=documents,
            op_key_for=self.bulk.op_key_for,
            source=Source.BULK,
            actor=Actor.parse(self.bulk.actor),
            now=self.now,
            reason=self.bulk.reason,
            is_clipped=self.bulk.starts_clipped,
        )
        self.skipped = {member: outcomes.REFUSALS[refusal.code] for member, refusal in issued.refused.items()}
        return dict.fromkeys(issued.responses, Done(FIRST, {}))


class TakingBack:
    """One batch of an undo: cancels what was given and waits still, as nobody is using it at this moment."""

    def __init__(self, bulk: Assignment, original: Assignment, ids: Sequence[uuid.UUID], now: datetime) -> None:
        self.documents: dict[uuid.UUID, Customer] = Customer.objects.in_bulk(list(ids))
        held_offer(offer_id=bulk.offer_id)
        names = [original.op_key_for(one) for one in ids]
        found = OfferResponse.objects.filter(op_key__in=names).values_list("id", flat=True)
        self.given = {row.customer_id: row for row in held(list(found)).values()}
        self.desk = Desk(Actor.parse(bulk.actor), now, {"reason": original.reason})
        self.skipped: dict[uuid.UUID, str] = {}

    def judge(self, document: Customer) -> str:
        """Return why what a member was given stays, "" where it is canceled."""
        row, now = self.given.get(document.id), self.desk.now
        if row is None:
            return rules.judge_undo(None, has_ended=False, is_reserved=False)
        has_ended = row.expires_at is not None and row.expires_at <= now
        return rules.judge_undo(row.status, has_ended=has_ended, is_reserved=is_reserved(response=row, at=now))

    def do(self, documents: Sequence[Customer]) -> dict[uuid.UUID, Done]:
        """Cancel them."""
        changes = cancel([self.given[one.id] for one in documents], self.desk)
        for change in changes:
            change.detail["undoes"] = "assign"
        write(changes=changes)
        return {change.response.customer_id: Done(change.response.version, {}) for change in changes}
