"""How many adjustments wait for a second person: shown beside their page in the sidebar of every page.

Looked up at most once in some seconds in each process, so that no page pays for it with a query of its own; whoever
asks or decides here makes it be looked up anew.
"""

import time
import uuid

from django.db import transaction

from loyalty.models import PointAdjustment
from loyalty.states import AdjustmentState
from tenancy.scope import current_merchant_id, merchant_in_scope

KEPT_SECONDS = 10.0
MOST = 100
_seen: dict[uuid.UUID, tuple[float, int]] = {}


def waiting_count() -> int | None:
    """Return how many adjustments of the merchant in scope wait, at most 100; None where none does, or no scope is open."""
    merchant_id = merchant_in_scope()
    if merchant_id is None:
        return None
    looked_at, count = _seen.get(merchant_id, (0.0, 0))
    if not looked_at or time.monotonic() - looked_at > KEPT_SECONDS:
        count = PointAdjustment.objects.filter(state=AdjustmentState.WAITING)[:MOST].count()
        _seen[merchant_id] = (time.monotonic(), count)
    return count or None


def look_again() -> None:
    """Let the count of the merchant in scope be looked up anew, once this transaction is over."""
    merchant_id = current_merchant_id()
    transaction.on_commit(lambda: _seen.pop(merchant_id, None))
