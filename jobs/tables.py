"""The list of jobs."""

from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from jobs import words
from jobs.kinds import can_retry, can_stop, label_of
from jobs.models import Job
from jobs.states import CANCELLABLE, RETRYABLE, State
from ui import cells
from ui.addresses import row_address
from ui.tables import Column, Table


class JobTable(Table):
    """One job a row."""

    kind = Column(_("Job"), empty_values=(), phone="lead")
    state = Column(_("State"), empty_values=(), phone="side")
    rows = Column(_("Rows"), empty_values=(), accessor="pk")
    attempts = Column(_("Attempts"), empty_values=(), numeric=True)
    next_at = Column(_("Next attempt"), empty_values=())
    last_error = Column(_("Last error"))
    created = Column(_("Created"), accessor="created_at")
    finished = Column(_("Finished"), accessor="finished_at")
    actions = Column(_("Actions"), empty_values=(), accessor="pk", label_on_phone=False)

    def __init__(self, *args: Any, merchant_slug: str, may_act: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.merchant_slug, self.may_act = merchant_slug, may_act

    def render_kind(self, record: Job) -> SafeString:
        """The kind in words, as the way to the job."""
        return cells.link(self._at("detail", record), label_of(record.kind))

    def render_state(self, record: Job) -> SafeString:
        """Where it stands."""
        return words.state(record)

    def render_rows(self, record: Job) -> SafeString:
        """How far it has come."""
        return words.rows(record)

    def render_attempts(self, record: Job) -> str:
        """How often it was tried."""
        return words.attempts(record)

    def render_next_at(self, record: Job) -> SafeString:
        """When it is tried next, while it waits."""
        return cells.when(record.next_at) if record.state == State.DUE else cells.dash()

    def render_last_error(self, value: str) -> SafeString:
        """The error's class or our code for it."""
        return cells.code(value, copy=False)

    def render_actions(self, record: Job) -> SafeString:
        """What may be done about it."""
        if self.may_act and may_retry(record):
            return cells.action(self._at("retry", record), _now("Retry"), "rotate-ccw", dialog=True)
        if self.may_act and may_cancel(record):
            return cells.action(self._at("cancel", record), _now("Cancel the job"), "ban", dialog=True)
        return cells.dash()

    def _at(self, name: str, job: Job) -> str:
        return row_address(f"jobs:{name}", self.merchant_slug, job.pk)


def may_retry(job: Job) -> bool:
    """Say whether Retry is offered."""
    return job.state in RETRYABLE and can_retry(job.kind)


def may_cancel(job: Job) -> bool:
    """Say whether Cancel is offered."""
    return job.state in CANCELLABLE and (job.state == State.DUE or can_stop(job.kind))
