"""What the lists of this room are sorted by, where no column holds what a cell shows."""

from datetime import timedelta
from typing import Any

from django.db.models import (
    Case,
    DateTimeField,
    DurationField,
    ExpressionWrapper,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce, Concat
from django.utils import timezone

from exports.export_states import ExportState, Schedule
from exports.formats.kinds import Format
from exports.models import DestinationKind, ExportRun
from exports.models.destination import TEST_SILENCE
from exports.models.run import of_file
from exports.states import RunState, UndoState
from tenancy.lists.names import called
from ui.sorting import FAR_OFF, LONG_AGO, Made, begin_of, ranked, worded

# What is over for good stands behind what is only not planned.
STOPPED = "2999-12-30T00:00:00+00:00"
ARCHIVED = "2999-12-31T12:00:00+00:00"
A_DAY = 1440


def _moment(value: str) -> Value:
    return Value(value, output_field=DateTimeField())


# The next run by itself; then those that were stopped, those that run by hand, those that are archived.
NEXT_RUN = Case(
    When(archived_at__isnull=False, then=_moment(ARCHIVED)),
    When(stopped_at__isnull=False, then=_moment(STOPPED)),
    default=Coalesce("next_at", _moment(FAR_OFF)),
)
# How often, then when in the month, the week or the day.
DAY_OF_RUN = Case(
    When(schedule=Schedule.WEEKLY, then="weekday"),
    When(schedule=Schedule.MONTHLY, then="month_day"),
    default=Value(0),
    output_field=IntegerField(),
)
MINUTE_OF_RUN = Case(
    When(schedule__in=(Schedule.NEVER, Schedule.ONCE), then=Value(0)),
    When(schedule=Schedule.HOURLY, then=F("at_minute") % Value(60)),
    default="at_minute",
    output_field=IntegerField(),
)
OFTEN = ExpressionWrapper(
    (ranked("schedule", Schedule.values) * Value(100) + DAY_OF_RUN) * Value(A_DAY) + MINUTE_OF_RUN,
    output_field=IntegerField(),
)
KIND_OF_FILE = worded("format", lambda: dict(Format.choices))


def _last_run() -> Coalesce:
    runs = ExportRun.objects.filter(export_id=OuterRef("pk")).order_by("-queued_at", "-id")
    ended = runs.values_list(Coalesce("finished_at", "queued_at"))[:1]
    return Coalesce(Subquery(ended), _moment(LONG_AGO))


EXPORTS: dict[str, Any] = {
    "name": "name",
    "format": KIND_OF_FILE,
    "destination": begin_of("destination__name"),
    "schedule": OFTEN,
    "next": NEXT_RUN,
    "last": Made(_last_run),
}

# A run that has not ended shows no duration.
NOT_YET = timedelta(seconds=-1)
RAN = Case(
    When(
        started_at__isnull=False,
        finished_at__isnull=False,
        then=ExpressionWrapper(F("finished_at") - F("started_at"), output_field=DurationField()),
    ),
    default=Value(NOT_YET),
    output_field=DurationField(),
)
RUNS: dict[str, Any] = {
    "name": "name",
    "asked": "queued_at",
    "state": ranked("state", ExportState.values),
    "format": "format",
    "rows": of_file("rows"),
    "size": of_file("size"),
    "took": RAN,
    "error": Case(When(state=ExportState.FAILED, then=begin_of("error")), default=Value(""), output_field=TextField()),
}

# The state of its undo stands in the place of an import's own.
STATE_OF_IMPORT = Case(
    When(undo_state="", then=ranked("state", RunState.values)),
    default=Value(len(RunState)) + ranked("undo_state", UndoState.values),
    output_field=IntegerField(),
)
IMPORTS: dict[str, Any] = {
    "file": "file_name",
    "uploaded": "uploaded_at",
    "by": called("uploaded_by"),
    "state": STATE_OF_IMPORT,
    "added": "added",
    "changed": "changed",
    "skipped": "skipped",
    "refused": "refused",
}


def _joined(first: Any, between: str, folder: str) -> Func:
    """Put a folder behind what it is in; without one, what stands between them is left out."""
    return Func(
        Concat(first, Value(between), KT(folder), output_field=TextField()),
        Value(between),
        function="rtrim",
        output_field=TextField(),
    )


# As `Destination.place` puts them together; of several recipients the first one.
ON_SERVER = Concat(KT("settings__username"), Value("@"), KT("settings__host"), output_field=TextField())
PLACE = Case(
    When(kind=DestinationKind.SFTP, then=_joined(ON_SERVER, ":", "settings__folder")),
    When(kind=DestinationKind.S3, then=_joined(KT("settings__bucket"), "/", "settings__folder")),
    default=KT("settings__recipients__0"),
    output_field=TextField(),
)
UNTESTED, TESTING, WORKS, BROKEN, OUT_OF_USE = range(5)


def _connection() -> Case:
    """Sort by what the last test of a connection says, as `test_badge` tells it."""
    asked = Q(test_asked_at__gt=timezone.now() - TEST_SILENCE)
    return Case(
        When(archived_at__isnull=False, then=Value(OUT_OF_USE)),
        When(asked, tested_at__isnull=True, then=Value(TESTING)),
        When(tested_at__isnull=True, then=Value(UNTESTED)),
        When(test_words="", then=Value(WORKS)),
        default=Value(BROKEN),
        output_field=IntegerField(),
    )


DESTINATIONS: dict[str, Any] = {
    "name": "name",
    "kind": worded("kind", lambda: dict(DestinationKind.choices)),
    "place": begin_of(PLACE),
    "test": Made(_connection),
    "created": "created_at",
    "by": called("created_by"),
}

# `title`: what the document of a line is called; the list adds it to its rows.
LINES: dict[str, Any] = {
    "line": "line",
    "became": "became",
    "document": begin_of("title"),
    "why": begin_of("why"),
    "undone": "undone",
}
