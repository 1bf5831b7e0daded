"""How long bulk acts are kept."""

from datetime import datetime, timedelta

from claims_center.models import BulkAct, BulkRow, BulkState
from tenancy.keeping import kept_for

KEEP_DRAFTS = timedelta(days=1)


def remove_old_acts(*, now: datetime, limit: int) -> int:
    """Remove up to ``limit`` rows of what is past its time; fewer than ``limit`` means that nothing is left.

    1. Previews that nobody went on from, after a day.
    2. What stood on claims before an act, once it cannot be undone: it may hold addresses.
    3. Acts with the results of each claim, after the merchant's period. The claims' own histories stay.
    """
    drafts = BulkAct.objects.filter(state=BulkState.DRAFT, created_at__lt=now - KEEP_DRAFTS)
    ids = list(drafts.order_by("created_at").values_list("id", flat=True)[:limit])
    BulkAct.objects.filter(id__in=ids).delete()
    removed = len(ids)
    removed += _forget(now=now, limit=limit - removed) if removed < limit else 0
    return removed + (_remove(now=now, limit=limit - removed) if removed < limit else 0)


def _forget(*, now: datetime, limit: int) -> int:
    forgotten = 0
    working = BulkAct.objects.filter(undoes__isnull=False, state=BulkState.RUNNING).values("undoes_id")
    for bulk in BulkAct.objects.filter(undo_until__lt=now).exclude(id__in=working).order_by("finished_at"):
        rows = BulkRow.objects.filter(bulk_id=bulk.id, before__isnull=False).values_list("id", flat=True)
        ids = list(rows[: limit - forgotten])
        BulkRow.objects.filter(id__in=ids).update(before=None)
        forgotten += len(ids)
        if forgotten >= limit:
            break
        BulkAct.objects.filter(id=bulk.id).update(undo_until=None)
    return forgotten


def _remove(*, now: datetime, limit: int) -> int:
    old = BulkAct.objects.filter(finished_at__lt=now - kept_for("act_days")).order_by("finished_at")
    act_ids = list(old.values_list("id", flat=True)[:limit])
    ids = list(BulkRow.objects.filter(bulk_id__in=act_ids).values_list("id", flat=True)[:limit])
    BulkRow.objects.filter(id__in=ids).delete()
    if len(ids) < limit:
        BulkAct.objects.filter(id__in=act_ids).delete()
    return len(ids)
