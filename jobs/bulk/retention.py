"""How long bulk acts are kept."""

from datetime import datetime, timedelta

from jobs.bulk.kit import Kit
from jobs.bulk.models import BulkState
from tenancy.keeping import kept_for

KEEP_DRAFTS = timedelta(days=1)


def remove_old_acts(*, kit: Kit, now: datetime, limit: int) -> int:
    """Remove up to ``limit`` rows of what is past its time; fewer than ``limit`` means that nothing is left.

    1. Previews that nobody went on from, after a day.
    2. What stood on documents before an act, once it cannot be undone: it may hold addresses.
    3. Acts with the results of each document, after the merchant's period. The documents' own histories stay.
    """
    drafts = kit.act_model.objects.filter(state=BulkState.DRAFT, created_at__lt=now - KEEP_DRAFTS)
    ids = list(drafts.order_by("created_at").values_list("id", flat=True)[:limit])
    kit.act_model.objects.filter(id__in=ids).delete()
    removed = len(ids)
    removed += _forget(kit, now=now, limit=limit - removed) if removed < limit else 0
    return removed + (_remove(kit, now=now, limit=limit - removed) if removed < limit else 0)


def _forget(kit: Kit, *, now: datetime, limit: int) -> int:
    forgotten = 0
    acts, rows = kit.act_model.objects, kit.row_model.objects
    working = acts.filter(undoes__isnull=False, state=BulkState.RUNNING).values("undoes_id")
    for bulk in acts.filter(undo_until__lt=now).exclude(id__in=working).order_by("finished_at"):
        kept = rows.filter(bulk_id=bulk.id, before__isnull=False).values_list("id", flat=True)
        ids = list(kept[: limit - forgotten])
        rows.filter(id__in=ids).update(before=None)
        forgotten += len(ids)
        if forgotten >= limit:
            break
        acts.filter(id=bulk.id).update(undo_until=None)
    return forgotten


def _remove(kit: Kit, *, now: datetime, limit: int) -> int:
    old = kit.act_model.objects.filter(finished_at__lt=now - kept_for("act_days")).order_by("finished_at")
    act_ids = list(old.values_list("id", flat=True)[:limit])
    ids = list(kit.row_model.objects.filter(bulk_id__in=act_ids).values_list("id", flat=True)[:limit])
    kit.row_model.objects.filter(id__in=ids).delete()
    if len(ids) < limit:
        kit.act_model.objects.filter(id__in=act_ids).delete()
    return len(ids)
