"""How jobs look: the state's tint and icon, one place for list and page."""

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from jobs.models import Job
from jobs.states import State
from ui import cells, locale

LOOKS = {
    State.DUE: ("mute", "clock"),
    State.RUNNING: ("info", "loader"),
    State.DONE: ("ok", "circle-check"),
    State.DEAD: ("bad", "circle-x"),
    State.CANCELLED: ("mute", "ban"),
}


def state(job: Job) -> SafeString:
    """Return the state as a badge."""
    return cells.badge(State(job.state).label, *LOOKS[State(job.state)])


def rows(job: Job) -> SafeString:
    """Return how far the job has come: a bar where the end is known, else the number alone."""
    if not job.total_rows:
        return cells.number(job.done_rows) if job.done_rows else cells.dash()
    words = _("%(done)s of %(total)s") % {"done": locale.number(job.done_rows), "total": locale.number(job.total_rows)}
    text = cells.esc(words)
    return SafeString(
        f'<span class="two"><progress value="{job.done_rows}" max="{job.total_rows}" aria-label="{text}"></progress>'
        f'<span class="sub">{text}</span></span>'
    )


def attempts(job: Job) -> str:
    """Return how many attempts of how many were made."""
    return _("%(made)s of %(most)s") % {"made": job.attempts, "most": job.max_attempts}
