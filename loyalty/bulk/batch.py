"""Redeemed rewards of one transaction of a bulk act, held."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from jobs.bulk.kit import Done
from loyalty.bulk import outcomes, rules
from loyalty.bulk.changes import write
from loyalty.bulk.making import MAKES, Desk
from loyalty.bulk.undoing import Undo
from loyalty.models import RedeemedReward
from loyalty.models.bulk import BulkAct, BulkKind
from loyalty.services import notices, stock
from loyalty.services.base import ORIGIN
from messaging.many import queue_many
from tenancy.actors import Actor


class RewardBatch:
    """One batch at work; see `jobs.bulk.kit.Batch`."""

    def __init__(self, bulk: BulkAct, ids: Sequence[uuid.UUID], now: datetime, *, lasts: bool) -> None:
        self.bulk, self.lasts = bulk, lasts
        if bulk.act == BulkKind.CANCEL:
            stock.hold(redeemed_ids=ids)
        rows = RedeemedReward.objects.select_for_update(no_key=True).filter(id__in=list(ids)).order_by("id")
        self.documents: dict[uuid.UUID, RedeemedReward] = {row.id: row for row in rows}
        self.undo = Undo(bulk.act, bulk.undoes_id, ids) if bulk.undoes_id else None
        self.desk = Desk(Actor.parse(bulk.actor), now, bulk.given)
        self.skipped: dict[uuid.UUID, str] = {}
        # Nobody can be told, so nothing is sent: judged once for all of them.
        self.nobody = bulk.act == BulkKind.RESEND and not notices.usable_address()

    def judge(self, document: RedeemedReward) -> str:
        """Return why a redeemed reward is left as it is, "" where it is to be done."""
        if self.undo is not None:
            return rules.undo(self.bulk.act, document, self.desk.now, is_kept=self.undo.is_kept(document))
        return outcomes.NOBODY if self.nobody else rules.RULES[self.bulk.act](document, self.desk.now)

    def do(self, documents: Sequence[RedeemedReward]) -> dict[uuid.UUID, Done]:
        """Change them, write it, queue the mails."""
        changes = (self.undo.make if self.undo else MAKES[self.bulk.act])(documents, self.desk)
        write(changes=changes, actor=self.desk.actor, now=self.desk.now)
        queue_many(drafts=self.desk.mails, origin=ORIGIN, actor=self.desk.actor, now=self.desk.now)
        keep_nothing = self.lasts or self.undo is not None
        return {
            change.redeemed.id: Done(change.redeemed.version, {}) if keep_nothing else change.done()
            for change in changes
        }
