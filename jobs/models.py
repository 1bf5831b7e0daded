"""The job row: the truth about a piece of work, whatever becomes of the queue that runs it."""

from django.db import models
from django.db.models import Q

from jobs.states import Priority, State
from tenancy.base import MerchantModel
from tenancy.ids import new_id


class Job(MerchantModel):
    """One piece of work of one merchant.

    ``payload`` and ``result`` hold ids and numbers only, ``last_error`` an exception's class and a code: no personal
    data. ``next_at`` says when a due job may start, ``lease_until`` until when a running one belongs to its worker.
    """

    kind = models.CharField(max_length=60)
    dedupe_key = models.CharField(max_length=200)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DUE)
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.NORMAL)
    attempts = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=8)
    next_at = models.DateTimeField()
    lease_token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    worker = models.CharField(max_length=120, blank=True)
    last_error = models.CharField(max_length=120, blank=True)
    done_rows = models.PositiveIntegerField(default=0)
    total_rows = models.PositiveIntegerField(null=True)
    result = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta(MerchantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "kind", "dedupe_key"], name="job_once"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="job_state_known"),
            models.CheckConstraint(
                condition=Q(state=State.RUNNING, lease_token__isnull=False, lease_until__isnull=False)
                | (~Q(state=State.RUNNING) & Q(lease_token__isnull=True, lease_until__isnull=True)),
                name="job_leased_while_running",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[State.DUE, State.RUNNING], finished_at__isnull=True)
                | (~Q(state__in=[State.DUE, State.RUNNING]) & Q(finished_at__isnull=False)),
                name="job_finished_has_time",
            ),
            models.CheckConstraint(condition=Q(max_attempts__gte=1), name="job_may_try_once"),
        ]
        indexes = [
            # What is due, in the order in which it is taken; the lease's end finds work whose worker died.
            models.Index(
                fields=["merchant", "kind", "-priority", "next_at", "id"],
                name="job_due",
                condition=Q(state=State.DUE),
            ),
            models.Index(fields=["merchant", "lease_until"], name="job_leased", condition=Q(state=State.RUNNING)),
            models.Index(fields=["merchant", "-created_at", "-id"], name="job_newest"),
            models.Index(fields=["merchant", "state", "kind"], name="job_counts"),
            models.Index(fields=["merchant", "next_at", "id"], name="job_by_start"),
            models.Index(fields=["merchant", "kind", "id"], name="job_by_kind"),
            models.Index(fields=["merchant", "state", "id"], name="job_by_state"),
            models.Index(fields=["merchant", "attempts", "id"], name="job_by_attempts"),
            models.Index(
                fields=["merchant", "finished_at"], name="job_finished", condition=Q(finished_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class PeriodicRun(models.Model):
    """One tick of the clock, taken by whoever inserts its row first: two beats tick once.

    Belongs to no merchant.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=60)
    period_start = models.DateTimeField()
    started_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "period_start"], name="periodic_run_once")]
        indexes = [models.Index(fields=["period_start"], name="periodic_run_age")]

    def __str__(self) -> str:
        return f"{self.name} {self.period_start:%Y-%m-%d %H:%M:%S}"
