"""Reads: the jobs page, and what readiness needs to know."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection
from django.db.models import Count, Max, Min, Q, QuerySet
from django.utils import timezone

from jobs.kinds import label_of
from jobs.models import Job
from jobs.poller import dead_count, oldest_due_age
from jobs.states import State
from ui import locale

__all__ = ["KindSummary", "beat_age", "dead_count", "jobs_for_list", "kind_summaries", "last_done", "oldest_due_age"]

BEAT = "SELECT statement_timestamp() - max(period_start) FROM jobs_periodicrun WHERE name = 'poke_due'"


class KindSummary(NamedTuple):
    """How a merchant's work of one kind stands."""

    kind: str
    label: str
    due: int
    running: int
    dead: int
    oldest_due: timedelta | None
    last_run: datetime | None

    @property
    def oldest_due_text(self) -> str:
        """Return the oldest due job's age in words, "" where none is due."""
        return locale.duration(self.oldest_due) if self.oldest_due else ""


def jobs_for_list() -> QuerySet[Job]:
    """Return the merchant's jobs."""
    found: QuerySet[Job] = Job.objects.defer("payload", "result")
    return found


def kind_summaries() -> list[KindSummary]:
    """Return one line per kind that the merchant has jobs of, in one query, those in trouble first."""
    now = timezone.now()
    rows = Job.objects.values("kind").annotate(
        due=Count("id", filter=Q(state=State.DUE)),
        running=Count("id", filter=Q(state=State.RUNNING)),
        dead=Count("id", filter=Q(state=State.DEAD)),
        oldest=Min("next_at", filter=Q(state=State.DUE, next_at__lte=now)),
        last=Max("finished_at"),
    )
    found = [
        KindSummary(
            kind=row["kind"],
            label=label_of(row["kind"]),
            due=row["due"],
            running=row["running"],
            dead=row["dead"],
            oldest_due=now - row["oldest"] if row["oldest"] else None,
            last_run=row["last"],
        )
        for row in rows
    ]
    return sorted(found, key=lambda line: (-line.dead, -line.running, line.label))


def last_done(kind: str) -> Job | None:
    """Return the merchant's job of this kind that was done last; None where none is kept."""
    done: QuerySet[Job] = Job.objects.filter(kind=kind, state=State.DONE)
    return done.only("finished_at", "done_rows", "merchant").order_by("-finished_at", "-id").first()


def beat_age() -> timedelta | None:
    """Return how long ago the beat's last tick was, by the database's clock; None if there never was one."""
    with connection.cursor() as cursor:
        cursor.execute(BEAT)
        age: timedelta | None = cursor.fetchone()[0]
    return age
