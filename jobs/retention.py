"""How long finished jobs and ticks are kept."""

from datetime import datetime, timedelta

from jobs.models import Job, PeriodicRun
from jobs.states import State

KEEP_DONE = timedelta(days=14)
KEEP_DEAD = timedelta(days=90)
KEEP_TICKS = timedelta(days=2)


def remove_old_jobs(*, now: datetime, limit: int) -> int:
    """Remove up to ``limit`` of the merchant's finished jobs: done ones after 14 days, the others after 90."""
    done = Job.objects.filter(state=State.DONE, finished_at__lt=now - KEEP_DONE)
    others = Job.objects.filter(state__in=[State.DEAD, State.CANCELLED], finished_at__lt=now - KEEP_DEAD)
    removed = 0
    for rows in (done, others):
        ids = list(rows.order_by("finished_at").values_list("id", flat=True)[: limit - removed])
        removed += Job.objects.filter(id__in=ids).delete()[0] if ids else 0
    return removed


def remove_old_ticks(*, now: datetime, limit: int) -> int:
    """Remove up to ``limit`` ticks older than two days; they belong to no merchant, so any merchant's turn will do."""
    ids = list(
        PeriodicRun.objects.filter(period_start__lt=now - KEEP_TICKS)
        .order_by("period_start")
        .values_list("id", flat=True)[:limit]
    )
    return PeriodicRun.objects.filter(id__in=ids).delete()[0] if ids else 0
