"""Responses of one transaction of a bulk act, held."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from jobs.bulk.kit import Done
from offers.bulk import rules
from offers.bulk.changes import write
from offers.bulk.making import MAKES, Desk
from offers.bulk.undoing import Undo
from offers.models import BulkAct, BulkKind, OfferResponse
from tenancy.actors import Actor
from tenancy.scope import current_merchant_id

# These touch the limits: their offers are held against changes first, as everywhere that both are locked.
COUNTED = (BulkKind.CANCEL, BulkKind.REOPEN)
HOLD = """
SELECT o.id FROM offers_offer AS o WHERE o.merchant_id = %(merchant)s AND o.id IN (
    SELECT r.offer_id FROM offers_offerresponse AS r WHERE r.merchant_id = %(merchant)s AND r.id = ANY(%(ids)s))
ORDER BY o.id FOR KEY SHARE
"""


def held(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, OfferResponse]:
    """Return these responses, locked in the order of their ids."""
    rows = OfferResponse.objects.select_for_update(no_key=True).filter(id__in=list(ids)).order_by("id")
    return {row.id: row for row in rows}


def hold_offers(ids: Sequence[uuid.UUID]) -> None:
    """Hold the offers of these responses against changes until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(HOLD, {"merchant": current_merchant_id(), "ids": list(ids)})


class ResponseBatch:
    """One batch at work; see `jobs.bulk.kit.Batch`."""

    def __init__(self, bulk: BulkAct, ids: Sequence[uuid.UUID], now: datetime) -> None:
        if bulk.act in COUNTED:
            hold_offers(ids)
        self.bulk = bulk
        self.documents: dict[uuid.UUID, OfferResponse] = held(ids)
        self.undo = Undo(bulk.act, bulk.undoes_id, ids) if bulk.undoes_id else None
        self.desk = Desk(Actor.parse(bulk.actor), now, bulk.given)
        self.skipped: dict[uuid.UUID, str] = {}

    def judge(self, document: OfferResponse) -> str:
        """Return why a response is left as it is, "" where it is to be done."""
        if self.undo is not None:
            return self.undo.judge(document, self.desk.now)
        has_end = bool(self.desk.given.get("expires_at"))
        return rules.judge(self.bulk.act, document, self.desk.now, has_end=has_end)

    def do(self, documents: Sequence[OfferResponse]) -> dict[uuid.UUID, Done]:
        """Change them and write it."""
        changes = (self.undo.make if self.undo else MAKES[self.bulk.act])(documents, self.desk)
        write(changes=changes)
        return {
            change.response.id: Done(change.response.version, {}) if self.undo else change.done() for change in changes
        }
