"""What the list of jobs is sorted by. The table is written all day: what no cell shows as it stands has no index."""

from typing import Any

from django.db.models import Case, DateTimeField, IntegerField, Q, Value, When

from jobs.kinds import kind_names, label_of
from jobs.states import State
from ui.sorting import FAR_OFF, empty_last, worded

# A job that counts no rows shows a dash.
NO_ROWS = Q(total_rows=None) | Q(total_rows=0)

JOBS: dict[str, Any] = {
    "kind": worded("kind", lambda: {name: label_of(name) for name in kind_names()}),
    "state": "state",
    "rows": Case(When(NO_ROWS, done_rows=0, then=Value(-1)), default="done_rows", output_field=IntegerField()),
    "attempts": "attempts",
    # Only what waits has a next attempt.
    "next_at": Case(When(state=State.DUE, then="next_at"), default=Value(FAR_OFF, output_field=DateTimeField())),
    "last_error": "last_error",
    "created": "created_at",
    "finished": empty_last("finished_at"),
}
